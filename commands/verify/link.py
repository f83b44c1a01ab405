"""A link of the chain from a service to its data, and what verify found there."""

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
"""The kinds of links, in the order of the table."""


class State(StrEnum):
    """How a link is. `UNSEEN` is no statement about the link, because verify could not look at it."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "BROKEN"
    UNSEEN = "could not look"


@dataclass(frozen=True)
class Finding:
    """What verify found at a link: the evidence, or what to do."""

    state: State
    text: str


@dataclass(frozen=True)
class Link:
    """One row of the table.

    Attributes:
        kind: One of `KINDS`.
        name: What the link leads to, such as a cephx user; may be empty.
        where: The host or the API where verify looked.
        finding: What verify found there.
    """

    kind: str
    name: str
    where: str
    finding: Finding

    @property
    def state(self) -> State:
        """How the link is."""
        return self.finding.state


@dataclass(frozen=True)
class Look:
    """A link that verify has not looked at yet.

    Attributes:
        kind: As in `Link`.
        name: As in `Link`.
        where: As in `Link`.
        find: Looks at the link. It may raise a `ProviderError`, which means that verify could not look.
    """

    kind: str
    name: str
    where: str
    find: Callable[[], Finding]

    def __call__(self) -> Link:
        """Look at the link. The text of the finding becomes one line without a key."""
        try:
            found = self.find()
        except ProviderError as problem:
            found = unseen(str(problem))
        except Exception as problem:  # noqa: BLE001 - a defect of ours must not hide the other links
            found = unseen(f"internal error, please report it: {type(problem).__name__}: {problem}")
        return Link(self.kind, self.name, self.where, Finding(found.state, redacted_line(found.text)))


def ok(text: str) -> Finding:
    """Return the finding that the link is whole."""
    return Finding(State.OK, text)


def warning(text: str) -> Finding:
    """Return the finding that the link is whole, with something that an operator should know."""
    return Finding(State.WARNING, text)


def broken(text: str) -> Finding:
    """Return the finding that the link is broken, with what to do."""
    return Finding(State.BROKEN, text)


def unseen(text: str) -> Finding:
    """Return the finding that verify could not look, with the reason."""
    return Finding(State.UNSEEN, text)
