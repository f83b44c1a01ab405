"""Fsid: the answer of `ceph fsid`."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Fsid(Answer):
    """Which cluster answers."""

    fsid: str
