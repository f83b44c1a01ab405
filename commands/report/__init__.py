"""Makes of `pulumi preview --json` what a reviewer of a pull request wants to read.

What goes away, which services restart where and why, which option of which file changes from what to what, which users
may do more or less; equal rows of many hosts are one row. It reads the preview alone: no state, no settings, no host.
The first line of the Markdown is a marker of the stack, by which a comment is found and edited. Exit status 0: the
preview is whole. 3: the preview failed, or is not all there, and the report says why. 1: the command itself failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commands import exit_status as statuses
from commands.report.markdown import as_markdown
from commands.report.plain_text import as_text
from commands.report.preview import Preview, for_stack
from commands.report.report import Report
from providers.errors import Refused

HELP = "say in a pull request what a preview would change"
MOST = 60000
LEAST = 1000
FORMATS = {"markdown": as_markdown, "text": as_text}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `report`."""
    parser.add_argument("preview", metavar="PREVIEW", help="what `pulumi preview --json` wrote; - is standard input")
    parser.add_argument("--stack", default="", help="the stack, because a preview that failed may not name it")
    parser.add_argument(
        "--max-chars",
        type=_characters,
        default=MOST,
        metavar="N",
        help=f"leave the least important rows out beyond N characters (default {MOST}; GitHub takes 65536)",
    )
    parser.add_argument("--format", choices=tuple(FORMATS), default="markdown", help="default: markdown")


def run(arguments: argparse.Namespace) -> int:
    """Print the report and return the exit status."""
    preview = for_stack(Preview.parse(_text(arguments.preview)), arguments.stack)
    sys.stdout.write(FORMATS[arguments.format](Report.of(preview), arguments.max_chars))
    return statuses.INCOMPLETE if preview.errors else statuses.WELL


def _characters(text: str) -> int:
    if not text.isdecimal() or int(text) < LEAST:
        raise argparse.ArgumentTypeError(f"must be a whole number from {LEAST} on")
    return int(text)


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.buffer.read().decode(errors="replace")
    try:
        return Path(name).read_bytes().decode(errors="replace")
    except OSError as problem:
        raise Refused(f"{name}: {problem.strerror}; name what `pulumi preview --json` wrote") from None
