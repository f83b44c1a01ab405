"""Proposes settings for what was found: pools, users, sections and secrets by the names that they have already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from commands.discover.cluster_contents import ClusterContents
from commands.discover.found_backup import FoundBackup, found_backup
from commands.discover.found_cinder import FoundCinder, found_cinder
from commands.discover.found_glance import FoundGlance, found_glance
from commands.discover.found_nova import FoundNova, found_nova
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from components.services import SERVICES
from components.services.cinder.settings import DEFAULT_BACKEND
from components.services.secret_identity import secret_usage, secret_uuid

_CONF = re.compile(r"/etc/ceph/([A-Za-z0-9_-]+)\.conf")


class _Found(Protocol):
    @property
    def place(self) -> Any:
        """What has to be the same on all hosts."""


F = TypeVar("F", bound=_Found)


@dataclass(frozen=True)
class Findings:
    """What there is.

    Attributes:
        cluster: What the cluster has.
        hosts: What each host has that could be looked at.
    """

    cluster: ClusterContents
    hosts: Sequence[HostContents]


def propose_services(proposal: Proposal, findings: Findings) -> None:
    """Set the services that use Ceph, and note what runs without Ceph."""
    glance = _with(findings, "glance", found_glance)
    cinder = _with(findings, "cinder", found_cinder)
    backup = _with(findings, "cinder_backup", found_backup)
    nova = _with(findings, "nova", found_nova)
    _cluster_name(proposal, [glance, cinder, backup, nova])
    _glance(proposal, findings, glance)
    _cinder(proposal, findings, cinder)
    _backup(proposal, findings, backup)
    _nova(proposal, findings, nova)
    _share_pools(proposal)
    _note_the_rest(proposal, findings.cluster)
    for host in findings.hosts:
        for service in host.files:
            if host.name not in (proposal.get(service, "hosts") or []):
                why = "" if proposal.get(service) else ": its files name nothing on Ceph that a release of today reads"
                proposal.note(f"{service} runs on {host.name}, and is left alone there{why}", "hosts", host.name)


def _pools_named(proposal: Proposal) -> dict[str, list[Where]]:
    """Return the path of each role's pool, by the pool's name."""
    cinder = proposal.get("cinder", "backends") or {}
    roles: list[Where] = [(service, "pool") for service in ("glance", "cinder", "cinder_backup", "nova")]
    found: dict[str, list[Where]] = {}
    for where in [*roles, *(("cinder", "backends", section, "pool") for section in cinder)]:
        if name := proposal.get(*where, "name"):
            found.setdefault(name, []).append(where)
    return found


def _share_pools(proposal: Proposal) -> None:
    """Say of a pool with several roles that they share it."""
    for wheres in _pools_named(proposal).values():
        for where in wheres if len(wheres) > 1 else ():
            proposal.set(True, *where, "shared")


def _note_the_rest(proposal: Proposal, cluster: ClusterContents) -> None:
    """Note pools of images and users that no service names."""
    pools = [f"{name} ({content})" for name, content in cluster.pools.items() if name not in _pools_named(proposal)]
    named = [f"client.{name}" for service in SERVICES if (name := proposal.get(service.name, "user", "name"))]
    users = [name for name in cluster.users if name not in named]
    if pools:
        proposal.note(f"RBD pools that no service below names: {', '.join(pools)}")
    if users:
        proposal.note(f"users that no service below names: {', '.join(users)}")


def _with(findings: Findings, service: str, look: Any) -> dict[str, Any]:
    """Return host to what its file says, for the hosts where the service uses Ceph."""
    found = {host.name: look(host.files[service]) for host in findings.hosts if service in host.files}
    return {host: there for host, there in found.items() if there is not None}


def _cluster_name(proposal: Proposal, services: Sequence[Mapping[str, Any]]) -> None:
    """Set the name of the cluster on the hosts, which is that of the ceph.conf that most services read."""
    confs = Counter(found.conf for service in services for found in service.values() if _CONF.fullmatch(found.conf))
    if confs:
        match = _CONF.fullmatch(confs.most_common(1)[0][0])
        if match and match[1] != "ceph":
            proposal.set(match[1], "cluster", "name")


def _agreeing(proposal: Proposal, service: str, found: Mapping[str, F]) -> tuple[F, list[str]] | None:
    """Return what most hosts say, with these hosts. The others are left out, because the settings say it once."""
    if not found:
        return None
    places = Counter(str(there.place) for there in found.values())
    most = places.most_common(1)[0][0]
    hosts = [host for host, there in found.items() if str(there.place) == most]
    for host in found:
        if host not in hosts:
            proposal.note(
                f"{host} is left out: its file names another pool, user or secret than that of {', '.join(hosts)};"
                " settings have one of each for a service. Give that host a stack of its own, or correct its file",
                service,
            )
    return found[hosts[0]], hosts


def _pool(proposal: Proposal, findings: Findings, pool: str, *where: str) -> None:
    """Set a service's pool, and note what the cluster says against it."""
    cluster = findings.cluster
    proposal.set({"name": pool}, *where)
    if pool in cluster.owners:
        proposal.set({"name": pool, "adopt": False}, *where)
        proposal.note(f"pool {pool} is kept by stack {cluster.owners[pool]}: one pool cannot be two stacks'", *where)
    elif pool in cluster.pools:
        proposal.note(f"pool {pool}: {cluster.pools[pool]}", *where)
    elif pool in cluster.plain_pools:
        applications = cluster.plain_pools[pool]
        proposal.note(
            f"pool {pool} has the applications {applications}, not rbd: another pool is meant, or the first run is"
            " refused"
            if applications
            else f"nobody ran `rbd pool init` on pool {pool}, so health says that its application is not enabled;"
            " without init: false the program runs it",
            *where,
        )
        if not applications:
            proposal.set(False, *where, "init")
    else:
        proposal.note(f"the cluster has no pool {pool}: the first run would make it, empty", *where)


