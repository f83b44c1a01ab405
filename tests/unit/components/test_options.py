"""What a row of a service's options makes of its file, in each release and beside what an operator sets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.services import SERVICES
from components.services.at import At
from components.services.conf_file import conf_file
from components.services.neighbours import Neighbours, joined
from components.services.option import Option, always
from components.services.service import AnyService
from components.stack.inventory import take_inventory
from components.stack.parse import parse
from docs.examples.gnocchi import GNOCCHI
from tests.unit.components.graph import raw, settings

GNOCCHI_RAW = {"hosts": ["controller1"], "pool": {"name": "metrics"}}
LATER: Option[Any] = Option("storage", "later", value=always("1"), override="always", since="2025.1")
EARLIER: Option[Any] = Option("storage", "earlier", value=always("1"), override="always", until="2025.1", instead="x")


def written(release: str, *rows: Option[Any], options: dict[str, dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the sections of a file with these rows, on a cloud of this release."""
    given = settings((*SERVICES, GNOCCHI), release=release, gnocchi={**GNOCCHI_RAW, "options": options or {}})
    inventory = take_inventory(given, "test", (*SERVICES, GNOCCHI))
    mine = given.of(GNOCCHI)
    assert mine
    return conf_file(rows, [], At(mine, inventory.site, inventory.others, "controller1", "")).sections


def test_the_release_decides_what_is_written() -> None:
    assert written("2024.2", LATER, EARLIER) == {"storage": {"earlier": "1"}}
    assert written("2025.1", LATER, EARLIER) == {"storage": {"later": "1"}}


def test_an_operator_wins_over_a_default_only() -> None:
    default = replace(LATER, since="")
    assert written("zed", default, options={"storage": {"later": "2"}}) == {"storage": {"later": "2"}}


def test_a_row_that_writes_nothing_leaves_no_empty_section() -> None:
    assert written("zed", replace(LATER, since="", value=lambda at: None)) == {}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"value": always("x")}, "name the setting it is written from"),
        ({"until": "kilo"}, "say what to do instead"),
    ],
)
def test_a_row_that_says_half_is_refused(row: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Option("DEFAULT", "x", **row)


def test_a_row_of_a_shared_file_counts_for_both_services_when_nobody_reads_it_any_more() -> None:
    assert parse(raw(cinder_backup__options={"DEFAULT": {"volume_driver": "x"}})) == [
        "ceph-openstack:cinder_backup.options.DEFAULT.volume_driver: removed in Ocata, zed ignores it; back ends "
        "have sections of their own, see cinder.backends"
    ]


def test_two_services_that_tell_the_same_thing_are_refused() -> None:
    told = [Neighbours(image_pool="a"), Neighbours(disk_pool="b")]
    assert joined(told) == Neighbours(image_pool="a", disk_pool="b")
    with pytest.raises(ValueError, match="two services say what image_pool is"):
        joined([*told, Neighbours(image_pool="c")])


@pytest.mark.parametrize("service", SERVICES, ids=[service.name for service in SERVICES])
def test_every_section_of_a_row_may_be_named_by_options(service: AnyService) -> None:
    named = {row.section for row in service.options if not row.section.startswith("<")}
    assert named <= set(service.option_sections)


@pytest.mark.parametrize("name", ["image_rbd", "tasks", "cisco_ssd", "rbd", "ceph-ssd"])
def test_names_that_only_look_like_a_section_of_its_own_are_let_through(name: str) -> None:
    assert not isinstance(parse(raw(glance__backend=name)), list)
    backends = {name: {"pool": {"name": "volumes"}}}
    assert not isinstance(parse(raw(cinder__pool=None, cinder__backends=backends)), list)
