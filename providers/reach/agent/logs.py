"""Logs: what a unit wrote since its start, in the journal or in a file of its own."""

import io
import os
import re
import stat
import time
from typing import IO, List

from providers.reach.agent.failed import Failed
from providers.reach.agent.folders import OpenedFolder
from providers.reach.agent.programs import run

STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}")
LARGEST_LOG = 262144


def log_end(log: str) -> int:
    """Return the size of a log file; 0 for the journal, and for a file that is not there."""
    if log == "journal":
        return 0
    try:
        with OpenedFolder(log) as folder:
            found = folder.stat_entry()
    except FileNotFoundError:
        return 0
    return found.st_size if found is not None else 0


def log_lines(log: str, start: int) -> List[str]:
    """Return the last lines of a log file from byte `start` on, or from its begin on if the file is new and shorter."""
    try:
        with OpenedFolder(log) as folder, os.fdopen(folder.open_entry(), "rb") as source:
            found = os.fstat(source.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Failed("EINVAL", "%s is not a plain file" % log)
            source.seek(start if found.st_size >= start else 0)
            return last_lines(source)
    except FileNotFoundError:
        return []


def last_lines(source: IO[bytes]) -> List[str]:
    """Return the lines that follow, or the last whole lines where more than LARGEST_LOG bytes follow.

    A line that is cut could begin with the end of a key, which no longer looks like a key.
    """
    start = source.tell()
    limit = source.seek(0, os.SEEK_END) - LARGEST_LOG
    if limit > start:
        source.seek(limit - 1)
        source.readline()
    else:
        source.seek(start)
    return source.read(LARGEST_LOG).decode("utf-8", "replace").splitlines(True)


def log_since(unit: str, log: str, start: int, invocation: str, since_usec: int) -> str:
    """Return what a unit logged since a start of its own.

    Of the journal, these are the entries of the start's InvocationID. Of a log file, these are the lines from byte
    `start` on whose time is not before `since_usec`: the last lines of the process before may follow that byte.
    """
    if log == "journal":
        entries = ["journalctl", "--no-pager", "--quiet", "--output=cat", "_SYSTEMD_INVOCATION_ID=" + invocation]
        return "".join(last_lines(io.BytesIO(run(entries, "", 20).encode()))) if invocation else ""
    lines = log_lines(log, start)
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since_usec // 1000000))
    since += ".%03d" % (since_usec // 1000 % 1000)
    for number, line in enumerate(lines):
        if STAMP.match(line) and line[:23] >= since:
            return "".join(lines[number:])
    return "" if any(STAMP.match(line) for line in lines) else "".join(lines)
