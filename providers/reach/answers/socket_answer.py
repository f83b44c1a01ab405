"""SocketAnswer: what the admin socket of a Ceph client said."""

from __future__ import annotations

from typing import Any

from providers.reach.answers.answer import Answer


class SocketAnswer(Answer):
    """What one socket said.

    Attributes:
        pid: The process that listens on the socket.
        path: The socket.
        answer: The answer, read from JSON, with SHA-256 in place of each key; None when there is none.
        problem: Why there is no answer; empty when there is one.
    """

    pid: int
    path: str
    answer: Any
    problem: str
