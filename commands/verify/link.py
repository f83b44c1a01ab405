"""A link of the chain from a service to its data, and what was seen of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from providers.errors import ProviderError
from providers.redaction import redacted_line

KINDS = (
    "host",
    "cluster",
    "caps",
    "keyring",
    "libvirt secret",
    "rbd ls by",
    "service",
    "driver of",
    "volume service",
    "backup service",
    "compute service",
    "store",
    "direct URL",
    "public endpoint",
    "OpenStack's APIs",
)
"""In the order of the table."""


class State(StrEnum):
    """`unseen` is no finding about the link: verify could not look."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "BROKEN"
    UNSEEN = "could not look"


@dataclass(frozen=True)
class Seen:
    """What was seen of a link: evidence, or what to do."""

    state: State
    text: str


@dataclass(frozen=True)
class Link:
    """One row: `kind` and `name` are the link, `where` a host or an API."""

    kind: str
    name: str
    where: str
    seen: Seen

    @property
    def state(self) -> State:
        return self.seen.state


@dataclass(frozen=True)
class Look:
    """A link that is still to be looked at."""

    kind: str
    name: str
    where: str
    at: Callable[[], Seen]

    def __call__(self) -> Link:
        return Link(self.kind, self.name, self.where, seen(self.at))


def ok(text: str) -> Seen:
    return Seen(State.OK, text)


def warning(text: str) -> Seen:
    return Seen(State.WARNING, text)


def broken(text: str) -> Seen:
    return Seen(State.BROKEN, text)


def unseen(text: str) -> Seen:
    return Seen(State.UNSEEN, text)


def seen(look: Callable[[], Seen]) -> Seen:
    """Return what was seen, in one line without a key. A failure to look is no broken link."""
    try:
        found = look()
    except ProviderError as problem:
        found = unseen(str(problem))
    except Exception as problem:  # noqa: BLE001 - a defect of ours must not hide the other links
        found = unseen(f"internal error, please report it: {type(problem).__name__}: {problem}")
    return Seen(found.state, redacted_line(found.text))
