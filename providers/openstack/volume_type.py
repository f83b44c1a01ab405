"""A Cinder volume type: the name by which users choose a back end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field, field_validator
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.desired import reported
from providers.errors import Refused
from providers.formats.names import ExtraSpecName, Uuid, VolumeTypeName
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, WriteEntry, journalled
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.openstack import owned
from providers.openstack.cloud import same_cloud
from providers.openstack.owned import OwnedRecord
from providers.plan import Elsewhere, Step
from providers.reach.cloud import Cloud
from providers.reach.cloud_call import CloudCall
from providers.reach.cloud_name import CloudName
from providers.reach.machines import Machines
from providers.reach.volume_types import (
    SPEC,
    changing,
    creating,
    deleting,
    in_use,
    made,
    named,
    touches_specs,
    values_of,
    volumes_of,
)
from providers.undo import Undo, leave_foreign


class VolumeTypeDesired(OnCluster):
    """A volume type; extra specs that are not named, and a description that is None, are left alone."""

    fsid: Uuid = Field(description="The cluster's fsid: what was there before us is kept in that cluster.")
    cloud: CloudName = Field(description="The cloud.")
    name: VolumeTypeName = Field(description="Name of the type; cannot change.")
    description: str | None = Field(None, max_length=255, description="What users read. Default: left alone.")
    public: bool = Field(True, description="`is_public`: whether every project may use it.")
    extra_specs: dict[ExtraSpecName, str] = Field(
        min_length=1, description="Extra specs; `volume_backend_name` selects the back end."
    )
    adopt: bool = Field(False, description="Take over a type that exists; a deletion then leaves it standing.")
    present: bool = reported(True, "False when the cloud has no such type.")

    @field_validator("extra_specs")
    @classmethod
    def _one_line(cls, specs: dict[str, str]) -> dict[str, str]:
        for value in specs.values():
            if not value.isprintable():
                raise ValueError("the value of an extra spec holds control characters; write it on one line")
        return specs


class VolumeTypeRecord(OwnedRecord):
    """The type's values before us and those that we set."""

    id: str | None = Field(None, description="The type's id; none before it is made.")


@dataclass(frozen=True)
class VolumeTypeObserved:
    """What the cloud says of a type.

    Attributes:
        where: The cloud as messages name it.
        identity: Of the cloud; see `Cloud.identity`.
        id: The type's id, empty when there is none.
        values: `description`, `public` and `extra_specs.<name>`; none when there is no such type.
        entry: The journal's entry.
        volumes: How many volumes have the type; only read where a change depends on it.
    """

    where: str
    identity: str
    id: str
    values: dict[str, Any] | None
    entry: Entry[VolumeTypeRecord] | None
    volumes: int = 0

    @property
    def other(self) -> bool:
        """Whether this type is not the entry's type, but another type that somebody made under the same name since.

        An entry has no id before the type is made, and after a run that was cut off just then.
        """
        return self.values is not None and self.entry is not None and self.entry.record.id not in (None, self.id)


