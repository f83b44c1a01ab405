"""Prints the settings for a new stack: asks an admin host what cluster it speaks for, and what is there already.

It only reads. What it prints can be saved as Pulumi.<stack>.yaml: services have no hosts yet (`hosts: []` configures none), and
a pool or user that exists, and that no other stack keeps, is marked to be adopted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from components.settings import Cinder, CinderBackup, Glance
from providers.ceph.pool import why_not_empty
from providers.reach.access import AccessSettings
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines

# Names that guides use: setting, pool, the user's default name.
ROLES = (
    ("glance", "images", Glance.model_fields["user"].default.name),
    ("cinder", "volumes", Cinder.model_fields["user"].default.name),
    ("cinder_backup", "backups", CinderBackup.model_fields["user"].default.name),
    ("nova", "vms", None),
)


@dataclass(frozen=True)
class Found:
    """What the cluster says. `owners` tells, for each pool and user in a journal, which stack keeps it."""

    fsid: str
    release: str
    mon_hosts: list[str]
    pools: dict[str, str]
    users: list[str]
    owners: dict[str, str]


def look(access: HostAccess, conf: str, entity: str) -> Found:
    machines = Machines(AccessSettings({access.name: access}, access.name, conf, entity))
    try:
        fsid = machines.host(access.name).call("mon_read", command={"prefix": "fsid"}, hide_keys=True)["fsid"]
        cluster = machines.cluster(fsid)
        monitors = cluster.read("mon dump")
        names = [name for name, row in cluster.pools().items() if "rbd" in row.get("application_metadata", {})]
        return Found(
            fsid=fsid,
            release=str(monitors.get("min_mon_release_name") or "unknown"),
            mon_hosts=[mon_host(monitor["public_addrs"]["addrvec"]) for monitor in monitors["mons"]],
            pools={name: why_not_empty(cluster.content(name)) or "empty" for name in sorted(names)},
            users=sorted(name for name in cluster.users() if name.startswith("client.") and not _of_cluster(name)),
            owners={key.split("/", 3)[3]: key.split("/")[1] for key in cluster.journal() if key.count("/") >= 3},
        )
    finally:
        machines.close()


def mon_host(addresses: list[dict[str, Any]]) -> str:
    """Return a monitor's addresses as `mon host` has them: `[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]`."""
    return "[" + ",".join(f"{one['type']}:{one['addr']}/{one.get('nonce', 0)}" for one in addresses) + "]"


def settings(found: Found, access: HostAccess, conf: str, entity: str, release: str) -> str:
    """Return the text of a settings file that this program accepts as it is."""
    ssh = {
        "user": access.user,
        **({"identity_file": access.identity_file} if access.identity_file else {}),
        **({"known_hosts": access.known_hosts} if access.known_hosts else {}),
        **({} if access.port == 22 else {"port": access.port}),
        **({} if access.sudo else {"sudo": False}),
        **({} if access.python == "python3" else {"python": access.python}),
    }
    cluster: dict[str, Any] = {"fsid": found.fsid, "mon_hosts": found.mon_hosts, "admin_host": access.name}
    if conf != "/etc/ceph/ceph.conf":
        cluster["admin_conf"] = conf
    if entity != "client.admin":
        cluster["admin_entity"] = entity
    text = [
        f"# Ceph {found.release} as {access.where} sees it. Every setting is described in Pulumi.yaml.",
        *_there("RBD pools", {name: f"{what}{_whose(found, name)}" for name, what in found.pools.items()}),
        *_there("users", {name: _whose(found, name).removeprefix(", ") for name in found.users}),
        "config:",
        *_block("release", release, "the OpenStack release; not something the cluster knows"),
        *_block("ssh", ssh),
        *_block("hosts", {access.name: {"address": access.address}}, "add the OpenStack hosts"),
        *_block("cluster", cluster),
    ]
    for setting, pool, user in ROLES:
        block: dict[str, Any] = {"hosts": [], "pool": {"name": pool}}
        notes = ["name its hosts"]
        if pool in found.pools:
            block["pool"] |= {} if pool in found.owners else {"adopt": True}
            notes.append(f"pool {pool} exists" + _whose(found, pool))
        if user and f"client.{user}" in found.users:
            block["user"] = {"name": user} if f"client.{user}" in found.owners else {"name": user, "adopt": True}
            notes.append(f"client.{user} exists" + _whose(found, f"client.{user}"))
        text += _block(setting, block, "; ".join(notes))
    return "\n".join(text) + "\n"


def _block(name: str, value: Any, note: str = "") -> list[str]:
    dumped = yaml.safe_dump(
        {f"ceph-openstack:{name}": value},
        sort_keys=False,
        default_flow_style=None if isinstance(value, dict) else False,
        width=110,
    )
    return [*([f"  # {note}"] if note else []), *(f"  {line}" for line in dumped.splitlines())]


def _there(what: str, rows: dict[str, str]) -> list[str]:
    shown = [f"{name} ({note})" if note else name for name, note in rows.items()]
    return [f"# {what} that exist: {', '.join(shown) or 'none'}"]


def _whose(found: Found, name: str) -> str:
    return f", kept by stack {found.owners[name]}" if name in found.owners else ""


def _of_cluster(entity: str) -> bool:
    return entity in ("client.admin", "client.crash") or entity.startswith("client.bootstrap-")
