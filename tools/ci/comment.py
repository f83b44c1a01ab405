"""One comment on a request: written by the first run, edited in place by each later run."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tools.ci.forge import Forge, ForgeComment
from tools.ci.rest import RestUnavailable

PAUSES = (3.0, 10.0)  # seconds before the second and the third attempt


def own_comment(forge: Forge, request: int, marker: str) -> ForgeComment | None:
    """Return the oldest comment of the token's own user that begins with the marker.

    The author counts, because anybody may write a comment that begins with the same marker.
    """
    return next((comment for comment in forge.own_comments(request) if comment.body.startswith(marker)), None)


def say_once(forge: Forge, request: int, marker: str, body: str, pauses: Sequence[float] = PAUSES) -> str:
    """Edit the own comment that begins with the marker, or write it, and return which of both was done.

    After an answer that leaves open what was done, the next attempt looks again, so that no second comment is written.

    Args:
        forge: Where.
        request: Number of the request.
        marker: First line of the comment, hidden in Markdown.
        body: The whole comment, which begins with the marker.
        pauses: Seconds before each further attempt when the forge is not available.

    Raises:
        RestError: The forge refuses, or is not available at the last attempt.
    """
    for pause in [*pauses, None]:
        try:
            return _attempt(forge, request, marker, body)
        except RestUnavailable:
            if pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _attempt(forge: Forge, request: int, marker: str, body: str) -> str:
    there = own_comment(forge, request, marker)
    if there is None:
        forge.post(request, body)
        return "written"
    forge.edit(request, there.id, body)
    return "edited"
