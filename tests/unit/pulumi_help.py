"""PulumiHelp: what the real CLI says that a command takes, asked once for each command."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tests.unit.sdks import CHECKOUT

FLAG = re.compile(r"^ +(?:(-\w), )?(--[\w-]+)(?: (\S+?)(\[=.*?\])?)?(?:\s{2,}|$)", re.MULTILINE)
"""A row of `--help`: short form, long form, and the type of a value. `string[="true"]` says that a value may follow `=`
only."""


@dataclass(frozen=True)
class PulumiHelp:
    """What `pulumi … --help` says of one command.

    Attributes:
        path: Its own name. That of `pulumi stack init` is `stack new`, and that of `pulumi stack x` is `stack`.
        has_subcommands: Whether there are commands below it.
        flags: Each flag, in both forms, to whether a value is its next word.
        takes_words: Whether words may follow that are neither command nor flag.
        must_have: How many of such words there have to be.
    """

    path: tuple[str, ...]
    has_subcommands: bool
    flags: dict[str, bool]
    takes_words: bool
    must_have: int


@cache
def pulumi_help(command: tuple[str, ...]) -> PulumiHelp:
    """Ask the CLI, which shows some flags only as an experiment, such as `up --plan`."""
    text = subprocess.run(
        [CHECKOUT / "tools" / "run", "pulumi", *command, "--help"],
        env={**os.environ, "PULUMI_EXPERIMENTAL": "true"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    ).stdout
    usage = re.search(r"^Usage:\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert usage, f"pulumi {' '.join(command)} --help has no usage:\n{text[:500]}"
    words = re.findall(r"[\[<][^\]>]*[\]>]", usage[1])
    named = [word for word in words if word not in ("[flags]", "[command]")]
    path = re.match(r" *pulumi((?: [a-z][\w-]*)*)", usage[1])
    assert path, usage[1]
    return PulumiHelp(
        path=tuple(path[1].split()),
        has_subcommands="[command]" in usage[1],
        flags={
            name: bool(kind) and not only_behind_equals
            for short, long, kind, only_behind_equals in FLAG.findall(text)
            for name in (short, long)
            if name
        },
        takes_words=bool(named),
        must_have=sum(word.startswith("<") for word in named),
    )


def pulumi_problems(words: Sequence[str], *, is_whole: bool) -> list[str]:
    """Return what the CLI would not understand of these words.

    Args:
        words: What follows `pulumi`.
        is_whole: Whether words that the command must have may not be left out.
    """
    left = list(words)
    command: tuple[str, ...] = ()
    while left and left[0][0] != "-" and len(pulumi_help((*command, left[0])).path) > len(command):
        command += (left.pop(0),)
    if not command:
        return [f"pulumi has no command {left[0]}"] if left and not left[0].startswith("-") else []
    known, problems, free = pulumi_help(command), list[str](), 0
    while left:
        word = left.pop(0)
        name, equals, _ = word.partition("=")
        if not word.startswith("-"):
            free += 1
        elif name not in known.flags:
            problems.append(f"pulumi {' '.join(command)} has no flag {name}")
        elif known.flags[name] and not equals:
            if not left and is_whole:
                problems.append(f"pulumi {' '.join(command)} {name} needs a value")
            del left[:1]
    if free and not known.takes_words:
        kind = "command" if known.has_subcommands else "argument"
        problems.append(f"pulumi {' '.join(command)} takes no such {kind}: {' '.join(words)}")
    if is_whole and free < known.must_have:
        problems.append(f"pulumi {' '.join(command)} needs {known.must_have} arguments")
    return problems