class VolumeTypeKind(KindOnCluster[VolumeTypeDesired, VolumeTypeObserved]):
    """A volume type. A type that volumes have is neither deleted nor changed in what it selects."""

    noun = "volume type"
    entry_kind = "volumetype"
    entry_form = Entry[VolumeTypeRecord]
    desired = VolumeTypeDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "name": "volumes know their type by its id, so add a type of the new name, run `openstack volume set --type`,"
        " then take this type out",
    }
    lifecycle = Lifecycle(
        create="Makes the type by Cinder's API. A type that exists is refused, or with `adopt` only recorded.",
        read="Asks Cinder for the type and its extra specs.",
        update="Sets what differs, and puts back what is no longer given. Extra specs of a type that volumes have"
        " cannot be changed, so that is refused.",
        delete="Deletes a type that the stack made; one that volumes have is refused. An adopted type stays, and gets"
        " back what the stack has set on it.",
        drift={
            "description": "the type's, where the input is given",
            "public": "the type's",
            "extra_specs": "the type's, of those that are given",
        },
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"name": entry.what, "cloud": entry.record.place.model_dump()}

    @override
    def title(self, desired: VolumeTypeDesired) -> str:
        return f"volume type {desired.name}"

    @override
    def read(self, desired: VolumeTypeDesired, machines: Machines) -> VolumeTypeObserved:
        observed = self._look(desired, machines)
        if observed.values is None or observed.other or (observed.entry is None and not desired.adopt):
            return observed
        intent, _ = self._entries(desired, observed)
        changes = owned.changes(intent.record, observed.values, _wanted(desired))
        return self._counted(desired, observed, changes, machines.cloud(desired.cloud))

    def _look(self, desired: VolumeTypeDesired, machines: Machines) -> VolumeTypeObserved:
        entries, cloud = machines.cluster(desired.fsid).journal(), machines.cloud(desired.cloud)
        found = named(cloud, desired.name)
        return VolumeTypeObserved(
            where=cloud.where,
            identity=cloud.identity(),
            id="" if found is None else str(found["id"]),
            values=None if found is None else values_of(cloud, found),
            entry=ClusterJournal(desired.stack).read(entries, self.entry_kind, desired.name, Entry[VolumeTypeRecord]),
        )

    @staticmethod
    def _counted(
        desired: VolumeTypeDesired, observed: VolumeTypeObserved, changes: dict[str, Any], cloud: Cloud
    ) -> VolumeTypeObserved:
        """Return `observed` with its volumes if extra specs would change, which Cinder refuses for a type in use."""
        return replace(observed, volumes=volumes_of(cloud, desired.name)) if touches_specs(changes) else observed

    @override
    def read_for_undo(self, desired: VolumeTypeDesired, machines: Machines) -> VolumeTypeObserved:
        machines.cluster(desired.fsid).changed()
        observed = self._look(desired, machines)
        if observed.values is None or observed.entry is None or observed.other:
            return observed
        cloud = machines.cloud(desired.cloud)
        if observed.entry.adopted:
            return self._counted(desired, observed, owned.changes(observed.entry.record, observed.values, {}), cloud)
        return replace(observed, volumes=volumes_of(cloud, desired.name))

    @override
    def elsewhere(
        self, desired: VolumeTypeDesired, step: Elsewhere, rest: list[Step], machines: Machines
    ) -> list[Step]:
        """Send the call. A new type's id is known only from the answer, and goes into the entry written next."""
        if not isinstance(step, CloudCall):
            return super().elsewhere(desired, step, rest, machines)
        cloud = machines.cloud(desired.cloud)
        id_ = made(cloud, step, cloud.send(step))
        return [
            _with_id(following, id_) if id_ and isinstance(following, WriteEntry) else following for following in rest
        ]

    @override
    def adoption(self, desired: VolumeTypeDesired, observed: VolumeTypeObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.values is not None, observed.entry):
            return None
        intent, _ = self._entries(desired, observed)
        return journalled(ClusterJournal(desired.stack), intent, observed.entry, [])

    def _entries(
        self, desired: VolumeTypeDesired, observed: VolumeTypeObserved
    ) -> tuple[Entry[VolumeTypeRecord], Entry[VolumeTypeRecord]]:
        place = CloudName.model_validate(desired.cloud)
        entry = observed.entry or Entry[VolumeTypeRecord](
            kind=self.entry_kind,
            what=desired.name,
            adopted=observed.values is not None,
            record=VolumeTypeRecord(cloud=observed.identity, place=place),
        )
        entry = entry.with_record(id=observed.id or None, place=place)
        return owned.entries(entry, observed.values or {}, _wanted(desired))

    @override
    def plan(self, desired: VolumeTypeDesired, observed: VolumeTypeObserved) -> list[Step]:
        found, entry, wanted = observed.values, observed.entry, _wanted(desired)
        same_cloud(self.title(desired), observed.where, observed.identity, entry.record if entry else None)
        if found is not None and entry is None and not desired.adopt:
            raise refuse_foreign(self.title(desired), observed.where, not owned.changes(None, found, wanted))
        if observed.other:
            raise Refused(
                f"{observed.where}: {self.title(desired)} is another one than this stack's: that was deleted, and"
                " somebody made this one; delete or rename it, or take it out of"
                " ceph-openstack:openstack.volume_types (it is left as it is) and put it in again with `adopt: true`"
            )
        intent, finished = self._entries(desired, observed)
        steps: list[Step]
        if found is None:
            steps = [creating(desired.name, wanted)]
        else:
            changes = owned.changes(intent.record, found, wanted)
            if observed.volumes and touches_specs(changes):
                raise _refuse_specs(self.title(desired), observed, changes)
            steps = [*changing(desired.name, observed.id, changes)]
        return journalled(ClusterJournal(desired.stack), intent, entry, steps, finished)

    @override
    def undo(self, desired: VolumeTypeDesired, observed: VolumeTypeObserved) -> Undo:
        entry, found, journal, title = (
            observed.entry,
            observed.values,
            ClusterJournal(desired.stack),
            self.title(desired),
        )
        if entry is None:
            return leave_foreign(observed.where, title, found is not None)
        same_cloud(title, observed.where, observed.identity, entry.record if entry else None)
        forget = RemoveEntry(journal, self.entry_kind, desired.name)
        if found is None:
            return Undo([forget])
        if observed.other:
            return Undo(
                [forget], [f"{observed.where}: {title} is left: it is another one than the one that was changed"]
            )
        if entry.adopted:
            changes = owned.changes(entry.record, found, {})
            if observed.volumes and touches_specs(changes):
                raise _refuse_specs(title, observed, changes)
            kept = [
                f"{observed.where}: {name} of {title} is left: somebody set it since"
                for name in owned.theirs(entry.record, found)
            ]
            return Undo([*changing(desired.name, observed.id, changes), forget], kept)
        if observed.volumes:
            raise Refused(
                f"{observed.where}: refusing to delete {title}: {in_use(observed.volumes)} of it; delete or retype"
                " them, then run again, or keep the type with `pulumi state delete`"
            )
        delete = deleting(desired.name, observed.id)
        # The entry is unfinished again, so that after a cut the next run knows that we deleted the type.
        return Undo([WriteEntry(journal, entry.model_copy(update={"finished": False})), delete, forget])

    @override
    def actual(self, desired: VolumeTypeDesired, observed: VolumeTypeObserved) -> dict[str, Any]:
        found = observed.values
        if found is None:
            return {"present": False}
        return {
            "present": True,
            "public": found["public"],
            **({} if desired.description is None else {"description": found["description"]}),
            "extra_specs": {name: found[SPEC + name] for name in desired.extra_specs if SPEC + name in found},
        }


