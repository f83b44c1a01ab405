"""The text of a settings file for a cluster, with a comment on each thing that exists there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from commands.discover.cluster_contents import ClusterContents
from components.services import SERVICES
from components.services.service import AnyService
from providers.reach.host_access import HostAccess


def settings_text(
    contents: ClusterContents,
    access: HostAccess,
    conf: str,
    entity: str,
    release: str,
    services: Sequence[AnyService] = SERVICES,
) -> str:
    """Return the text of a settings file that this program accepts as it is.

    Args:
        contents: What the cluster has.
        access: How the admin host is reached.
        conf: Path of ceph.conf on the admin host.
        entity: The cephx user as whom the program asks the cluster.
        release: The OpenStack release.
        services: The services that get a block each.
    """
    pools = {name: f"{content}{_kept(contents, name)}" for name, content in contents.pools.items()}
    users = {name: _kept(contents, name).removeprefix(", ") for name in contents.users}
    text = [
        f"# Ceph {contents.release} as {access.where} sees it. Every setting is described in Pulumi.yaml.",
        _existing("RBD pools", pools),
        _existing("users", users),
        "config:",
        *_block("release", release, "the OpenStack release; not something the cluster knows"),
        *_block("ssh", ssh_block(access)),
        *_block("hosts", {access.name: {"address": access.address}}, "add the OpenStack hosts"),
        *_block("cluster", cluster_block(contents, access, conf, entity)),
    ]
    for service in services:
        text += _service_block(contents, service)
    return "\n".join(text) + "\n"


def ssh_block(access: HostAccess) -> dict[str, Any]:
    """Return how hosts are reached, without what is the default anyway."""
    return {
        "user": access.user,
        **({"identity_file": access.identity_file} if access.identity_file else {}),
        **({"known_hosts": access.known_hosts} if access.known_hosts else {}),
        **({} if access.port == 22 else {"port": access.port}),
        **({} if access.sudo else {"sudo": False}),
        **({} if access.python == "python3" else {"python": access.python}),
    }


def cluster_block(contents: ClusterContents, access: HostAccess, conf: str, entity: str) -> dict[str, Any]:
    """Return how the cluster is reached, without what is the default anyway."""
    return {
        "fsid": contents.fsid,
        "mon_hosts": contents.mon_hosts,
        "admin_host": access.name,
        **({} if conf == "/etc/ceph/ceph.conf" else {"admin_conf": conf}),
        **({} if entity == "client.admin" else {"admin_entity": entity}),
    }


def _service_block(contents: ClusterContents, service: AnyService) -> list[str]:
    """Return a service's settings. What exists is marked to be adopted, unless another stack keeps it."""
    pool, user = service.usual_pool_name, _usual_user(service)
    block: dict[str, Any] = {"hosts": [], "pool": {"name": pool}}
    notes = ["name its hosts"]
    if pool in contents.pools:
        block["pool"] |= _adopted(contents, pool)
        notes.append(f"pool {pool} exists{_kept(contents, pool)}")
    entity = f"client.{user}"
    if user and entity in contents.users:
        block["user"] = {"name": user, **_adopted(contents, entity)}
        notes.append(f"{entity} exists{_kept(contents, entity)}")
    return _block(service.name, block, "; ".join(notes))


def _usual_user(service: AnyService) -> str | None:
    """Return the name that the service's user has by default, or None when it has no user of its own by default."""
    field = service.settings.model_fields.get("user")
    return field.default.name if field and field.default else None


def _adopted(contents: ClusterContents, name: str) -> dict[str, bool]:
    return {} if name in contents.owners else {"adopt": True}


def _kept(contents: ClusterContents, name: str) -> str:
    return f", kept by stack {contents.owners[name]}" if name in contents.owners else ""


def _existing(what: str, notes: dict[str, str]) -> str:
    shown = [f"{name} ({note})" if note else name for name, note in notes.items()]
    return f"# {what} that exist: {', '.join(shown) or 'none'}"


def _block(name: str, value: Any, note: str = "") -> list[str]:
    dumped = yaml.safe_dump(
        {f"ceph-openstack:{name}": value},
        sort_keys=False,
        default_flow_style=None if isinstance(value, dict) else False,
        width=110,
    )
    return [*([f"  # {note}"] if note else []), *(f"  {line}" for line in dumped.splitlines())]
