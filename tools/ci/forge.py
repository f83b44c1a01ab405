"""What a forge has to answer: which request a run belongs to, and which comments the CI has written there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ForgeComment:
    """A comment on a request.

    Attributes:
        id: The forge's number of the comment.
        body: Markdown, as the author wrote the comment.
    """

    id: int
    body: str


class Forge(Protocol):
    """GitHub or GitLab. A request is a pull request or a merge request."""

    def request_here(self) -> int | None:
        """Return the number of the request that this run is of. None: the run is of a branch."""

    def requests_of(self, commit: str) -> list[int]:
        """Return the numbers of the merged requests that brought a commit to its branch."""

    def own_comments(self, request: int) -> Iterator[ForgeComment]:
        """Yield the comments that the token's own user has written, the oldest first."""

    def post(self, request: int, body: str) -> None:
        """Write a new comment."""

    def edit(self, request: int, comment: int, body: str) -> None:
        """Replace the text of a comment."""
