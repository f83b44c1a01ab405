"""Progress lines with the seconds since the command started."""

from __future__ import annotations

import sys
import time

_BEGAN = time.monotonic()


def say(text: str) -> None:
    """Print one progress line to standard error."""
    print(f"[lab] +{time.monotonic() - _BEGAN:.1f}s {text}", file=sys.stderr, flush=True)
