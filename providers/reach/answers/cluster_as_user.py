"""ClusterAsUser: what a service's own user sees of the cluster, with its own ceph.conf and keyring."""

from __future__ import annotations

from pydantic import Field

from providers.reach.answers.answer import Answer


class Complaint(Answer):
    """Why librados said no: the errno's name (empty where there is none) and its own words."""

    errno: str
    text: str


class PoolAsUser(Answer):
    """What listing one pool gave: the number of its images, or an error."""

    images: int = 0
    error: Complaint | None = None


class ClusterAsUser(Answer):
    """What a connection as the user gave.

    Attributes:
        fsid: The cluster that answered; empty while `error` says why none did.
        pools: Each pool that was asked for, by name.
        error: Why the connection failed.
    """

    fsid: str
    pools: dict[str, PoolAsUser] = Field(default_factory=dict)
    error: Complaint | None = None
