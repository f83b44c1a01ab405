"""Running other programs with a bounded time and an error of one line."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.errors import LabError


def run(
    argv: Sequence[str | Path],
    *,
    what: str,
    stdin: str | None = None,
    log: Path | None = None,
    timeout: float = 60.0,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run to the end and return standard output; with `log`, both streams are appended there instead."""
    words = [str(word) for word in argv]
    try:
        if log is None:
            done = subprocess.run(words, input=stdin or "", capture_output=True, text=True, timeout=timeout, env=env)
        else:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a") as out:
                done = subprocess.run(
                    words, input=stdin or "", stdout=out, stderr=out, text=True, timeout=timeout, env=env
                )
    except FileNotFoundError:
        raise LabError(f"{what}: {words[0]} is not installed; run `lab/lab up`, which installs what it needs") from None
    except subprocess.TimeoutExpired:
        where = f"; see {log}" if log else ""
        raise LabError(f"{what}: {words[0]} did not end within {timeout:.0f} s{where}") from None
    if done.returncode != 0:
        last = last_line(log.read_text(errors="replace") if log else done.stderr or done.stdout)
        where = f" (all of it: {log})" if log else ""
        raise LabError(f"{what}: {words[0]} ended with {done.returncode}: {last}{where}")
    return "" if log else done.stdout


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