def _with_id(step: WriteEntry, id_: str) -> WriteEntry:
    return replace(step, entry=step.entry.with_record(id=id_))


def why_it_stays(cloud: Cloud, name: str, entry: Entry[VolumeTypeRecord]) -> str:
    """Return why an undo of this entry would be refused: volumes have the type. Empty if the undo would go through."""
    row = named(cloud, name)
    if row is None or entry.record.id not in (None, str(row["id"])):
        return ""
    if entry.adopted and not touches_specs(owned.changes(entry.record, values_of(cloud, row), {})):
        return ""
    volumes = volumes_of(cloud, name)
    return f"{in_use(volumes)} of type {name}" if volumes else ""


def _refuse_specs(title: str, observed: VolumeTypeObserved, changes: Mapping[str, Any]) -> Refused:
    specs = ", ".join(sorted(name.removeprefix(SPEC) for name in changes if name.startswith(SPEC)))
    return Refused(
        f"{observed.where}: refusing to change {specs} of {title}: {in_use(observed.volumes)} of it, and Cinder lets"
        " nobody change what a type in use selects; delete or retype them, then run again"
    )


def _wanted(desired: VolumeTypeDesired) -> dict[str, Any]:
    return {
        **({} if desired.description is None else {"description": desired.description}),
        "public": desired.public,
        **{SPEC + name: value for name, value in desired.extra_specs.items()},
    }
