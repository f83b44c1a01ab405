"""Measures each operation on the lab, prints tables, and ends with 1 if a figure does not hold."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from bench import figures, guide, lab_state, logins, operations, pools, pyinfra
from bench.guide import Peer
from bench.operations import Operation
from commands.table import table
from tests.live import lab

READS_A_LOGIN = 30
"""How many reads must take no longer than one `ssh host true`."""
POOLS_RATIO = 2.0
SILENT = ("preview", "no-change up")


@dataclass(frozen=True)
class Verdict:
    """A figure that must hold, in words, and whether it holds."""

    holds: bool
    text: str


def say(text: str = "") -> None:
    """Print one line to standard output at once."""
    print(text, flush=True)


def say_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, indented by two spaces."""
    for line in table(head, rows, underlined=True):
        say(f"  {line}")


def show_operations(done: list[Operation]) -> None:
    """Print the wall time, connections and agent calls of each operation, in sum and per host."""
    say("\nOperations: the whole stack of Pulumi.dev.yaml, by the real CLI")
    rows = []
    for operation in done:
        hosts = figures.by_host(operation.run.calls, lab.NODES)
        rows.append(
            (
                operation.title,
                operation.run.seconds,
                sum(host.connections for host in hosts),
                sum(host.calls for host in hosts),
                sum(host.remote_s for host in hosts),
            )
        )
    say_table(("operation", "wall s", "connections", "agent calls", "remote s"), rows)
    say("  remote s: inside the agents, summed over calls that ran side by side, with restarts and the wait after them")

    say("\nPer host")
    split = [
        (operation.title, host.host, host.connections, host.calls, host.remote_s)
        for operation in done
        for host in figures.by_host(operation.run.calls, lab.NODES)
        if host.connections and not operation.title.startswith("refresh ")
    ]
    say_table(("operation", "host", "connections", "agent calls", "remote s"), split)


def show_reads(refreshes: list[Operation]) -> None:
    """Print how long each kind of read took inside the agents, in milliseconds, over all refreshes."""
    rows = figures.merged([figures.reads(refresh.run.calls) for refresh in refreshes])
    say(f"\nReads of {len(refreshes)} refreshes: milliseconds inside the agent")
    shown = [
        (
            row.operation,
            len(row.later_ms),
            *((median(row.later_ms), mean(row.later_ms), max(row.later_ms)) if row.later_ms else ("-", "-", "-")),
            f"{median(row.opening_ms):.1f} (worst {max(row.opening_ms):.1f})" if row.opening_ms else "-",
        )
        for row in rows
    ]
    say_table(("read", "count", "median", "mean", "worst", "first call per host: opens a library"), shown)


def show_peers(done: dict[str, Operation], peers: list[Peer]) -> None:
    """Print wall seconds of a first and of a second apply, this program's beside each peer's."""
    if not peers:
        return
    first = done["first up"]
    like_peers = Peer(
        "this: up to the last restart; up --refresh", first.until_last_restart_s, done["up --refresh"].run.seconds
    )
    whole = Peer("this: until services say they work; plain up", first.run.seconds, done["no-change up"].run.seconds)
    say("\nThe same job by others, in this run, on this lab: wall seconds of a first and of a second apply")
    rows = [
        (
            peer.title,
            peer.first_s,
            peer.second_s,
            f"{peer.first_s / like_peers.first_s:.1f} x",
            f"{peer.second_s / like_peers.second_s:.1f} x",
        )
        for peer in (like_peers, whole, *peers)
    ]
    say_table(("", "first", "second", "ratio", "ratio"), rows)
    say("  Compare peers with the first row, because peers read on every apply and do not wait for restarted services.")
    say("  Peers keep no journal and cannot undo anything.")


def connections_hold(done: dict[str, Operation]) -> Iterator[Verdict]:
    """Yield whether each operation opened one connection per host, and whether those of SILENT called nobody."""
    for title, operation in done.items():
        expected = 0 if title in SILENT else 1
        counts = [host.connections for host in figures.by_host(operation.run.calls, lab.NODES)]
        words = "one connection" if expected else "no connection"
        yield Verdict(
            all(count == expected for count in counts), f"{title}: {words} per host ({', '.join(map(str, counts))})"
        )
    for title in SILENT:
        calls = len(done[title].run.calls)
        yield Verdict(calls == 0, f"{title}: no remote call ({calls})")


