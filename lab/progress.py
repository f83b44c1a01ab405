"""Progress lines with the seconds since the command began."""

from __future__ import annotations

import sys
import time

_BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"[lab] +{time.monotonic() - _BEGAN:.1f}s {text}", file=sys.stderr, flush=True)