def _user(proposal: Proposal, findings: Findings, user: str, *where: str) -> None:
    """Set a service's user, and note what the cluster says against it."""
    cluster, entity = findings.cluster, f"client.{user}"
    proposal.set(user, *where, "name")
    if count := cluster.sessions.get(entity):
        proposal.note(f"{count} client{'s are' if count > 1 else ' is'} connected as {entity} just now", *where)
    if entity not in cluster.caps:
        proposal.note(f"the cluster has no user {entity}: the first run would make it, with a new key", *where)
    if entity in cluster.owners:
        proposal.set(False, *where, "adopt")
        proposal.note(f"{entity} is kept by stack {cluster.owners[entity]}: one user cannot be two stacks'", *where)


def _named(proposal: Proposal, user: str, service: str, usual: str) -> str:
    """Return the user, or the usual one where no option names one, because then the daemon works as client.admin."""
    if not user:
        proposal.note(
            f"no option names a user, so this service works as client.admin; the first run would name client.{usual}",
            service,
        )
    return user or usual


def _glance(proposal: Proposal, findings: Findings, found: Mapping[str, FoundGlance]) -> None:
    agreed = _agreeing(proposal, "glance", found)
    if agreed is None:
        return
    glance, hosts = agreed
    proposal.set(hosts, "glance", "hosts")
    _pool(proposal, findings, glance.pool, "glance", "pool")
    _user(proposal, findings, _named(proposal, glance.user, "glance", "glance"), "glance", "user")
    if glance.layout == "single_store":
        proposal.set("single_store", "glance", "layout")
        if glance.item not in ("", "rbd"):
            proposal.set(glance.item, "glance", "store_item")
        proposal.note(
            "the single store of [glance_store] is deprecated since Rocky, and still read; multi_store is one"
            " improvement for later",
            "glance",
            "layout",
        )
    elif glance.store != "rbd":
        proposal.set(glance.store, "glance", "backend")
    if glance.layout == "multi_store":
        proposal.set("none", "glance", "file_store")
    if glance.first:
        proposal.set("first", "glance", "list_position")
    files = [host.files["glance"] for host in findings.hosts if host.name in hosts]
    if all(file.is_true("DEFAULT", "show_image_direct_url") for file in files):
        proposal.set(True, "glance", "show_image_direct_url")
    for store in glance.others:
        proposal.note(f"store {store} is on Ceph, too, and is left alone: settings have one store", "glance")


def _cinder(proposal: Proposal, findings: Findings, found: Mapping[str, FoundCinder]) -> None:
    agreed = _agreeing(proposal, "cinder", found)
    if agreed is None:
        return
    cinder, hosts = agreed
    proposal.set(hosts, "cinder", "hosts")
    if list(cinder.pools) == [DEFAULT_BACKEND] and cinder.names.get(DEFAULT_BACKEND) in (None, DEFAULT_BACKEND):
        _pool(proposal, findings, cinder.pools[DEFAULT_BACKEND], "cinder", "pool")
    else:
        for section, pool in cinder.pools.items():
            _pool(proposal, findings, pool, "cinder", "backends", section, "pool")
            if cinder.names.get(section, section) != section:
                proposal.set(cinder.names[section], "cinder", "backends", section, "volume_backend_name")
    user = _named(proposal, cinder.user, "cinder", "cinder")
    _user(proposal, findings, user, "cinder", "user")
    _secret(proposal, findings, user, cinder.secret, "cinder", "user")
    if cinder.first:
        proposal.set("first", "cinder", "list_position")
    for section in cinder.others:
        proposal.note(
            f"back end {section} is on Ceph, too, as another user or with another secret, and is left alone: settings"
            " have one user for Cinder",
            "cinder",
        )


