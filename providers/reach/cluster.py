"""ClusterSession: the cluster as one run sees it, through librados on the admin host.

Speaks monitor commands as the `ceph` program does. Bulk reads are kept for the run and dropped on any change, also those that
were still under way. Keys come back as SHA-256; the key itself is fetched one at a time, for the moment in which it is sent on.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from providers.errors import Refused, StepFailed, UnexpectedOutput
from providers.reach.handed_keys import HandedKey
from providers.reach.host import RemoteHost
from providers.reach.steps import Step

TRIMMING_S = 40
CLUSTER_PREFIX = "ceph-openstack"
"""Below it the journal keeps its entries in the cluster's `config-key` store."""


def key_digest(key: str) -> str:
    """Return how a key is compared and shown: a cephx key has full entropy, so its SHA-256 gives nothing away."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class ClusterSession:
    """One cluster, spoken to through its admin host.

    Args:
        fsid: the cluster's fsid; an admin host of another cluster is refused before anything is read or changed.
        admin: returns the admin host; None for a stack that was handed keys instead.
        keys: where the keys of entities lie on the machine that runs Pulumi, when they were handed over.
    """

    def __init__(self, fsid: str, admin: Callable[[], RemoteHost] | None, keys: Mapping[str, HandedKey]) -> None:
        self.fsid, self._admin, self._keys = fsid, admin, keys
        self._cache: dict[str, Any] = {}
        self._generation = 0
        self._lock = threading.Lock()
        self._reading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def host(self) -> RemoteHost:
        """Return the admin host, once it has answered for this very cluster."""
        if self._admin is None:
            raise Refused(
                "ceph-openstack:cluster.admin_host: not set, and this needs the cluster; name the host with the admin keyring"
            )
        host = self._admin()
        with self._lock:
            verifying = self._reading["fsid"]
        with verifying:
            if "fsid" not in self._cache:
                with understood("fsid"):
                    answered = str(host.call("mon_read", command={"prefix": "fsid"}, hide_keys=True)["fsid"])
                if answered != self.fsid:
                    raise Refused(
                        f"{host.access.where}: speaks for cluster {answered}, this stack is for {self.fsid}; correct"
                        " cluster.admin_host or cluster.fsid"
                    )
                self._cache["fsid"] = answered
        return host

    def read(self, prefix: str, **arguments: Any) -> Any:
        """Return the answer to a monitor command that reads, from memory if it was asked before and nothing changed since."""
        name = f"{prefix} {sorted(arguments.items())}"
        with self._lock:
            reading = self._reading[name]
        with reading:
            while True:
                with self._lock:
                    generation = self._generation
                    if name in self._cache:
                        return self._cache[name]
                answer = self.host().call("mon_read", command={"prefix": prefix, **arguments}, hide_keys=True)
                with self._lock:
                    if generation == self._generation:
                        self._cache[name] = answer
                        return answer

    def changed(self) -> None:
        """Drop what was read, also what is being read just now."""
        with self._lock:
            self._generation += 1
            self._cache = {name: value for name, value in self._cache.items() if name == "fsid"}

    def apply(self, steps: Sequence[Step]) -> list[Any]:
        try:
            return self.host().apply(steps, self.key_of)
        finally:
            self.changed()

    def pools(self) -> dict[str, dict[str, Any]]:
        """Return every pool by name, as `osd pool ls detail` gives it."""
        with understood("osd pool ls detail"):
            return {row["pool_name"]: row for row in self.read("osd pool ls", detail="detail")}

    def crush_rules(self) -> dict[int, str]:
        with understood("osd crush rule dump"):
            return {rule["rule_id"]: rule["rule_name"] for rule in self.read("osd crush rule dump")}

    def users(self) -> dict[str, dict[str, Any]]:
        """Return every user by entity, with `caps` and with `key` as SHA-256."""
        with understood("auth ls"):
            return {row["entity"]: row for row in self.read("auth ls")["auth_dump"]}

    def journal(self) -> dict[str, str]:
        """Return the journal entries of every stack."""
        with understood("config-key dump"):
            return dict(self.read("config-key dump", key=f"{CLUSTER_PREFIX}/"))

    def key_digest(self, entity: str) -> str:
        """Return the SHA-256 of the entity's key, or an empty text when the cluster has no such user."""
        if entity in self._keys:
            return key_digest(self._keys[entity].read(entity))
        return str(self.users().get(entity, {}).get("key", ""))

    def key_of(self, entity: str) -> str:
        """Return the key itself, for a step that is being sent. Nobody keeps it."""
        if entity in self._keys:
            return self._keys[entity].read(entity)
        host = self.host()
        try:
            found = host.call("mon_read", command={"prefix": "auth get", "entity": entity}, hide_keys=False)
        except StepFailed as problem:
            if problem.errno_name != "ENOENT":
                raise
            raise Refused(
                f"{host.access.where}: the cluster has no user {entity}; create it first, then run again"
            ) from None
        with understood("auth get"):
            return str(found[0]["key"])

    def content(self, pool: str) -> dict[str, Any]:
        """Return the counts of images, snapshots, trash and other objects in a pool, and the first image names.

        Objects of an image that was removed a moment ago go when the OSDs trim its snapshots: where only objects are left, they
        are given some time.
        """
        limit = time.monotonic() + TRIMMING_S
        while True:
            counts: dict[str, Any] = self.host().call("pool_content", pool=pool, deadline_s=120)
            only_objects = counts["objects"] and not counts["images"] and not counts["trash"]
            if not only_objects or time.monotonic() > limit:
                return counts
            time.sleep(1)

    def sessions(self, entities: Sequence[str]) -> list[dict[str, str]]:
        """Return who is connected with one of the entities just now: `entity`, `address`, `id`."""
        found: list[dict[str, str]] = self.host().call("user_sessions", entities=list(entities))
        return found


@contextmanager
def understood(command: str) -> Iterator[None]:
    """Turn an answer of another form into an error: it is never taken for absence."""
    try:
        yield
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise UnexpectedOutput(
            f"`ceph {command}` did not print the JSON that this version knows; is this release supported?"
        ) from None
