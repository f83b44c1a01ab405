"""How a script ends: an error is one line, and the exit status says whether anything may have been touched."""

from __future__ import annotations

import sys
from collections.abc import Callable

from providers.errors import ProviderError, Refused
from providers.redaction import redacted_line

FAILED = 1
REFUSED = 2
"""Nothing was touched. A wrong command line ends with this status, too."""


def ended(script: Callable[[], int]) -> int:
    """Run a script and return its exit status."""
    try:
        return script()
    except ProviderError as problem:
        sys.stderr.write(f"error: {redacted_line(str(problem))}\n")
        return REFUSED if isinstance(problem, Refused) else FAILED
