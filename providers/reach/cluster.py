"""ClusterSession: the cluster as one run sees it, through librados on the admin host.

The session speaks monitor commands as the `ceph` program does. Bulk reads are kept for the run and dropped on any
change, also those that were still under way. Keys come back as SHA-256. A key itself is fetched alone, for the moment
in which it is sent on.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

from providers.errors import Refused, StepFailed
from providers.formats.keyring import key_type
from providers.reach.answers.config_option import ConfigOption
from providers.reach.answers.crush_rule import CrushRule
from providers.reach.answers.fsid import Fsid
from providers.reach.answers.image_locks import ImageLocks
from providers.reach.answers.mon_map import MonMap
from providers.reach.answers.osd_dump import OsdDump
from providers.reach.answers.pool_content import PoolContent
from providers.reach.answers.pool_row import PoolRow
from providers.reach.answers.purge_schedules import PurgeSchedules
from providers.reach.answers.session import Session
from providers.reach.answers.user_row import UserRow, UserRows
from providers.reach.answers.watcher import Watcher
from providers.reach.clock import Clock
from providers.reach.handed_keys import HandedKey
from providers.reach.host import RemoteHost
from providers.reach.steps import HostStep, JournalStep

T = TypeVar("T")
TRIMMING_S = 40
IMAGES_A_CALL = 250
"""An image takes up to 20 ms, some of them at the same time, and somebody waits for a word."""
TELL_S = 3.0
CLUSTER_PREFIX = "ceph-openstack"
"""What the names of the journal's entries in the cluster's `config-key` store begin with."""


def key_digest(key: str) -> str:
    """Return how a key is compared and shown. A cephx key has full entropy, so its SHA-256 gives nothing away."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class ClusterSession:
    """One cluster, spoken to through its admin host.

    Args:
        fsid: The cluster's fsid. An admin host of another cluster is refused before anything is read or changed.
        admin: Returns the admin host; None for a stack that was handed keys instead.
        keys: Where the keys of entities lie on the machine that runs Pulumi, when they were handed over.
        clock: What waits.
        tell: Is told how far a question is that takes longer than some seconds.
    """

    def __init__(
        self,
        fsid: str,
        admin: Callable[[], RemoteHost] | None,
        keys: Mapping[str, HandedKey],
        clock: Clock = time,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.fsid, self._admin, self._keys, self._clock, self._tell = fsid, admin, keys, clock, tell
        self._cache: dict[str, object] = {}
        self._generation = 0
        self._verified = False
        self._verifying = threading.Lock()
        self._lock = threading.Lock()
        self._reading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def host(self) -> RemoteHost:
        """Return the admin host, once it has answered for this very cluster."""
        if self._admin is None:
            raise Refused(
                "ceph-openstack:cluster.admin_host: not set, and this needs the cluster; name the host with the admin"
                " keyring"
            )
        host = self._admin()
        with self._verifying:
            if not self._verified:
                answered = host.mon_read(Fsid, "fsid").fsid
                if answered != self.fsid:
                    raise Refused(
                        f"{host.access.where}: speaks for cluster {answered}, this stack is for {self.fsid}; correct"
                        " cluster.admin_host or cluster.fsid, or put the cluster back into clusters if it was there"
                    )
                self._verified = True
        return host

    def _read(self, form: type[T], prefix: str, **arguments: str) -> T:
        """Return the answer to a monitor command, from memory if it was asked before and nothing changed since."""
        return self._kept(
            f"{prefix} {sorted(arguments.items())}",
            lambda: self.host().mon_read(form, prefix, hide_keys=True, **arguments),
        )

    def _kept(self, command: str, ask: Callable[[], T]) -> T:
        with self._lock:
            reading = self._reading[command]
        with reading:
            while True:
                with self._lock:
                    generation = self._generation
                    if command in self._cache:
                        return cast(T, self._cache[command])
                answer = ask()
                with self._lock:
                    if generation == self._generation:
                        self._cache[command] = answer
                        return answer

    def changed(self) -> None:
        """Drop what was read, also what is being read just now."""
        with self._lock:
            self._generation += 1
            self._cache.clear()

    def apply(self, steps: Sequence[HostStep | JournalStep]) -> list[str | None]:
        """Do the steps on the admin host."""
        try:
            return self.host().apply(steps, self.key_of)
        finally:
            self.changed()

    def monitors(self) -> MonMap:
        """Return the cluster's monitors."""
        return self._read(MonMap, "mon dump")

    def pools(self) -> dict[str, PoolRow]:
        """Return every pool by name."""
        return {row.pool_name: row for row in self._read(list[PoolRow], "osd pool ls", detail="detail")}

    def crush_rules(self) -> dict[int, str]:
        """Return the name of every CRUSH rule by its number."""
        return {rule.rule_id: rule.rule_name for rule in self.rules()}

    def rules(self) -> list[CrushRule]:
        """Return every CRUSH rule."""
        return self._read(list[CrushRule], "osd crush rule dump")

    def device_classes(self) -> list[str]:
        """Return the device classes that OSDs of the cluster have."""
        return self._read(list[str], "osd crush class ls")

    def erasure_code_profiles(self) -> dict[str, dict[str, str]]:
        """Return the parameters of every erasure code profile."""
        return self._read(OsdDump, "osd dump").erasure_code_profiles

    def min_compat_client(self) -> str:
        """Return the oldest release that the cluster asks of its clients; empty where nobody has set one."""
        return self._read(OsdDump, "osd dump").require_min_compat_client

    def mon_option(self, name: str) -> str | None:
        """Return an option of all monitors in the cluster's own configuration; None where the option is not set."""
        rows = self._read(list[ConfigOption], "config dump")
        return next((row.value for row in rows if (row.section, row.name, row.mask) == ("mon", name, "")), None)

    def purge_schedules(self) -> dict[str, PurgeSchedules]:
        """Return when the trash of pools is purged, by the pools' numbers, as the active manager has it."""
        prefix = "rbd trash purge schedule list"
        return self._kept(prefix, lambda: self.host().mgr_read(dict[str, PurgeSchedules], prefix))

    def users(self) -> dict[str, UserRow]:
        """Return every user by entity, with SHA-256 instead of its key."""
        return {row.entity: row for row in self._read(UserRows, "auth ls").auth_dump}

    def journal(self) -> dict[str, str]:
        """Return the journal entries of every stack."""
        return self._read(dict[str, str], "config-key dump", key=f"{CLUSTER_PREFIX}/")

    def key_digest(self, entity: str) -> str:
        """Return the SHA-256 of the entity's key, or an empty text when the cluster has no such user."""
        if entity in self._keys:
            return key_digest(self._keys[entity].read(entity))
        user = self.users().get(entity)
        return user.key if user else ""

    def key_type(self, entity: str) -> str:
        """Return the type of the entity's key, `aes` or `aes256k`; empty for no such user, or when nobody tells."""
        if entity in self._keys:
            return key_type(self._keys[entity].read(entity))
        user = self.users().get(entity)
        return user.key_type if user else ""

    def key_of(self, entity: str) -> str:
        """Return the key itself, for a step that is being sent. Nobody keeps the key."""
        if entity in self._keys:
            return self._keys[entity].read(entity)
        host = self.host()
        try:
            (user,) = host.mon_read(tuple[UserRow], "auth get", entity=entity, hide_keys=False)
        except StepFailed as problem:
            if problem.errno_name != "ENOENT":
                raise
            raise Refused(
                f"{host.access.where}: the cluster has no user {entity}; create it first, then run again"
            ) from None
        return user.key

    def content(self, pool: str) -> PoolContent:
        """Return what a deletion of the pool would destroy.

        The OSDs trim the objects of an image that was removed a moment ago. Where only objects are left in a pool of
        images, they are given time to go.
        """
        row = self.pools().get(pool)
        holds_images = row is None or "rbd" in row.application_metadata
        limit = self._clock.monotonic() + TRIMMING_S
        while True:
            content = self.host().pool_content(pool)
            held = content.images or content.trash or content.images_elsewhere
            only_objects = (content.objects or content.data) and not held
            if not only_objects or not holds_images or self._clock.monotonic() > limit:
                return content
            self._clock.sleep(1)

    def watchers(self, pool: str) -> list[Watcher]:
        """Return who has an image of the pool open to write, for images in all namespaces."""
        host = self.host()
        parts = self._parts(host.pool_images(pool), f"images of pool {pool} asked who has them open")
        return [watcher for part in parts for watcher in host.image_watchers(pool, part)]

    def blocklisted(self) -> list[str]:
        """Return the addresses that are shut out of the cluster just now.

        They are not asked by `osd blocklist ls`, because Pacific's answer to that is JSON with a text behind it.
        """
        return list(self.host().mon_read(OsdDump, "osd dump").blocklist)

    def images(self, pool: str) -> list[str]:
        """Return the images of a pool; an image in a namespace is called `namespace/image`."""
        return self.host().pool_images(pool)

    def image_locks(self, pool: str, images: Sequence[str]) -> ImageLocks:
        """Return the locks of these images of a pool."""
        parts = self._parts(images, f"images of pool {pool} asked for their locks")
        seen = [self.host().image_locks(pool, part) for part in parts]
        return ImageLocks(
            locks=[lock for answer in seen for lock in answer.locks],
            gone=[image for answer in seen for image in answer.gone],
            problems={image: text for answer in seen for image, text in answer.problems.items()},
        )

    def sessions(self, entities: Sequence[str]) -> list[Session]:
        """Return who is connected with one of the entities just now."""
        return self.host().user_sessions(entities)

    def _parts(self, images: Sequence[str], asked: str) -> Iterator[Sequence[str]]:
        """Yield the images in parts for one call each, because each call has a deadline, and tell how many are done."""
        told = self._clock.monotonic()
        for first in range(0, len(images), IMAGES_A_CALL):
            if self._clock.monotonic() - told >= TELL_S:
                self._tell(f"{first} of {len(images)} {asked}")
                told = self._clock.monotonic()
            yield images[first : first + IMAGES_A_CALL]
