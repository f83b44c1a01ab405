"""Proposing: says what was found in settings, with pools, users, sections and secrets by the names that they have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from commands.discover.cluster_contents import ClusterContents
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from components.services.found import Found
from components.services.neighbours import Neighbours, joined
from components.services.secret_identity import secret_usage, secret_uuid
from components.services.service import AnyService

_CONF = re.compile(r"/etc/ceph/([A-Za-z0-9_-]+)\.conf")


@dataclass(frozen=True)
class Findings:
    """What there is.

    Attributes:
        cluster: What the cluster has.
        hosts: What each host has that could be looked at.
    """

    cluster: ClusterContents
    hosts: Sequence[HostContents]


class Proposing:
    """Settings that are made of findings, one service after the other.

    Args:
        proposal: The settings; they are changed.
        findings: What there is.
        services: The services, in the order in which one may know of those before it.
    """

    def __init__(self, proposal: Proposal, findings: Findings, services: Sequence[AnyService]) -> None:
        self.proposal, self.findings, self.services = proposal, findings, services
        self._pools: dict[str, list[Where]] = {}
        self._shared: list[Neighbours] = []

    def propose(self) -> None:
        """Set the services that use Ceph, and note what runs without Ceph."""
        confs = Counter[str]()
        for service in self.services:
            others = joined(self._shared)
            found = {
                host.name: there
                for host in self.findings.hosts
                if service.name in host.files and (there := service.found(host.seen_by(service), others))
            }
            confs.update(there.conf for there in found.values() if _CONF.fullmatch(there.conf))
            self._service(service, found)
        self._cluster_name(confs)
        for wheres in self._pools.values():
            for where in wheres if len(wheres) > 1 else ():
                self.proposal.set(True, *where, "shared")
        self._note_the_rest()
        for host in self.findings.hosts:
            self._note_what_is_left_alone(host)

    def _service(self, service: AnyService, found: Mapping[str, Found]) -> None:
        name = service.name
        alike = self._agreeing(name, {host: there for host, there in found.items() if not there.listed_in})
        listed = {host: there for host, there in found.items() if there.listed_in}
        mine = {host: there for host, there in found.items() if host in alike or host in listed}
        if not mine:
            return
        self.proposal.set(list(mine), name, "hosts")
        if alike:
            first = next(iter(alike.values()))
            for where, pool in first.pools.items():
                self._pool(pool, first.application, name, *where)
            self._account(name, first)
        for there in mine.values():
            for where, value in there.exceptions.items():
                self.proposal.set(value, name, *where)
        for host, there in listed.items():
            self.proposal.add(host, name, *there.listed_in)
        for where, value in next(iter(mine.values())).settings.items():
            if all(where in there.settings and there.settings[where] == value for there in mine.values()):
                self.proposal.set(value, name, *where)
        for there in mine.values():
            for text, where in there.notes:
                self.proposal.note(text, name, *where)
        self._share(service)

    def _share(self, service: AnyService) -> None:
        """Let the services after this one know what the settings so far say, if they can be said."""
        try:
            mine = service.settings.model_validate(self.proposal.get(service.name))
        except ValidationError:
            return
        self._shared.append(service.shares(mine))

    def _agreeing(self, service: str, found: Mapping[str, Found]) -> dict[str, Found]:
        """Return what most hosts say. The others are left out, because the settings say it once."""
        places = Counter(str(there.place) for there in found.values())
        most = {host: there for host, there in found.items() if str(there.place) == places.most_common(1)[0][0]}
        for host in found:
            if host not in most:
                self.proposal.note(
                    f"{host} is left out: its file names another pool, user or secret than that of {', '.join(most)};"
                    " settings have one of each for a service. Give that host a stack of its own, or correct its file",
                    service,
                )
        return most

    def _cluster_name(self, confs: Counter[str]) -> None:
        """Set the name of the cluster on the hosts, which is that of the ceph.conf that most services read."""
        if confs:
            match = _CONF.fullmatch(confs.most_common(1)[0][0])
            if match and match[1] != "ceph":
                self.proposal.set(match[1], "cluster", "name")

    # Pools -----------------------------------------------------------------------------------------------------------

    def _pool(self, pool: str, application: str, *where: str) -> None:
        """Set a service's pool, and note what the cluster says against it."""
        cluster = self.findings.cluster
        self._pools.setdefault(pool, []).append(where)
        self.proposal.set({"name": pool}, *where)
        enabled = "rbd" if pool in cluster.pools else cluster.plain_pools.get(pool)
        if pool in cluster.owners:
            self.proposal.set({"name": pool, "adopt": False}, *where)
            text = f"pool {pool} is kept by stack {cluster.owners[pool]}: one pool cannot be two stacks'"
        elif enabled is None:
            text = f"the cluster has no pool {pool}: the first run would make it, empty"
        elif application in enabled.split(", "):
            text = f"pool {pool}: {cluster.pools.get(pool, enabled)}"
        elif enabled:
            text = (
                f"pool {pool} has the applications {enabled}, not {application}: another pool is meant, or the first"
                " run is refused"
            )
        else:
            self.proposal.set(False, *where, "init")
            text = _without_application(pool, application)
        self.proposal.note(text, *where)

    def _note_the_rest(self) -> None:
        """Note pools of images and users that no service names."""
        cluster = self.findings.cluster
        pools = [f"{name} ({content})" for name, content in cluster.pools.items() if name not in self._pools]
        names = [self.proposal.get(service.name, "user", "name") for service in self.services]
        users = [entity for entity in cluster.users if entity not in [f"client.{name}" for name in names if name]]
        if pools:
            self.proposal.note(f"RBD pools that no service below names: {', '.join(pools)}")
        if users:
            self.proposal.note(f"users that no service below names: {', '.join(users)}")

    def _note_what_is_left_alone(self, host: HostContents) -> None:
        for name in host.files:
            if host.name not in (self.proposal.get(name, "hosts") or []):
                said = self.proposal.get(name)
                why = "" if said else ": its files name nothing on Ceph that a release of today reads"
                self.proposal.note(f"{name} runs on {host.name}, and is left alone there{why}", "hosts", host.name)

    # Users and secrets -----------------------------------------------------------------------------------------------

    def _account(self, service: str, found: Found) -> None:
        """Set a service's user, and the secret that holds the user's key."""
        if not found.user:
            # Without a user the daemon works as client.admin.
            text = "no option names a user, so this service works as client.admin; the first run would name"
            self.proposal.note(f"{text} client.{found.usual_user}", service)
        if not found.user_is_own:
            return
        user = found.user or found.usual_user
        self._user(user, service, "user")
        if found.secret is not None:
            self._secret(f"client.{user}", found.secret, service, "user")

    def _user(self, user: str, *where: str) -> None:
        """Set a service's user, and note what the cluster says against it."""
        cluster, entity = self.findings.cluster, f"client.{user}"
        self.proposal.set(user, *where, "name")
        if count := cluster.sessions.get(entity):
            text = f"{count} client{'s are' if count > 1 else ' is'} connected as {entity} just now"
            self.proposal.note(text, *where)
        if entity not in cluster.caps:
            self.proposal.note(f"the cluster has no user {entity}: the first run would make it, with a new key", *where)
        if entity in cluster.owners:
            self.proposal.set(False, *where, "adopt")
            text = f"{entity} is kept by stack {cluster.owners[entity]}: one user cannot be two stacks'"
            self.proposal.note(text, *where)

    def _secret(self, entity: str, uuid: str, *where: str) -> None:
        """Set the UUID and the usage name of the secret that holds a user's key where guests run."""
        cluster = self.findings.cluster
        secrets = [secret for host in self.findings.hosts for secret in host.secrets]
        if not uuid:
            key = cluster.keys.get(entity)
            uuid = next((secret.uuid for secret in secrets if key and secret.value == key), "")
            self.proposal.note(f"no option names the secret of {entity}", *where)
        if not uuid:
            return
        if uuid != secret_uuid(cluster.fsid, entity):
            self.proposal.set(uuid, *where, "secret_uuid")
        usages = Counter(secret.usage for secret in secrets if secret.uuid == uuid)
        if usages and usages.most_common(1)[0][0] != secret_usage(cluster.fsid, entity):
            self.proposal.set(usages.most_common(1)[0][0], *where, "secret_usage")
        for host in self.findings.hosts:
            if any(service.runs_guests for service in self.services if service.name in host.files):
                self._note_secret(host, uuid, entity, *where)

    def _note_secret(self, host: HostContents, uuid: str, entity: str, *where: str) -> None:
        keys = self.findings.cluster.keys
        found = next((secret for secret in host.secrets if secret.uuid == uuid), None)
        if found is None:
            text = f"{host.name} has no secret {uuid}, so no volume attaches there; the first run makes it"
        elif found.private:
            text = f"secret {uuid} on {host.name} is private, so Nova cannot read it; libvirt cannot change that"
        elif found.value != keys.get(entity):
            owner = next((name for name, key in keys.items() if key == found.value), "")
            other = "a key that is no user's of this cluster" if found.value else "no key"
            whose = f"the key of {owner}" if owner else other
            text = f"secret {uuid} on {host.name} holds {whose}, not that of {entity}"
        else:
            return
        self.proposal.note(text, *where)


def _without_application(pool: str, application: str) -> str:
    """Return what to know of a pool on which no application is enabled."""
    if application == "rbd":
        return (
            f"nobody ran `rbd pool init` on pool {pool}, so health says that its application is not enabled;"
            " without init: false the program runs it"
        )
    return (
        f"no application is enabled on pool {pool}, and health says so; without init: false the program enables"
        f" {application}"
    )