def _backup(proposal: Proposal, findings: Findings, found: Mapping[str, FoundBackup]) -> None:
    agreed = _agreeing(proposal, "cinder_backup", found)
    if agreed is None:
        return
    backup, hosts = agreed
    proposal.set(hosts, "cinder_backup", "hosts")
    _pool(proposal, findings, backup.pool, "cinder_backup", "pool")
    _user(proposal, findings, backup.user, "cinder_backup", "user")


def _nova(proposal: Proposal, findings: Findings, found: Mapping[str, FoundNova]) -> None:
    cinder = proposal.get("cinder")
    volumes = (cinder.get("user", {}).get("name", "cinder")) if cinder else ""
    local = {host: there for host, there in found.items() if not there.disks and (there.user or cinder)}
    agreed = _agreeing(proposal, "nova", {host: there for host, there in found.items() if there.disks})
    if agreed is None and not (local and cinder):
        return
    hosts = agreed[1] if agreed else []
    attaching = list(local) if cinder else []
    proposal.set([host for host in found if host in hosts or host in attaching], "nova", "hosts")
    if agreed:
        nova = agreed[0]
        _pool(proposal, findings, nova.pool, "nova", "pool")
        user = _named(proposal, nova.user, "nova", volumes or "nova")
        if user != volumes:
            proposal.set({"name": user}, "nova", "user")
            _user(proposal, findings, user, "nova", "user")
            _secret(proposal, findings, user, nova.secret, "nova", "user")
    _local_disks(proposal, findings, hosts)
    if attaching:
        proposal.set(attaching, "nova", "attach_only")
        text = "these have no images_type rbd: servers keep their own disks on the host, and attach volumes from Ceph"
        proposal.note(text, "nova", "attach_only")
    modes = {found[host].cachemodes for host in proposal.get("nova", "hosts")}
    if len(modes) == 1 and modes != {""} and modes != {"network=writeback"}:
        proposal.set(modes.pop(), "nova", "disk_cachemodes")


def _local_disks(proposal: Proposal, findings: Findings, hosts: Sequence[str]) -> None:
    """Accept servers whose disks are local on a host with images_type rbd, because they are there already."""
    for host in findings.hosts:
        if host.name in hosts and host.local_disks:
            proposal.set("ignore", "nova", "local_disks")
            text = "keep their disks on the host, so they do not start after a hard reboot: move or delete them"
            proposal.note(f"servers {', '.join(host.local_disks)} on {host.name} {text}", "nova", "local_disks")


def _secret(proposal: Proposal, findings: Findings, user: str, uuid: str, *where: str) -> None:
    """Set the UUID and the usage name of the secret that holds a user's key on the computes."""
    cluster, entity = findings.cluster, f"client.{user}"
    if not uuid:
        key = cluster.keys.get(entity)
        holding = [secret.uuid for host in findings.hosts for secret in host.secrets if key and secret.value == key]
        uuid = holding[0] if holding else ""
        proposal.note(f"no option names the secret of {entity}", *where)
    if not uuid:
        return
    if uuid != secret_uuid(cluster.fsid, entity):
        proposal.set(uuid, *where, "secret_uuid")
    usages = Counter(secret.usage for host in findings.hosts for secret in host.secrets if secret.uuid == uuid)
    if usages and usages.most_common(1)[0][0] != secret_usage(cluster.fsid, entity):
        proposal.set(usages.most_common(1)[0][0], *where, "secret_usage")
    for host in findings.hosts:
        if "nova" in host.files:
            _note_secret(proposal, host, uuid, entity, cluster, *where)


def _note_secret(
    proposal: Proposal, host: HostContents, uuid: str, entity: str, cluster: ClusterContents, *where: str
) -> None:
    found = next((secret for secret in host.secrets if secret.uuid == uuid), None)
    if found is None:
        proposal.note(f"{host.name} has no secret {uuid}, so no volume attaches there; the first run makes it", *where)
    elif found.private:
        proposal.note(
            f"secret {uuid} on {host.name} is private, so Nova cannot read it; libvirt cannot change that", *where
        )
    elif found.value != cluster.keys.get(entity):
        owner = next((name for name, key in cluster.keys.items() if key == found.value), "")
        whose = (
            f"the key of {owner}" if owner else "a key that is no user's of this cluster" if found.value else "no key"
        )
        proposal.note(f"secret {uuid} on {host.name} holds {whose}, not that of {entity}", *where)
