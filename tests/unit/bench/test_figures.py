"""What a trace comes to, without a lab."""

from __future__ import annotations

from bench import figures
from bench.__main__ import read_holds

TRACE = [
    {"time": 1.00, "host": "c1", "event": "hello", "seconds": 0.001},
    {"time": 1.00, "host": "c1", "event": "connect"},
    {"time": 1.10, "host": "c1", "event": "libvirt_secrets", "seconds": 0.020},
    {"time": 1.11, "host": "c1", "event": "libvirt_secrets", "seconds": 0.001},
    {"time": 1.12, "host": "c1", "event": "read_files", "seconds": 0.002},
    {"time": 1.20, "host": "c1", "event": "apply", "seconds": 3.0},
    {"time": 1.30, "host": "c2", "event": "read_files", "seconds": None},
]


def test_connecting_is_no_call_of_a_resource() -> None:
    first, second = figures.by_host(TRACE, ["c1", "c2"])
    assert (first.connections, first.calls, round(first.remote_s, 3)) == (1, 4, 3.023)
    assert (second.connections, second.calls, second.remote_s) == (0, 1, 0)


def test_the_call_that_opens_a_library_is_told_apart_and_not_hidden() -> None:
    rows = {row.operation: row for row in figures.reads(TRACE)}
    assert rows["libvirt_secrets"].opening_ms == [20.0]
    assert rows["libvirt_secrets"].later_ms == [1.0]
    assert rows["read_files"].later_ms == [2.0]
    assert "apply" not in rows


def test_what_opened_the_library_may_be_another_operation() -> None:
    calls = [
        {"time": 2.02, "host": "c1", "event": "libvirt_local_disks", "seconds": 0.020},
        {"time": 2.03, "host": "c1", "event": "libvirt_secrets", "seconds": 0.001},
    ]
    assert figures.reads(calls) == [
        figures.ReadFigures("libvirt_local_disks", [20.0], []),
        figures.ReadFigures("libvirt_secrets", [], [1.0]),
    ]


def test_a_call_that_waited_for_the_opening_one_counts_as_later() -> None:
    calls = [
        {"time": 2.000, "host": "c1", "event": "mon_read", "seconds": 0.010},
        {"time": 2.001, "host": "c1", "event": "mon_read", "seconds": 0.020},
    ]
    assert figures.reads(calls)[0] == figures.ReadFigures("mon_read", [20.0], [10.0])


def test_reads_are_held_against_a_login_of_the_same_run() -> None:
    """On a machine that is three times as slow both take three times as long, and the verdict is the same."""
    reads, logins = [2.0, 4.0, 3.0], [150.0, 100.0, 90.0, 95.0, 120.0]
    held = read_holds(reads, logins)
    assert held.holds
    assert held.text == (
        "30 reads take no longer than one `ssh host true` (33 reads do: 3 reads, median 3.00 ms, mean 3.00 ms,"
        " worst 4.0 ms of remote time, once libraries are open, in the middle refresh; `ssh host true` median 100 ms"
        " of 5)"
    )
    assert read_holds([3 * ms for ms in reads], [3 * ms for ms in logins]).holds
    assert not read_holds([3 * ms for ms in reads], logins).holds
    assert not read_holds([2.0, 2.0, 9.0], logins).holds, "the mean counts, too"
