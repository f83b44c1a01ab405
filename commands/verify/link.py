"""A link of the chain from a service to its data, with what verify found there."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.finding import Finding, FindingState


@dataclass(frozen=True)
class Link:
    """One row of the table.

    Attributes:
        kind: What the link is, such as `keyring`.
        name: Which link of this kind it is, such as a cephx user; may be empty.
        where: The host or the API where verify looked.
        finding: What verify found there.
    """

    kind: str
    name: str
    where: str
    finding: Finding

    @property
    def state(self) -> FindingState:
        """How the link is."""
        return self.finding.state
