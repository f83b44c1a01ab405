"""The pickle of a provider: the same bytes with each Python, because every resource's state holds the pickle."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

PROTOCOL = 4


@contextmanager
def lasting_pickle() -> Iterator[None]:
    """Let the SDK pickle by protocol 4, which was Python's default until 3.13.

    The SDK takes the default, which Python 3.14 has raised. Without protocol 4, a change of the operator's Python is an
    update of every resource.
    """
    default = pickle.DEFAULT_PROTOCOL
    pickle.DEFAULT_PROTOCOL = PROTOCOL  # type: ignore[misc]
    try:
        yield
    finally:
        pickle.DEFAULT_PROTOCOL = default  # type: ignore[misc]
