"""`python -m bench`: measures each operation on the lab, prints tables, and ends with 1 if a figure does not hold."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from bench import figures, guide, lab_state, operations, pools, pyinfra
from bench.guide import Peer
from bench.operations import Operation
from bench.table import table
from tests.live import lab

READ_MS = 2.0
POOLS_RATIO = 2.0
SILENT = ("preview", "no-change up")


@dataclass(frozen=True)
class Verdict:
    """One figure that must hold."""

    holds: bool
    text: str


def say(text: str = "") -> None:
    print(text, flush=True)


def show_operations(done: list[Operation]) -> None:
    say("\nOperations: the whole stack of Pulumi.dev.yaml, by the real CLI")
    rows = []
    for one in done:
        hosts = figures.by_host(one.run.calls, lab.NODES)
        rows.append(
            (
                one.title,
                one.run.seconds,
                sum(host.connections for host in hosts),
                sum(host.calls for host in hosts),
                sum(host.remote_s for host in hosts),
            )
        )
    say(table(("operation", "wall s", "connections", "agent calls", "remote s"), rows))
    say(
        "  remote s: inside the agents, summed over calls that ran side by side; restarts and their waiting are among it"
    )

    say("\nPer host")
    split = [
        (one.title, host.host, host.connections, host.calls, host.remote_s)
        for one in done
        for host in figures.by_host(one.run.calls, lab.NODES)
        if host.connections and not one.title.startswith("refresh ")
    ]
    say(table(("operation", "host", "connections", "agent calls", "remote s"), split))


def show_reads(refreshes: list[Operation]) -> None:
    rows = figures.merged([figures.reads(one.run.calls) for one in refreshes])
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
    say(table(("read", "count", "median", "mean", "worst", "first call per host: opens a library"), shown))


def show_peers(done: dict[str, Operation], peers: list[Peer]) -> None:
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
            one.title,
            one.first_s,
            one.second_s,
            f"{one.first_s / like_peers.first_s:.1f} x",
            f"{one.second_s / like_peers.second_s:.1f} x",
        )
        for one in (like_peers, whole, *peers)
    ]
    say(table(("", "first", "second", "ratio", "ratio"), rows))
    say("  the first row compares: peers restart services without waiting for their word, and read on every apply;")
    say("  they keep no journal and cannot take anything back")


def verdicts(done: dict[str, Operation], refreshes: list[Operation], times: pools.PoolTimes) -> list[Verdict]:
    found = []
    for title, one in done.items():
        hosts = figures.by_host(one.run.calls, lab.NODES)
        expected = 0 if title in SILENT else 1
        counts = [host.connections for host in hosts]
        found.append(
            Verdict(
                all(count == expected for count in counts),
                f"{title}: {'one connection' if expected else 'no connection'} per host ({', '.join(map(str, counts))})",
            )
        )
    for title in SILENT:
        calls = len(done[title].run.calls)
        found.append(Verdict(calls == 0, f"{title}: no remote call ({calls})"))
    for title in (*(one.title for one in refreshes), "up --refresh"):
        calls, resources = len(figures.asked(done[title].run.calls)), done[title].resources
        found.append(
            Verdict(
                0 < calls <= 2 * resources,
                f"{title}: at most 2 calls per resource ({calls} for {resources}: {calls / resources:.2f})",
            )
        )
    # The middle one of the refreshes: a busy machine spoils one, not most of them.
    later = sorted((figures.all_later(figures.reads(one.run.calls)) for one in refreshes), key=mean)[
        len(refreshes) // 2
    ]
    found.append(
        Verdict(
            max(median(later), mean(later)) <= READ_MS,
            f"a read takes at most {READ_MS:.0f} ms of remote time, once libraries are open, in the middle one of "
            f"{len(refreshes)} refreshes: {figures.summary(later)}",
        )
    )
    found.append(
        Verdict(
            times.ratio < POOLS_RATIO,
            f"four pools in less than twice the time of one ({times.ratio:.2f} times: "
            f"{median(times.four_s):.2f} s and {median(times.one_s):.2f} s, medians of {len(times.one_s)} alternating rounds)",
        )
    )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--no-guide", action="store_true", help="leave out the script after the guide")
    parser.add_argument("--peer", action="store_true", help="also pyinfra, from a virtual environment of its own")
    arguments = parser.parse_args()

    say(
        f"  {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}: what else runs here counts against every figure"
    )
    before = lab_state.state()
    done: dict[str, Operation] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for one in operations.measure(Path(folder) / "stack"):
            say(f"  {one.title}: {one.run.seconds:.2f} s")
            done[one.title] = one
    say("  pools, one and four in turn")
    times = pools.measure()
    peers = []
    if not arguments.no_guide:
        say("  the guide's script, twice")
        peers.append(guide.measure())
    if arguments.peer:
        say("  pyinfra, twice")
        peers.append(pyinfra.measure())

    show_operations(list(done.values()))
    refreshes = [one for title, one in done.items() if title.startswith("refresh")]
    show_reads(refreshes)
    say("\nPools created with `rbd pool init`, without the CLI: seconds, in turn")
    rounds = enumerate(zip(times.one_s, times.four_s, strict=True), start=1)
    say(table(("round", "one", "four"), [(f"{number}", one, four) for number, (one, four) in rounds]))
    show_peers(done, peers)

    say("\nWhat must hold")
    found = verdicts(done, refreshes, times)
    found.append(Verdict(lab_state.state() == before, "the lab is as it was before: /etc, cluster, secrets"))
    for verdict in found:
        say(f"  {'holds' if verdict.holds else 'FAILS'}  {verdict.text}")
    return 0 if all(verdict.holds for verdict in found) else 1


if __name__ == "__main__":
    sys.exit(main())
