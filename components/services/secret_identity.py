"""The identity of a libvirt secret, derived so that every compute and every run agree on it.

libvirt refuses a second secret with the same usage name, and Cinder hands one UUID to every compute: both have to be
the same everywhere, and different for every cluster and user.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from components.settings.user import SecretUser

_NAMESPACE = UUID("6a3c9f0e-6d1b-5a57-9d3e-0c4b7e2f8a11")  # fixed: changing it orphans the secret of every guest


def secret_uuid(fsid: str, entity: str) -> str:
    """Return the UUID (version 5) of the secret that holds the key of `entity` of the cluster `fsid`."""
    return str(uuid5(_NAMESPACE, f"{fsid}/{entity}"))


def secret_usage(fsid: str, entity: str) -> str:
    """Return the usage name of that secret, unique per cluster and user: `client.cinder of ceph <fsid>`."""
    return f"{entity} of ceph {fsid}"


def user_secret_uuid(fsid: str, user: SecretUser, generation: int) -> str:
    """Return the UUID of the secret of one generation of a user; a pinned one holds for the first generation only."""
    if generation == 1 and user.secret_uuid:
        return user.secret_uuid
    return secret_uuid(fsid, user.entity_of(generation))


def user_secret_usage(fsid: str, user: SecretUser, generation: int) -> str:
    """Return the usage name of that secret; one in the settings holds for the first generation only."""
    if generation == 1 and user.secret_usage:
        return user.secret_usage
    return secret_usage(fsid, user.entity_of(generation))
