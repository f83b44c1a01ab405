"""BlocklistRow: a client that is shut out of the cluster."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class BlocklistRow(Answer):
    """A row of `ceph osd blocklist ls`.

    Attributes:
        addr: The client's address with its nonce. Port and nonce 0 stand for every client of that host.
    """

    addr: str
