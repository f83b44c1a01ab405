"""Run other programs within a time limit, and report failures as one line."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.errors import LabError

HUNG_S = 300.0
"""Seconds after which what ends or comes by itself counts as hung. The lab shares the machine's cores with others, so
what takes two seconds may take sixty; and whoever waits for what never comes has lost these minutes once."""


def run(
    argv: Sequence[str | Path],
    *,
    what: str,
    stdin: str | None = None,
    log: Path | None = None,
    timeout: float = HUNG_S,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program to its end and return its standard output.

    Args:
        argv: The program and its arguments.
        what: What the program is run for; begins each error message.
        stdin: Text for the program's standard input; None for an empty one.
        log: A file that standard output and standard error are appended to; the returned text is then empty.
        timeout: Seconds after which the program is killed.
        env: The program's whole environment; None for this process's own.

    Raises:
        LabError: The program is not installed, did not end in time or ended with a status other than 0.
    """
    command = [str(argument) for argument in argv]
    try:
        if log is None:
            done = subprocess.run(command, input=stdin or "", capture_output=True, text=True, timeout=timeout, env=env)
        else:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a") as out:
                done = subprocess.run(
                    command, input=stdin or "", stdout=out, stderr=out, text=True, timeout=timeout, env=env
                )
    except FileNotFoundError:
        raise LabError(
            f"{what}: {command[0]} is not installed; run `lab/lab up`, which installs what the lab needs"
        ) from None
    except subprocess.TimeoutExpired:
        where = f"; see {log}" if log else ""
        raise LabError(f"{what}: {command[0]} did not end within {timeout:.0f} s{where}") from None
    if done.returncode != 0:
        last = last_line(log.read_text(errors="replace") if log else done.stderr or done.stdout)
        where = f" (whole output: {log})" if log else ""
        raise LabError(f"{what}: {command[0]} ended with {done.returncode}: {last}{where}")
    return "" if log else done.stdout


def last_line(text: str) -> str:
    """Return the last line of `text` that is not blank, or `no output`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
