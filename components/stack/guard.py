"""Gate and guard: refuse, before anything is touched, to give up what data or running servers may depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from components.services.site import Site
from components.stack.node import Node
from providers.models import (
    Desired,
    GuardDesired,
    PoolDesired,
    SecretDesired,
    SecretPlace,
    UserDesired,
    VolumeTypeDesired,
)


def guard(nodes: Mapping[str, Node], site: Site, guards: Literal["change", "removal"]) -> GuardDesired:
    """Return a guard of the graph's pools, users, secrets and volume types.

    Adopted pools and users stay, so they need none. Adopted volume types stay, too, but what they select goes back,
    which their volumes forbid.
    """
    models = [node.model for node in nodes.values()]
    return GuardDesired(
        stack=site.stack,
        fsid=site.fsid,
        guards=guards,
        pools=[one.name for one in models if isinstance(one, PoolDesired) and not one.adopt],
        entities=[one.entity for one in models if isinstance(one, UserDesired) and not one.adopt],
        secrets=[SecretPlace(host=one.host, uuid=one.uuid) for one in models if isinstance(one, SecretDesired)],
        cloud=site.cloud,
        volume_types=[one.name for one in models if isinstance(one, VolumeTypeDesired)],
    )


def guarded(nodes: Mapping[str, Node]) -> Iterable[str]:
    """Return the logical names of all that a guard comes after, so that a destroy deletes the guard first."""
    return [name for name, node in nodes.items() if isinstance(node.model, Desired)]
