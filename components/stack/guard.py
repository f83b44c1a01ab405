"""Gate and guard: refuse, before anything is touched, to give up what data or running servers may depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from components.services.site import Site
from components.stack.node import Node
from components.stack.remote_command import RemoteCommand
from providers.models import (
    ConfigSectionsDesired,
    Desired,
    GuardDesired,
    LooksAt,
    PoolDesired,
    SecretDesired,
    UserDesired,
    VolumeTypeDesired,
    data_places,
)

Places = dict[str, dict[str, str]]
"""Section to option to value."""


def guard(nodes: Mapping[str, Node], site: Site, guards: Literal["change", "removal"]) -> GuardDesired:
    """Return a guard of the graph's pools, users, secrets and volume types.

    Adopted pools and users need no guard, because they are never deleted. Adopted volume types are not deleted either,
    but their extra specs are put back, and that must not happen while volumes of the type exist.

    Args:
        nodes: the nodes of the graph.
        site: the stack, the cluster and the cloud.
        guards: `change` for the gate, which refuses before anything is changed; `removal` for the guard, which refuses
            before anything is deleted in a destroy.
    """
    models = [node.model for node in nodes.values()]
    secrets: dict[str, list[str]] = {}
    for model in models:
        if isinstance(model, SecretDesired):
            secrets.setdefault(model.host, []).append(model.uuid)
    looks_at = LooksAt(
        pools=[model.name for model in models if isinstance(model, PoolDesired) and not model.adopt],
        entities=[model.entity for model in models if isinstance(model, UserDesired) and not model.adopt],
        secrets=secrets,
        volume_types=[model.name for model in models if isinstance(model, VolumeTypeDesired)],
    )
    return GuardDesired(stack=site.stack, fsid=site.fsid, guards=guards, cloud=site.cloud, looks_at=looks_at)


def gate(
    nodes: Mapping[str, Node],
    site: Site,
    *,
    user_settings: Mapping[str, str],
    min_compat_client: Mapping[str, str],
    monitors: Sequence[str],
    deferred: Sequence[str],
    batches: Sequence[str],
    clusters: Mapping[str, str],
) -> GuardDesired:
    """Return the guard that is made before everything else, with all that it looks at before a run changes anything.

    Args:
        nodes: the nodes of the graph.
        site: the stack, the cluster and the cloud.
        user_settings: entity to the setting that speaks of the user, such as `cinder.user`.
        min_compat_client: setting to the oldest release that the cluster has to ask of its clients for it.
        monitors: the monitors that the settings name.
        deferred: the services whose restarts this run defers, by the names of their settings.
        batches: the labels of the services whose hosts are changed in batches.
        clusters: name to fsid of each further cluster that something of the stack is on.
    """
    models = [node.model for node in nodes.values()]
    places, files = _places(models)
    users = [model for model in models if isinstance(model, UserDesired)]
    pools = [model for model in models if isinstance(model, PoolDesired)]
    more = {
        "places": places or None,
        "files": files or None,
        "caps": {user.entity: dict(user.caps) for user in users} or None,
        "settings": {user.entity: user_settings[user.entity] for user in users} or None,
        "monitors": list(monitors),
        "data_pools": {pool.name: pool.erasure_code_profile for pool in pools if pool.erasure_code_profile} or None,
        "min_compat_client": dict(min_compat_client) or None,
        "clusters": dict(clusters) or None,
        "key_type": next((user.key_type for user in users), None),
    }
    first = guard(nodes, site, "change")
    return first.model_copy(
        update={
            "looks_at": first.looks_at.model_copy(update=more),
            "deferred": dict.fromkeys(deferred, True) or None,
            "batches": dict.fromkeys(batches, True) or None,
        }
    )


def _places(models: Iterable[object]) -> tuple[dict[str, dict[str, Places]], dict[str, list[str]]]:
    """Return where the files say that data lies, by host and component, and the files of each component."""
    places: dict[str, dict[str, Places]] = {}
    files: dict[str, list[str]] = {}
    for model in models:
        if isinstance(model, ConfigSectionsDesired) and (sections := data_places(model.sections)):
            places.setdefault(model.host, {})[model.component] = sections
            files[model.component] = [model.path, *model.later_files]
    return places, files


def guarded(nodes: Mapping[str, Node]) -> Iterable[str]:
    """Return the logical names of all that the guard needs, so that a destroy deletes the guard before them."""
    return [
        name
        for name, node in nodes.items()
        if isinstance(node.model, Desired) or (isinstance(node.model, RemoteCommand) and node.model.delete)
    ]
