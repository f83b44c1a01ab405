"""What another verb of `python -m commands` prints, in this process."""

from __future__ import annotations

import contextlib
import io

from commands.__main__ import main


def said(*words: str) -> tuple[int, str]:
    """Run a verb, and return its exit status and what it has printed. Errors go to standard error as usual."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(list(words))
    return status, printed.getvalue()
