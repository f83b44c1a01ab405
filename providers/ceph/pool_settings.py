"""The settings of a pool: how each is read, and by which commands it is set or put back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from providers.formats.purge_schedule import NONE, item
from providers.plan import Step
from providers.reach.answers.pool_row import PoolRow
from providers.reach.answers.purge_schedules import PurgeSchedules
from providers.reach.steps import MgrCommand, mon

Setter = Callable[[str, str, Any, Any], list[Step]]
"""Pool, setting, the value that is there and the one that is wanted (none: it is unset) to the steps that set it."""

PURGE = "trash_purge_schedule"
"""The one setting that a manager keeps. It is read only where it is asked for, because no manager may be up."""


def _is_one_of(found: Any, ours: list[Any], _before: Any) -> bool:
    return found in ours


@dataclass(frozen=True)
class PoolSetting:
    """A setting of a pool.

    Attributes:
        steps: What sets the setting.
        can_be_unset: Whether a pool may be without the setting, so that putting it back may mean to unset it.
        is_ours: Whether the value that is there comes from us, by the values that we set and the one before us.
    """

    steps: Setter
    can_be_unset: bool = False
    is_ours: Callable[[Any, list[Any], Any], bool] = _is_one_of


def _variable(unset: str = "") -> Setter:
    """Return what sets a variable of `ceph osd pool set`; `unset` is the value that takes the variable away."""

    def steps(pool: str, name: str, _found: Any, wanted: Any) -> list[Step]:
        value = unset if wanted is None else str(wanted)
        # Monitors refuse a single replica without this flag.
        sure = True if (name, value) == ("size", "1") else None
        return [mon("osd pool set", pool=pool, var=name, val=value, yes_i_really_mean_it=sure)]

    return steps


def _quota(pool: str, name: str, _found: Any, wanted: Any) -> list[Step]:
    return [mon("osd pool set-quota", pool=pool, field=name.removeprefix("quota_"), val=str(wanted))]


def _purge(pool: str, _name: str, found: Any, wanted: Any) -> list[Step]:
    there, asked = _schedules(found), _schedules(wanted)
    return [
        *(_schedule("add", pool, one) for one in asked if one not in there),
        *(_schedule("remove", pool, one) for one in there if one not in asked),
    ]


def _schedules(text: Any) -> list[str]:
    """Return the single schedules of what is `none`, or several with a comma between them."""
    return [one for one in str(text or NONE).split(", ") if one != NONE]


def _none_is_foreign(found: Any, ours: list[Any], before: Any) -> bool:
    """Return whether each schedule is one of ours or was there before us, also half-way from the one to the other."""
    return {*_schedules(found)} <= {one for text in (*ours, before) for one in _schedules(text)}


def _schedule(verb: str, pool: str, one: str) -> MgrCommand:
    interval, _, start = one.partition(" ")
    asked = {"level_spec": f"{pool}/", "interval": interval, **({"start_time": start} if start else {})}
    prefix = f"rbd trash purge schedule {verb}"
    return MgrCommand((("prefix", prefix), *asked.items()), f"{prefix} --pool {pool} {one}")


SETTINGS: dict[str, PoolSetting] = {
    "size": PoolSetting(_variable()),
    "min_size": PoolSetting(_variable()),
    "pg_autoscale_mode": PoolSetting(_variable()),
    "pg_num": PoolSetting(_variable()),
    "crush_rule": PoolSetting(_variable()),
    "target_size_ratio": PoolSetting(_variable(unset="0"), can_be_unset=True),
    "compression_mode": PoolSetting(_variable(unset="unset"), can_be_unset=True),
    "compression_algorithm": PoolSetting(_variable(unset="unset"), can_be_unset=True),
    "quota_max_bytes": PoolSetting(_quota),
    "quota_max_objects": PoolSetting(_quota),
    PURGE: PoolSetting(_purge, is_ours=_none_is_foreign),
}
"""In the order in which they are set: size caps min_size, and the autoscaler has to let go before pg_num stays."""


def observed_settings(pool: PoolRow, rules: Mapping[int, str]) -> dict[str, Any]:
    """Return the settings of a pool that this program knows, but for those that a manager keeps."""
    settings = {
        "size": pool.size,
        "min_size": pool.min_size,
        # The target: placement groups are split and merged over time.
        "pg_num": pool.pg_num if pool.pg_num_target is None else pool.pg_num_target,
        "pg_autoscale_mode": pool.pg_autoscale_mode,
        "crush_rule": rules.get(pool.crush_rule, str(pool.crush_rule)),
        "quota_max_bytes": pool.quota_max_bytes,
        "quota_max_objects": pool.quota_max_objects,
        "applications": sorted(pool.application_metadata),
        "erasure_code_profile": pool.erasure_code_profile,
        "overwrites": pool.overwrites,
    }
    optional = {
        "target_size_ratio": pool.options.target_size_ratio,
        "compression_mode": pool.options.compression_mode,
        "compression_algorithm": pool.options.compression_algorithm,
    }
    return {**settings, **{name: value for name, value in optional.items() if value is not None}}


def observed_schedule(pool: PoolRow, schedules: Mapping[str, PurgeSchedules]) -> str:
    """Return when a pool's trash is purged: its schedules with a comma between them, or `none`.

    Args:
        pool: The pool.
        schedules: The schedules of each pool by the pool's number. A manager goes on telling those of a pool that is
            gone, under a name that another pool may have by now.
    """
    mine = [
        one
        for number, found in schedules.items()
        if found.name == f"{pool.pool_name}/" and pool.pool_id in (None, int(number))
        for one in found.schedule
    ]
    return ", ".join(sorted({item(one.interval, one.start_time) for one in mine})) or NONE
