"""Monitors as librados reads them, judged by the `rados` of 16.2.15; see `JUDGED`."""

from __future__ import annotations

import pytest

from components.stack.parse import parse as parse_settings
from components.stack.stack_settings import StackSettings
from providers.formats.mon_host import check_mon_hosts, parse, strangers
from tests.unit.components.graph import raw

FOUR = ["v2:192.0.2.1:3300", "v1:192.0.2.1:6789", "v2:[fd00:10::1]:3300", "v1:[fd00:10::1]:6789"]

JUDGED = [
    "192.0.2.1",
    "192.0.2.1:6789",
    "192.0.2.1:6789/0",
    "192.0.2.1:0",
    "v1:192.0.2.1:6789",
    "v2:192.0.2.1",
    "any:192.0.2.1:3300",
    "[192.0.2.1]",
    "[192.0.2.1]:6789",
    "[192.0.2.1:3300]",
    "[v2:192.0.2.1:3300]",
    "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]",
    "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0] [v2:192.0.2.2:3300/0]",
    "192.0.2.1,192.0.2.1:6789",
    "192.0.2.1 192.0.2.1:6789",
    "192.0.2.1;192.0.2.1:6789,",
    "fd00:10::1",
    "[fd00:10::1]",
    "[fd00:10::1]:6789",
    "[fd00:10::1]:6789/0",
    "FD00:10::1",
    "fd00:10:0::1",
    "v2:[fd00:10::1]:3300",
    "v1:[fd00:10::1]",
    "[v2:[fd00:10::1]]",
    "[[fd00:10::1]:3300]",
    "[v2:[FD00:10::1]:3300/0,v1:[FD00:10::1]:6789/0]",
    "localhost",
    "mon1:6789",
    "mon_1",
    "ceph-mon-01.example.org:6789",
    "localhost,127.0.0.1:1",
    "localhost,[::1]:1",
    "localhost,::1",
]
"""Those that `rados` reads (names as far as the resolver knew them)."""

REFUSED = [
    "",
    ",",
    "]]][",
    "[]",
    "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0",
    "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]]",
    "v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]",
    "[v2:192.0.2.1:3300/0 ,v1:192.0.2.1:6789/0]",
    "[v2:192.0.2.1:3300/0;v1:192.0.2.1:6789/0]",
    "[v2:192.0.2.1:3300/0,]",
    "[v3:192.0.2.1:3300]",
    "[V2:192.0.2.1:3300]",
    "V1:192.0.2.1",
    "[v2:localhost:3300]",
    "v2:localhost:3300",
    "localhost:6789/0",
    "192.0.2.1:x",
    "192.0.2.1:6789x",
    "192.0.2.1/x",
    "192.0.2.1:6789/0/0",
    "[v2:192.0.2.1:3300:1]",
    "[fd00::1%eth0]:6789",
    "fd00::1%eth0",
    "::ffff:192.0.2.1",
    "fd00::1::2",
    "256.0.0.1:6789",
    "localhost.",
    "[localhost]:6789x",
    "größe",
    "a\nb",
]
"""Those that `rados` refuses."""

MISREAD = ["192.0.2.1:65536", "192.0.2.1:99999", "1.2.3:6789", "010.0.2.1", "[v2:192.0.2.1,v1:192.0.2.1]", "-", "[-]"]
"""Those that `rados` reads as something that nobody means."""


@pytest.mark.parametrize("entry", JUDGED)
def test_what_librados_reads_is_accepted(entry: str) -> None:
    assert parse(entry)


@pytest.mark.parametrize("entry", [*REFUSED, *MISREAD])
def test_what_librados_refuses_or_misreads_is_refused_with_what_to_write(entry: str) -> None:
    with pytest.raises(ValueError, match=r"; (write|remove) ") as refused:
        parse(entry)
    assert "\n" not in str(refused.value)
    assert len(entry) < 5 or entry not in str(refused.value).partition(";")[0]


@pytest.mark.parametrize(
    "entries",
    [
        ["localhost", "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]"],
        ["v2:192.0.2.1:3300", "localhost"],
        ["192.0.2.1:6789/0,localhost"],
    ],
)
def test_names_beside_typed_addresses_are_refused_because_librados_looks_all_of_them_up(entries: list[str]) -> None:
    with pytest.raises(ValueError, match="names cannot stand beside"):
        check_mon_hosts(entries)
    assert check_mon_hosts(["localhost", "192.0.2.1:6789", "[fd00::1]:6789"])


KNOWN = [
    "192.0.2.1",
    "192.0.2.1:6789",
    "192.0.2.1:3300/0",
    "v1:192.0.2.1",
    "any:192.0.2.1",
    "[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]",
    "fd00:10::1",
    "[fd00:10::1]:6789",
    "[FD00:10:0:0::1]:3300",
    "[v2:[FD00:10::1]:3300/0,v1:[FD00:10::1]:6789/0]",
    "mon1:1",
    "mon1",
]


@pytest.mark.parametrize("entry", KNOWN)
def test_an_address_of_a_monitor_is_no_stranger_however_it_is_written(entry: str) -> None:
    assert strangers([entry], FOUR) == []


@pytest.mark.parametrize(
    ("entry", "unknown"),
    [
        ("192.0.2.2", ["192.0.2.2"]),
        ("192.0.2.1:6788", ["192.0.2.1:6788"]),
        ("v1:192.0.2.1:3300", ["v1:192.0.2.1:3300"]),
        ("[v2:192.0.2.1:3300/0,v1:192.0.2.2:6789/0]", ["v1:192.0.2.2:6789/0"]),
        ("192.0.2.1,192.0.2.3", ["192.0.2.3"]),
        ("fd00:10::1:6789", ["fd00:10::1:6789"]),
        ("]]][", ["]]]["]),
    ],
)
def test_an_address_at_which_no_monitor_listens_is_named_as_it_is_written(entry: str, unknown: list[str]) -> None:
    assert strangers(["192.0.2.1", entry], FOUR) == unknown


def test_a_monitor_without_an_address_is_passed_over() -> None:
    assert strangers(["192.0.2.1"], ["none:(unrecognized address family 0)", *FOUR]) == []


def test_a_broken_monitor_is_refused_by_the_settings_with_its_place() -> None:
    said = parse_settings(raw(cluster__mon_hosts=["192.0.2.1", "[v2:192.0.2.1:3300/0"]))
    assert isinstance(said, list)
    assert said[0].startswith(
        "ceph-openstack:cluster.mon_hosts[1]: has a bracket that does not close; write for example "
    )
    assert isinstance(parse_settings(raw(cluster__mon_hosts=["mon1:6789", "[fd00:10::1]:6789"])), StackSettings)
