"""Machines: the hosts, the cluster and the OpenStack of one run, opened when first needed and shared by all resources.

The provider process holds one `Machines`. How a host is reached comes from the stack's configuration, or from what a
resource stored when it was last changed, for a host that was taken out of the configuration.
"""

from __future__ import annotations

import atexit
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from providers.errors import HostError, Refused
from providers.reach.access import AccessSettings, ClusterAccess
from providers.reach.answers.file_state import FileState
from providers.reach.answers.machine_identity import MachineIdentity
from providers.reach.clock import Clock
from providers.reach.cloud import Cloud
from providers.reach.cloud_name import CloudName
from providers.reach.cloud_session import CloudSession
from providers.reach.cluster import ClusterSession
from providers.reach.host import RemoteHost
from providers.reach.host_access import HostAccess


class Machines:
    """Opens each host at most once. A host that cannot be reached is not tried again for a further resource of the run.

    Attributes:
        settings: How hosts and the cluster are reached.
        clock: What waits.
        tell: Is told how far a question to the cluster is that takes long.
        run_id: Tells this run from every other.
    """

    def __init__(
        self,
        settings: AccessSettings,
        open_cloud: Callable[[CloudName], Cloud] = CloudSession,
        clock: Clock = time,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.settings, self._open_cloud, self.clock, self.tell = settings, open_cloud, clock, tell
        self.run_id = uuid.uuid4().hex
        self._hosts: dict[HostAccess, RemoteHost] = {}
        self._clusters: dict[str, ClusterSession] = {}
        self._speakers: dict[str, RemoteHost] = {}
        self._clouds: dict[CloudName, Cloud] = {}
        self._stored: dict[str, HostAccess] = {}
        self._seen: dict[tuple[str, str], FileState | None] = {}
        self._pending: defaultdict[tuple[str, str], list[str | None]] = defaultdict(list)
        self._named: dict[tuple[MachineIdentity, tuple[str, ...]], str] = {}
        self._told: set[str] = set()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def remember(self, name: str, stored: dict[str, Any] | None) -> None:
        """Keep the way in that a resource stored, for a host that the settings no longer name."""
        if stored and name not in self.settings.hosts:
            self._stored[name] = HostAccess.from_dict(name, stored)

    def access(self, name: str) -> HostAccess:
        """Return how a host is reached."""
        found = self.settings.hosts.get(name) or self._stored.get(name)
        if found is None:
            raise HostError(
                f"{name}: not among the hosts of this stack; add it under `ceph-openstack:hosts` in Pulumi.<stack>.yaml"
            )
        return found

    def host(self, name: str) -> RemoteHost:
        """Return a host."""
        access = self.access(name)
        with self._lock:
            if access not in self._hosts:
                self._hosts[access] = self.settings.open(access)
            return self._hosts[access]

    def refuse_second_name(self, name: str) -> None:
        """Raise Refused when another name of the settings has turned out to be the same machine.

        Containers on one machine are told apart by their prefix, and a machine without an id by nothing.
        """
        access, identity = self.access(name), self.host(name).identity()
        if not identity.machine_id:
            return
        with self._lock:
            first = self._named.setdefault((identity, access.prefix), name)
        if first != name:
            raise Refused(
                f"{access.where}: is the same machine as {first} by its machine-id and host key, and what is there"
                " would be managed twice; use one name for it in ceph-openstack:hosts, or give a copy of a machine an"
                " id of its own with `rm /etc/machine-id && systemd-machine-id-setup`, then run again"
            )

    def new_name_of(self, name: str) -> str:
        """Return the name under which this run has worked on the same machine; empty for a name that the settings have.

        An operator who renames a host gets resources under the new name, which find everything in place, and deletions
        under the old name, which must not take away what the new name has just found.
        """
        if name in self.settings.hosts:
            return ""
        access, identity = self.access(name), self.host(name).identity()
        with self._lock:
            return self._named.get((identity, access.prefix), "") if identity.machine_id else ""

    def admin_of(self, fsid: str) -> str:
        """Return the name of the host that speaks for the cluster `fsid`."""
        return self.admin_or_none(fsid) or self.admin()

    def admin_or_none(self, fsid: str) -> str:
        """Return the admin host's name; empty in a stack that was handed keys, where no host speaks for a cluster."""
        return self.settings.cluster(fsid).admin_host

    def admin(self) -> str:
        """Return the name of the own cluster's admin host, for a caller that does not know the fsid yet."""
        if not self.settings.admin_host:
            raise Refused(
                "ceph-openstack:cluster.admin_host: not set, and this needs the cluster; name the host with the"
                " admin keyring"
            )
        return self.settings.admin_host

    def cluster(self, fsid: str) -> ClusterSession:
        """Return a cluster."""
        with self._lock:
            if fsid not in self._clusters:
                way = self.settings.cluster(fsid)
                speaker = (lambda: self._speaker(fsid, way)) if way.admin_host else None
                self._clusters[fsid] = ClusterSession(fsid, speaker, way.keys, self.clock, self.tell)
            return self._clusters[fsid]

    def _speaker(self, fsid: str, way: ClusterAccess) -> RemoteHost:
        """Return the admin host of a cluster.

        A further cluster has a connection of its own, because one host may speak for several.
        """
        if fsid not in self.settings.further:
            return self.host(way.admin_host)
        access = self.access(way.admin_host)
        with self._lock:
            if fsid not in self._speakers:
                self._speakers[fsid] = self.settings.open(access, way)
            return self._speakers[fsid]

    def cloud(self, place: CloudName) -> Cloud:
        """Return an OpenStack."""
        place = CloudName.model_validate(place)  # a journal has it as a plain map
        with self._lock:
            if place not in self._clouds:
                self._clouds[place] = self._open_cloud(place)
            return self._clouds[place]

    def first_seen(self, host: str, path: str, state: FileState | None) -> FileState | None:
        """Return the file's state as of the first call for this path in this run; that call stores `state`."""
        with self._lock:
            return self._seen.setdefault((host, path), state)

    def note_pending(self, host: str, path: str, text: str | None) -> None:
        """Remember a file that this run has only recorded.

        Args:
            host: The host.
            path: The file.
            text: The text that one owner of the file will give it; None when something else than its options changes.
        """
        with self._lock:
            self._pending[host, path].append(text)

    def pending(self, host: str, path: str) -> list[str | None]:
        """Return the texts that the owners of a file will give it by the next run, each as if it were the only one."""
        with self._lock:
            return list(self._pending.get((host, path), ()))

    def is_news(self, text: str) -> bool:
        """Whether nobody asked about this text before, so that a host out of reach is reported once per run."""
        with self._lock:
            news = text not in self._told
            self._told.add(text)
            return news

    def lock(self, name: str) -> AbstractContextManager[Any]:
        """Return the lock that holds one reading, planning and writing of a thing together within this run."""
        with self._lock:
            return self._locks[name]

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            hosts = [*self._hosts.values(), *self._speakers.values()]
        # Plain threads: at interpreter exit a pool takes no more work.
        closing = [threading.Thread(target=host.close) for host in hosts]
        try:
            for thread in closing:
                thread.start()
        except RuntimeError:  # newer Pythons start no thread that late
            for host in hosts:
                host.close()
        for thread in closing:
            if thread.ident is not None:
                thread.join(75)


_current: Machines | None = None
_current_lock = threading.Lock()


def configure(settings: AccessSettings, tell: Callable[[str], None]) -> None:
    """Set the machines of this process; the first call decides, because every provider class is configured alike.

    Args:
        settings: How hosts and the cluster are reached.
        tell: Shows a line in Pulumi's output.
    """
    global _current
    with _current_lock:
        if _current is None:
            _current = Machines(settings, tell=tell)
            atexit.register(_current.close)


def current() -> Machines:
    """Return the machines of this process."""
    if _current is None:
        raise HostError("no settings: the provider was called before it was configured; run through `pulumi`")
    return _current


def replace_current(machines: Machines | None) -> None:
    """Use other machines from now on. For tests."""
    global _current
    _current = machines
