"""The command line of `lab/lab`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from lab import access, cache, down, guest, release_node, status, up, west_node
from lab.errors import LabError
from lab.machine import running
from lab.nodes import ALL, NODES
from lab.releases import RELEASES

_EPILOG = """\
`exec` and `logs` bypass the node's sshd, so sshd logs no line about them. `stop` is a power cut.
There is one lab per machine; `up` in another checkout replaces the lab of this checkout."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status: 1 after a LabError, 130 after Ctrl-C.

    `ssh`, `exec` and `logs` replace this process with the program that they run.
    """
    options = _parser().parse_args(argv)
    if getattr(options, "arguments", [])[:1] == ["--"]:
        del options.arguments[0]
    try:
        return _COMMANDS[options.command](options)
    except LabError as error:
        print(f"lab: {error}" if not str(error).startswith("lab: ") else str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted; `lab/lab up` cleans up and starts anew", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab", description="A Ceph cluster and OpenStack hosts on this machine.", epilog=_EPILOG
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", help="start the lab, unless the lab is up")
    commands.add_parser("down", help="take the lab down; only the cache stays")
    release = commands.add_parser("release", help="start a node with another OpenStack release, or remove that node")
    release.add_argument("release", choices=[*RELEASES, release_node.NONE], metavar=f"{{{','.join(RELEASES)},none}}")
    west = commands.add_parser("west", help="start a node with a second Ceph cluster, or remove that node")
    west.add_argument("none", nargs="?", choices=[release_node.NONE], metavar="none")
    filled = commands.add_parser("cache", help="build beforehand what releases and worlds need of the cache")
    filled.add_argument("names", nargs="+", choices=cache.NAMES, metavar=f"{{{','.join(cache.NAMES)}}}")
    commands.add_parser("guest", help="print the path of the guest's bootable disk, which is made once and cached")
    commands.add_parser("status", help="print which nodes run; exit status 1 unless the whole lab is up")
    for name, text in (
        ("ssh", "log in to a node as users do, or run a command on the node"),
        ("exec", "run a command as root in a node, without ssh"),
        ("logs", "print a node's journal; further arguments go to journalctl"),
        ("stop", "switch a node off; the node's files stay"),
        ("start", "start a node that was switched off"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("node", choices=sorted(NODES if name in ("stop", "start") else ALL), metavar="NODE")
        if name in ("ssh", "exec", "logs"):
            command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...")
    return parser


def _up(_: argparse.Namespace) -> int:
    up.up()
    return 0


def _down(_: argparse.Namespace) -> int:
    down.down()
    return 0


def _release(options: argparse.Namespace) -> int:
    if options.release != release_node.NONE:
        up.up()
    release_node.show(options.release)
    return 0


def _west(options: argparse.Namespace) -> int:
    if options.none:
        west_node.remove()
        return 0
    up.up()
    west_node.show()
    return 0


def _cache(options: argparse.Namespace) -> int:
    cache.fill(options.names)
    return 0


def _guest(_: argparse.Namespace) -> int:
    print(guest.ensure())
    return 0


def _status(_: argparse.Namespace) -> int:
    return status.show()


def _ssh(options: argparse.Namespace) -> int:
    command: list[str] = options.arguments
    _replace(access.ssh(running(options.node).node, command, terminal=not command and sys.stdin.isatty()))
    return 0


def _exec(options: argparse.Namespace) -> int:
    _replace(running(options.node).inside(options.arguments or ["/bin/bash", "-l"]))
    return 0


def _logs(options: argparse.Namespace) -> int:
    arguments = options.arguments or ["--no-pager", "--lines=200"]
    _replace(running(options.node).inside(["journalctl", *arguments]))
    return 0


def _stop(options: argparse.Namespace) -> int:
    up.stop(NODES[options.node])
    return 0


def _start(options: argparse.Namespace) -> int:
    up.start(NODES[options.node])
    return 0


def _replace(argv: list[str]) -> None:
    try:
        os.execvp(argv[0], argv)  # noqa: S606
    except FileNotFoundError:
        raise LabError(f"{argv[0]} is not installed; run `lab/lab up`, which installs what it needs") from None


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": _up,
    "down": _down,
    "release": _release,
    "west": _west,
    "cache": _cache,
    "guest": _guest,
    "status": _status,
    "ssh": _ssh,
    "exec": _exec,
    "logs": _logs,
    "stop": _stop,
    "start": _start,
}
