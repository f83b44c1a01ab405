"""Schedules of the trash: the one form of each, and whose they are."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from providers.ceph.pool_settings import observed_schedule
from providers.formats.purge_schedule import PurgeSchedule
from providers.reach.answers.pool_row import PoolRow
from providers.reach.answers.purge_schedules import PurgeSchedules

READ = TypeAdapter(PurgeSchedule).validate_python
ROW = {"pool_name": "images", "size": 1, "min_size": 1, "pg_num": 8, "crush_rule": 0}


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("1d", "1d"),
        ("24h", "1d"),
        ("1440m", "1d"),
        ("1440", "1d"),
        ("90", "90m"),
        ("007d", "7d"),
        ("60m", "1h"),
        ("1d 04:00", "1d 04:00:00"),
        ("1d 04:00:00", "1d 04:00:00"),
        ("12h 23:59Z", "12h 23:59:00+00:00"),
        ("90m 04:00+01:00", "90m 04:00:00+01:00"),
        ("none", "none"),
    ],
)
def test_a_schedule_has_one_form(given: str, form: str) -> None:
    assert READ(given) == form
    assert READ(form) == form


@pytest.mark.parametrize(
    "given", ["", "0d", "00m", "1w", "1d04:00", "1d 4:00", "1d 24:00", "1d 04:00:30", "-1d", "1d "]
)
def test_what_no_manager_means_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="must be an interval"):
        READ(given)


def schedules(name: str, *items: tuple[str, str | None]) -> PurgeSchedules:
    rows = [{"interval": interval, "start_time": start} for interval, start in items]
    return PurgeSchedules.model_validate({"name": name, "schedule": rows})


def test_a_pool_has_its_own_schedules_and_none_of_a_former_pool_of_its_name() -> None:
    """A manager of Pacific goes on listing what a pool had that was deleted, under the same name."""
    there = {
        "3": schedules("images/", ("0d", None), ("1d", None)),
        "7": schedules("images/", ("1d", None), ("1440m", None), ("90m", "04:00:00")),
        "8": schedules("other/", ("2d", None)),
        "": schedules("", ("5d", None)),
    }
    assert observed_schedule(PoolRow(**ROW, pool_id=7), there) == "1d, 90m 04:00:00"
    assert observed_schedule(PoolRow(**ROW, pool_id=9), there) == "none"
    assert observed_schedule(PoolRow(**ROW), {"7": there["7"]}) == "1d, 90m 04:00:00"
