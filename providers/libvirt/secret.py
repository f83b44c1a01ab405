"""A libvirt secret on a compute host: the key with which qemu opens RBD disks, under a UUID that all computes share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.readable_key import why_unreadable
from providers.desired import reported
from providers.errors import Refused
from providers.formats.libvirt_secret import libvirt_secret
from providers.formats.names import Entity, Uuid
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.machines import Machines
from providers.reach.steps import KeyOf, KeySource, Run
from providers.undo import Undo, leave_foreign


class SecretDesired(OnHost):
    """A persistent ceph secret with `private='no'`: nova reads its value to ask the cluster for its monitors."""

    fsid: Uuid = Field(description="The fsid of the cluster that made the key.")
    entity: Entity = Field(description="Whose key it holds.")
    uuid: Uuid = Field(description="The secret's UUID, of any version; the same on every compute.")
    usage: str = Field(
        pattern=r"^[^\x00-\x1f\x7f]+$", max_length=255, description="Usage name; libvirt wants it unique on the host."
    )
    adopt: bool = Field(False, description="Take over a secret that exists; a deletion then leaves it standing.")
    key_state: str = reported(
        "current",
        "`stale`: another value than the cluster's key; `missing`: no secret, or no value in it; `unreadable`: private,"
        " or of another type or usage name.",
    )


class SecretRecord(EntryRecord):
    """Which secret was made, for an operator who reads the journal."""

    usage: str = Field("", description="The secret's usage name.")


@dataclass(frozen=True)
class SecretObserved:
    """What the host's libvirt has.

    Attributes:
        where: The host as messages name it.
        secrets: All secrets of the host, each value as SHA-256.
        entry: The journal's entry.
        wanted: SHA-256 of the cluster's key, empty when the cluster has no such user.
        domains: Domains that name the secret; only read for a deletion.
        holder: The other user of the cluster whose key a secret that is not ours holds; empty if there is none.
        unreadable: Why the host must not be handed the key; only read for a change.
    """

    where: str
    secrets: list[LibvirtSecret]
    entry: Entry[SecretRecord] | None
    wanted: str
    domains: tuple[str, ...] = ()
    holder: str = ""
    unreadable: str = ""

    def secret(self, uuid: str) -> LibvirtSecret | None:
        """Return the secret of this UUID."""
        return next((secret for secret in self.secrets if secret.uuid == uuid), None)


class SecretKind(KindOnHost[SecretDesired, SecretObserved]):
    """A libvirt secret. A secret that a domain names is never undefined."""

    noun = "libvirt secret"
    entry_kind = "secret"
    entry_form = Entry[SecretRecord]
    desired = SecretDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "uuid": "running domains name the UUID; keep the UUID, or raise `user.generation` to make a second user with a"
        " second secret",
        "usage": "libvirt cannot rename a secret; keep the usage name, or raise `user.generation`",
    }
    lifecycle = Lifecycle(
        create="Defines the secret, and sets its value to the entity's key. Refuses a secret that is private, of"
        " another type or usage name, or holds another user's key. One that exists is refused, or with `adopt` only"
        " recorded.",
        read="Compares the SHA-256 of the secret's value with that of the cluster's key.",
        update="Defines a secret that is gone, and sets a value that is not the cluster's key.",
        delete="Undefines a secret that the stack made; one that a domain names is refused. An adopted secret stays.",
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"uuid": entry.what, "fsid": ""}

    @override
    def title(self, desired: SecretDesired) -> str:
        return f"libvirt secret {desired.uuid} on {desired.host}"

    @override
    def key_source(self, desired: SecretDesired, machines: Machines) -> KeySource:
        return machines.cluster(desired.fsid).key_of

    def _observed(self, desired: SecretDesired, machines: Machines, wanted: str) -> SecretObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        files = host.read_files([journal.path(self.entry_kind, desired.uuid)])
        entry = journal.read(files, self.entry_kind, desired.uuid, Entry[SecretRecord])
        return SecretObserved(host.access.where, host.libvirt_secrets(), entry, wanted)

    @override
    def read(self, desired: SecretDesired, machines: Machines) -> SecretObserved:
        observed = self._observed(desired, machines, machines.cluster(desired.fsid).key_digest(desired.entity))
        found, ours = observed.secret(desired.uuid), observed.entry is not None and not observed.entry.adopted
        if ours or key_state(found, observed.wanted) != "stale" or not machines.admin_or_none(desired.fsid):
            return observed
        users = machines.cluster(desired.fsid).users()
        holders = (entity for entity, user in sorted(users.items()) if found is not None and user.key == found.value)
        return replace(observed, holder=next(holders, ""))

    @override
    def read_for_change(self, desired: SecretDesired, machines: Machines) -> SecretObserved:
        unreadable = why_unreadable(desired.host, desired.fsid, desired.entity, machines)
        return replace(self.read(desired, machines), unreadable=unreadable)

    @override
    def read_for_undo(self, desired: SecretDesired, machines: Machines) -> SecretObserved:
        """Read without the cluster, which may be gone, and with the domains that still need the secret."""
        observed = self._observed(desired, machines, "")
        if observed.entry is None or observed.entry.adopted:
            return observed
        users = machines.host(desired.host).libvirt_users([desired.uuid]).get(desired.uuid, [])
        return replace(observed, domains=tuple(users))

    @override
    def adoption(self, desired: SecretDesired, observed: SecretObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.secret(desired.uuid) is not None, observed.entry):
            return None
        return journalled(HostJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: SecretDesired, observed: SecretObserved) -> Entry[SecretRecord]:
        if observed.entry is not None:
            return observed.entry.model_copy(update={"finished": True, "host": desired.host})
        return Entry[SecretRecord](
            kind=self.entry_kind,
            what=desired.uuid,
            adopted=observed.secret(desired.uuid) is not None,
            record=SecretRecord(usage=desired.usage),
            host=desired.host,
        )

    @override
    def plan(self, desired: SecretDesired, observed: SecretObserved) -> list[Step]:
        found, steps = observed.secret(desired.uuid), list[Step]()
        for other in observed.secrets:
            if other.usage == desired.usage and other.uuid != desired.uuid:
                raise Refused(
                    f"{observed.where}: the usage name `{desired.usage}` belongs to secret {other.uuid}, and libvirt"
                    f" keeps them unique: write `secret_uuid: {other.uuid}` under the user in the settings, to use"
                    f" that one, or run `virsh secret-undefine {other.uuid}` once no domain names it, then run again"
                )
        state = key_state(found, observed.wanted)
        if found is not None and observed.entry is None and not desired.adopt:
            raise refuse_foreign(f"libvirt secret {desired.uuid}", observed.where, state == "current")
        if found is not None and _is_another(desired, found):
            raise _refuse_another(desired, observed.where, found)
        if observed.holder:
            raise Refused(
                f"{observed.where}: secret {desired.uuid} holds the key of {observed.holder}, and guests may be started"
                f" with it, so that it is not given the key of {desired.entity}: write another `secret_uuid` under the"
                f" user {desired.entity}, or use {observed.holder} as the user in the settings, then run again"
            )
        if state != "current" and observed.unreadable:
            raise Refused(f"{observed.where}: {observed.unreadable}")
        if found is None or found.ephemeral:
            steps.append(
                Run(
                    ("virsh", "--quiet", "secret-define", "--file", "/dev/stdin"),
                    stdin=libvirt_secret(desired.uuid, desired.usage),
                )
            )
        if state != "current":
            argv = ("virsh", "--quiet", "secret-set-value", "--secret", desired.uuid, "--file", "/dev/stdin")
            steps.append(Run(argv, stdin=(KeyOf(desired.entity),)))
        return journalled(HostJournal(desired.stack), self._entry(desired, observed), observed.entry, steps)

    @override
    def undo(self, desired: SecretDesired, observed: SecretObserved) -> Undo:
        entry, found, journal = observed.entry, observed.secret(desired.uuid), HostJournal(desired.stack)
        if entry is None:
            return leave_foreign(observed.where, f"secret {desired.uuid}", found is not None)
        forget = RemoveEntry(journal, self.entry_kind, desired.uuid)
        if found is None or entry.adopted:
            return Undo([forget])
        if observed.domains:
            raise Refused(
                f"{observed.where}: refusing to undefine secret {desired.uuid}: domain"
                f" {', '.join(observed.domains[:3])} names it; move or delete that server, then run again"
            )
        return Undo([Run(("virsh", "--quiet", "secret-undefine", desired.uuid)), forget])

    @override
    def actual(self, desired: SecretDesired, observed: SecretObserved) -> dict[str, Any]:
        found = observed.secret(desired.uuid)
        if found is not None and _is_another(desired, found):
            return {"key_state": "unreadable"}
        return {"key_state": key_state(found, observed.wanted)}


def _refuse_another(desired: SecretDesired, where: str, found: LibvirtSecret) -> Refused:
    """Return the refusal of a secret that libvirt cannot turn into ours, with the setting that leaves it alone."""
    elsewhere = f"write another `secret_uuid` under the user of {desired.entity} in the settings, then run again"
    if found.private or not found.is_ceph:
        what = "is private, so that Nova cannot read its value" if found.private else "is not of type ceph"
        return Refused(f"{where}: secret {desired.uuid} {what}, and libvirt cannot change that: {elsewhere}")
    return Refused(
        f"{where}: secret {desired.uuid} has the usage name `{found.usage}`, not `{desired.usage}`, and libvirt cannot"
        f" rename it: write `secret_usage: {found.usage}` under the user of {desired.entity} in the settings to keep"
        f" that secret, or another `secret_uuid`, then run again"
    )


def _is_another(desired: SecretDesired, found: LibvirtSecret) -> bool:
    """Whether libvirt cannot turn the secret into ours."""
    return found.private or not found.is_ceph or found.usage != desired.usage


def key_state(found: LibvirtSecret | None, wanted: str) -> str:
    """Return `current`, `stale` (another value), `missing` (no secret, or no value in it) or `unreadable` (private)."""
    if found is None or not found.value:
        return "missing"
    if found.value == "private":
        return "unreadable"
    return "current" if wanted and found.value == wanted else "stale"
