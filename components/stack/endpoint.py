"""Endpoint: an sshd that is reached without the agent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """An sshd, and who logs in there."""

    address: str
    port: int
    user: str
