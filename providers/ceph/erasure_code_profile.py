"""An erasure code profile, which a pool is made with: into how many parts an object is cut, and where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.device_class import refuse_unknown_class
from providers.desired import reported
from providers.errors import Refused
from providers.formats.names import CrushName
from providers.formats.numbers import WholeNumber
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.machines import Machines
from providers.reach.steps import mon
from providers.undo import Undo, leave_foreign

ANOTHER = (
    "a pool keeps the profile that it was made with, and a profile is not changed under its pools; make a profile of"
    " another name for a new pool"
)
NAMES = {
    "k": "k",
    "m": "m",
    "plugin": "plugin",
    "technique": "technique",
    "root": "crush-root",
    "failure_domain": "crush-failure-domain",
    "device_class": "crush-device-class",
}
"""Field to the name of the parameter in `ceph osd erasure-code-profile set`."""


class ErasureCodeProfileDesired(OnCluster):
    """A profile; parameters that are None are left to the cluster and never compared."""

    name: CrushName = Field(description="The profile's name, by which pools name it.")
    k: WholeNumber = Field(ge=2, le=64, description="Parts of an object's data.")
    m: WholeNumber = Field(ge=1, le=64, description="Parts that may be lost.")
    plugin: CrushName | None = Field(None, description="`jerasure`, `isa` …. Default: the cluster's.")
    technique: CrushName | None = Field(None, description="The plugin's technique. Default: the plugin's.")
    root: CrushName | None = Field(None, description="The bucket whose OSDs are chosen from. Default: `default`.")
    failure_domain: CrushName | None = Field(
        None, description="Type of bucket that holds one part only: `osd`, `host` …. Default: `host`."
    )
    device_class: CrushName | None = Field(
        None, description="Only OSDs of this class: `hdd`, `ssd`, `nvme` …. Default: any."
    )
    adopt: bool = Field(False, description="Take over a profile that exists; a deletion then leaves it standing.")
    present: bool = reported(True, "False when the cluster has no such profile.")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that are asked for, as Ceph names them."""
        asked = {NAMES[name]: getattr(self, name) for name in NAMES}
        return {name: str(value) for name, value in asked.items() if value is not None}


@dataclass(frozen=True)
class ErasureCodeProfileObserved:
    """What the cluster says of a profile.

    Attributes:
        where: The admin host as messages name it.
        parameters: The profile's parameters, as Ceph names them; none when there is no such profile.
        entry: The journal's entry.
        classes: The device classes of the cluster; only read where the profile has to be made.
        pools: The pools that were made with the profile.
    """

    where: str
    parameters: Mapping[str, str] | None
    entry: Entry[EntryRecord] | None
    classes: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


class ErasureCodeProfileKind(KindOnCluster[ErasureCodeProfileDesired, ErasureCodeProfileObserved]):
    """An erasure code profile. A profile that a pool was made with is never deleted, and never changed."""

    noun = "erasure code profile"
    entry_kind = "ecprofile"
    desired = ErasureCodeProfileDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        **dict.fromkeys(("name", *NAMES), ANOTHER),
    }
    lifecycle = Lifecycle(
        create="Makes the profile. A profile that exists is refused, or with `adopt` only recorded, if it says the"
        " same. Refused for a device class that no OSD has.",
        read="Asks the cluster for the profile, and for the pools that were made with it.",
        update="Makes a profile that is gone. A profile that says something else by now is refused.",
        delete="Deletes a profile that the stack made; one that a pool was made with is refused. An adopted profile"
        " stays.",
        drift=dict.fromkeys(NAMES, "what the profile of this name says, where the input is given"),
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"name": entry.what, "k": 2, "m": 1}

    @override
    def title(self, desired: ErasureCodeProfileDesired) -> str:
        return f"erasure code profile {desired.name}"

    @override
    def read(self, desired: ErasureCodeProfileDesired, machines: Machines) -> ErasureCodeProfileObserved:
        cluster = machines.cluster(desired.fsid)
        entry = ClusterJournal(desired.stack).read(cluster.journal(), self.entry_kind, desired.name, Entry[EntryRecord])
        users = sorted(name for name, pool in cluster.pools().items() if pool.erasure_code_profile == desired.name)
        found = cluster.erasure_code_profiles().get(desired.name)
        classes = tuple(cluster.device_classes()) if found is None and desired.device_class else ()
        return ErasureCodeProfileObserved(cluster.host().access.where, found, entry, classes, tuple(users))

    @override
    def read_for_undo(self, desired: ErasureCodeProfileDesired, machines: Machines) -> ErasureCodeProfileObserved:
        machines.cluster(desired.fsid).changed()
        return self.read(desired, machines)

    @override
    def adoption(self, desired: ErasureCodeProfileDesired, observed: ErasureCodeProfileObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.parameters is not None, observed.entry):
            return None
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: ErasureCodeProfileDesired, observed: ErasureCodeProfileObserved) -> Entry[EntryRecord]:
        adopted = observed.parameters is not None
        made = Entry[EntryRecord](kind=self.entry_kind, what=desired.name, adopted=adopted, record=EntryRecord())
        return observed.entry or made

    @override
    def plan(self, desired: ErasureCodeProfileDesired, observed: ErasureCodeProfileObserved) -> list[Step]:
        found, entry, steps = observed.parameters, observed.entry, list[Step]()
        wrong = {} if found is None else _differing(desired, found)
        if found is not None and entry is None and not desired.adopt:
            raise refuse_foreign(self.title(desired), observed.where, not wrong)
        if wrong:
            texts = ", ".join(f"{name} {was or 'none'} instead of {asked}" for name, (was, asked) in wrong.items())
            raise Refused(f"{observed.where}: erasure code profile {desired.name} has {texts}: {ANOTHER}")
        if found is None:
            refuse_unknown_class(observed.where, desired.device_class, observed.classes)
            parameters = [f"{name}={value}" for name, value in desired.parameters.items()]
            steps = [mon("osd erasure-code-profile set", name=desired.name, profile=parameters)]
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), entry, steps)

    @override
    def undo(self, desired: ErasureCodeProfileDesired, observed: ErasureCodeProfileObserved) -> Undo:
        entry = observed.entry
        if entry is None:
            return leave_foreign(
                observed.where, f"erasure code profile {desired.name}", observed.parameters is not None
            )
        forget = RemoveEntry(ClusterJournal(desired.stack), self.entry_kind, desired.name)
        if observed.parameters is None or entry.adopted:
            return Undo([forget])
        if observed.pools:
            raise Refused(
                f"{observed.where}: refusing to delete erasure code profile {desired.name}: pool"
                f" {', '.join(observed.pools[:3])} was made with it; delete the pool first, then run again"
            )
        return Undo([mon("osd erasure-code-profile rm", name=desired.name, accept=("ENOENT",)), forget])

    @override
    def actual(self, desired: ErasureCodeProfileDesired, observed: ErasureCodeProfileObserved) -> dict[str, Any]:
        found = observed.parameters
        if found is None:
            return {"present": False}
        asked = [name for name in NAMES if getattr(desired, name) is not None]
        values = {name: found.get(NAMES[name]) for name in asked}
        numbers = {name: int(value) for name, value in values.items() if name in ("k", "m") and value}
        return {"present": True, **values, **numbers}


def _differing(desired: ErasureCodeProfileDesired, found: Mapping[str, str]) -> dict[str, tuple[str | None, str]]:
    """Return the parameters that have another value than is asked for, with both values."""
    return {name: (found.get(name), value) for name, value in desired.parameters.items() if found.get(name) != value}
