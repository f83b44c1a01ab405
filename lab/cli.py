"""The command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from lab import access, down, guest, release_node, status, up
from lab.errors import LabError
from lab.machine import running
from lab.nodes import ALL, NODES
from lab.releases import RELEASES

_EPILOG = """\
`exec` and `logs` go past the node's sshd, so they leave no line in its log. `stop` is a power cut.
There is one lab per machine; `up` in another checkout replaces it."""


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    if getattr(arguments, "words", [])[:1] == ["--"]:
        del arguments.words[0]
    try:
        return _COMMANDS[arguments.command](arguments)
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
    commands.add_parser("up", help="start the lab, or find that it is up")
    commands.add_parser("down", help="take it down; only the cache stays")
    release = commands.add_parser("release", help="start a node with another OpenStack release, or take it away")
    release.add_argument("release", choices=[*RELEASES, release_node.NONE], metavar=f"{{{','.join(RELEASES)},none}}")
    commands.add_parser("guest", help="make the guest's bootable disk, if it is not in the cache, and print its path")
    commands.add_parser("status", help="what runs; exit status 1 unless the whole lab is up")
    for name, text in (
        ("ssh", "log in to a node as users do, or run a command there"),
        ("exec", "run a command as root in a node, without ssh"),
        ("logs", "a node's journal; further words go to journalctl"),
        ("stop", "switch a node off, keeping its files"),
        ("start", "start a node that was switched off"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("node", choices=sorted(NODES if name in ("stop", "start") else ALL), metavar="NODE")
        if name in ("ssh", "exec", "logs"):
            command.add_argument("words", nargs=argparse.REMAINDER, metavar="...")
    return parser


def _up(_: argparse.Namespace) -> int:
    up.up()
    return 0


def _down(_: argparse.Namespace) -> int:
    down.down()
    return 0


def _release(arguments: argparse.Namespace) -> int:
    if arguments.release != release_node.NONE:
        up.up()
    release_node.show(arguments.release)
    return 0


def _guest(_: argparse.Namespace) -> int:
    print(guest.ensure())
    return 0


def _status(_: argparse.Namespace) -> int:
    return status.show()


def _ssh(arguments: argparse.Namespace) -> int:
    words: list[str] = arguments.words
    _replace(access.ssh(running(arguments.node).node, words, terminal=not words and sys.stdin.isatty()))
    return 0


def _exec(arguments: argparse.Namespace) -> int:
    _replace(running(arguments.node).inside(arguments.words or ["/bin/bash", "-l"]))
    return 0


def _logs(arguments: argparse.Namespace) -> int:
    words = arguments.words or ["--no-pager", "--lines=200"]
    _replace(running(arguments.node).inside(["journalctl", *words]))
    return 0


def _stop(arguments: argparse.Namespace) -> int:
    up.stop(NODES[arguments.node])
    return 0


def _start(arguments: argparse.Namespace) -> int:
    up.start(NODES[arguments.node])
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
    "guest": _guest,
    "status": _status,
    "ssh": _ssh,
    "exec": _exec,
    "logs": _logs,
    "stop": _stop,
    "start": _start,
}
