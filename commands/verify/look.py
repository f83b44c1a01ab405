"""A link of the chain from a service to its data, before verify looked at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from commands.verify.link import Link
from components.services.finding import Finding, unseen
from providers.errors import ProviderError
from providers.redaction import redacted_line


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