def reads_hold(done: dict[str, Operation], refreshes: list[Operation], logins_ms: list[float]) -> Iterator[Verdict]:
    """Yield whether reads are few per resource, and short beside `ssh host true`, once libraries are open.

    The middle one of the refreshes decides, because a busy machine spoils one refresh and seldom most of them.
    """
    for title in (*(refresh.title for refresh in refreshes), "up --refresh"):
        calls, resources = len(figures.asked(done[title].run.calls)), done[title].resources
        yield Verdict(
            0 < calls <= 2 * resources,
            f"{title}: at most 2 calls per resource ({calls} for {resources}: {calls / resources:.2f})",
        )
    times = sorted((figures.all_later(figures.reads(refresh.run.calls)) for refresh in refreshes), key=mean)
    yield read_holds(times[len(refreshes) // 2], logins_ms)


def read_holds(reads_ms: list[float], logins_ms: list[float]) -> Verdict:
    """Return whether READS_A_LOGIN reads take no longer than one `ssh host true`, both measured in this run."""
    read, login = max(median(reads_ms), mean(reads_ms)), median(logins_ms)
    return Verdict(
        read * READS_A_LOGIN <= login,
        f"{READS_A_LOGIN} reads take no longer than one `ssh host true` ({login / read:.0f} reads do: "
        f"{figures.summary(reads_ms)} of remote time, once libraries are open, in the middle refresh; "
        f"`ssh host true` median {login:.0f} ms of {len(logins_ms)})",
    )


def pools_hold(times: pools.PoolTimes) -> Verdict:
    """Return whether four pools together took less than POOLS_RATIO times as long as one pool."""
    medians = f"{median(times.four_s):.2f} s and {median(times.one_s):.2f} s"
    return Verdict(
        times.ratio < POOLS_RATIO,
        f"four pools in less than twice the time of one ({times.ratio:.2f} times: "
        f"{medians}, medians of {len(times.one_s)} alternating rounds)",
    )


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--no-guide", action="store_true", help="leave out the script that does what Ceph's guide says")
    parser.add_argument("--peer", action="store_true", help="also measure pyinfra, in a virtual environment of its own")
    return parser.parse_args()


def measure_operations() -> dict[str, Operation]:
    """Measure the stack's life on the lab: title -> operation."""
    done: dict[str, Operation] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for operation in operations.measure(Path(folder) / "stack"):
            say(f"  {operation.title}: {operation.run.seconds:.2f} s")
            done[operation.title] = operation
    return done


def measure_peers(options: argparse.Namespace) -> list[Peer]:
    """Measure the peers that the command line asks for; each one is undone afterwards."""
    peers = []
    if not options.no_guide:
        say("  the guide's script, twice")
        peers.append(guide.measure())
    if options.peer:
        say("  pyinfra, twice")
        peers.append(pyinfra.measure())
    return peers


def main() -> int:
    """Measure, print the tables, and return 0 when every figure holds, else 1."""
    options = arguments()
    load = f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    say(f"  {load}: every other program on this machine makes the figures worse")
    before = lab_state.state()
    done = measure_operations()
    say("  `ssh host true`, without an agent")
    logins_ms = logins.measure()
    say("  pools, one and four in turn")
    times = pools.measure()
    peers = measure_peers(options)

    show_operations(list(done.values()))
    refreshes = [operation for title, operation in done.items() if title.startswith("refresh")]
    show_reads(refreshes)
    say("\nPools created with `rbd pool init`, without the CLI: seconds, in turn")
    rounds = enumerate(zip(times.one_s, times.four_s, strict=True), start=1)
    say_table(("round", "one", "four"), [(f"{number}", one, four) for number, (one, four) in rounds])
    show_peers(done, peers)

    say("\nWhat must hold")
    found = [*connections_hold(done), *reads_hold(done, refreshes, logins_ms), pools_hold(times)]
    found.append(Verdict(lab_state.state() == before, "the lab is as it was before: /etc, cluster, secrets"))
    for verdict in found:
        say(f"  {'holds' if verdict.holds else 'FAILS'}  {verdict.text}")
    return 0 if all(verdict.holds for verdict in found) else 1


if __name__ == "__main__":
    sys.exit(main())
