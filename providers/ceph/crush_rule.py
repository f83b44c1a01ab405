"""A CRUSH rule for replicated pools, such as one that keeps a pool on SSDs: `osd crush rule create-replicated`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.device_class import refuse_unknown_class
from providers.desired import reported
from providers.errors import Refused
from providers.formats.names import CrushName
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.answers.crush_rule import CrushRule
from providers.reach.machines import Machines
from providers.reach.steps import mon
from providers.undo import Undo, leave_foreign

ANOTHER = "a rule is not changed under its pools; give the new rule another name, to which the pools then move"


class CrushRuleDesired(OnCluster):
    """A rule that puts each copy of an object into another failure domain."""

    name: CrushName = Field(description="The rule's name, by which pools name it.")
    root: CrushName = Field("default", description="The bucket whose OSDs are chosen from.")
    failure_domain: CrushName = Field("host", description="Type of bucket that holds one copy only: `osd`, `host` ….")
    device_class: CrushName | None = Field(
        None, description="Only OSDs of this class: `hdd`, `ssd`, `nvme` …. Default: any."
    )
    adopt: bool = Field(False, description="Take over a rule that exists; a deletion then leaves it standing.")
    present: bool = reported(True, "False when the cluster has no such rule.")

    @property
    def shape(self) -> tuple[str, str, str]:
        """Root, failure domain and device class, as `CrushRule.shape` has them."""
        return self.root, self.failure_domain, self.device_class or ""


@dataclass(frozen=True)
class CrushRuleObserved:
    """What the cluster says of a rule.

    Attributes:
        where: The admin host as messages name it.
        rule: The rule; none when there is no such rule.
        entry: The journal's entry.
        classes: The device classes of the cluster; only read where the rule has to be made.
        pools: The pools that use the rule.
    """

    where: str
    rule: CrushRule | None
    entry: Entry[EntryRecord] | None
    classes: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()


class CrushRuleKind(KindOnCluster[CrushRuleDesired, CrushRuleObserved]):
    """A CRUSH rule. A rule that a pool uses is never deleted, and never changed."""

    noun = "CRUSH rule"
    entry_kind = "crushrule"
    desired = CrushRuleDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "name": ANOTHER,
        "root": ANOTHER,
        "failure_domain": ANOTHER,
        "device_class": ANOTHER,
    }
    lifecycle = Lifecycle(
        create="Makes the rule. A rule that exists is refused, or with `adopt` only recorded, if it does the same."
        " Refused for a device class that no OSD has.",
        read="Asks the cluster for the rule, and for the pools that use it.",
        update="Makes a rule that is gone. A rule that does something else by now is refused.",
        delete="Deletes a rule that the stack made; one that a pool uses is refused. An adopted rule stays.",
        drift=dict.fromkeys(("root", "failure_domain", "device_class"), "what the rule of this name does"),
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"name": entry.what}

    @override
    def title(self, desired: CrushRuleDesired) -> str:
        return f"CRUSH rule {desired.name}"

    @override
    def read(self, desired: CrushRuleDesired, machines: Machines) -> CrushRuleObserved:
        cluster = machines.cluster(desired.fsid)
        rule = next((rule for rule in cluster.rules() if rule.rule_name == desired.name), None)
        entry = ClusterJournal(desired.stack).read(cluster.journal(), self.entry_kind, desired.name, Entry[EntryRecord])
        classes = tuple(cluster.device_classes()) if rule is None and desired.device_class else ()
        users = sorted(name for name, pool in cluster.pools().items() if rule and pool.crush_rule == rule.rule_id)
        return CrushRuleObserved(cluster.host().access.where, rule, entry, classes, tuple(users))

    @override
    def read_for_undo(self, desired: CrushRuleDesired, machines: Machines) -> CrushRuleObserved:
        machines.cluster(desired.fsid).changed()
        return self.read(desired, machines)

    @override
    def adoption(self, desired: CrushRuleDesired, observed: CrushRuleObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.rule is not None, observed.entry):
            return None
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: CrushRuleDesired, observed: CrushRuleObserved) -> Entry[EntryRecord]:
        adopted = observed.rule is not None
        made = Entry[EntryRecord](kind=self.entry_kind, what=desired.name, adopted=adopted, record=EntryRecord())
        return observed.entry or made

    @override
    def plan(self, desired: CrushRuleDesired, observed: CrushRuleObserved) -> list[Step]:
        rule, entry, steps = observed.rule, observed.entry, list[Step]()
        same = rule is not None and rule.shape == desired.shape
        if rule is not None and entry is None and not desired.adopt:
            raise refuse_foreign(self.title(desired), observed.where, same)
        if rule is not None and not same:
            raise Refused(
                f"{observed.where}: CRUSH rule {desired.name} does something else than the settings ask for"
                f" ({_in_words(rule.shape)} instead of {_in_words(desired.shape)}): {ANOTHER}"
            )
        if rule is None:
            refuse_unknown_class(observed.where, desired.device_class, observed.classes)
            root, failure_domain, device_class = desired.shape
            arguments: dict[str, Any] = {"name": desired.name, "root": root, "type": failure_domain}
            # `class` is a word of Python's.
            arguments["class"] = device_class or None
            steps = [mon("osd crush rule create-replicated", **arguments)]
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), entry, steps)

    @override
    def undo(self, desired: CrushRuleDesired, observed: CrushRuleObserved) -> Undo:
        entry = observed.entry
        if entry is None:
            return leave_foreign(observed.where, f"CRUSH rule {desired.name}", observed.rule is not None)
        forget = RemoveEntry(ClusterJournal(desired.stack), self.entry_kind, desired.name)
        if observed.rule is None or entry.adopted:
            return Undo([forget])
        if observed.pools:
            raise Refused(
                f"{observed.where}: refusing to delete CRUSH rule {desired.name}: pool {', '.join(observed.pools[:3])}"
                " uses it; give the pool another rule, then run again"
            )
        return Undo([mon("osd crush rule rm", name=desired.name, accept=("ENOENT",)), forget])

    @override
    def actual(self, desired: CrushRuleDesired, observed: CrushRuleObserved) -> dict[str, Any]:
        if observed.rule is None:
            return {"present": False}
        root, failure_domain, device_class = observed.rule.shape or ("", "", "")
        return {
            "present": True,
            "root": root,
            "failure_domain": failure_domain,
            "device_class": device_class or None,
        }


def _in_words(shape: tuple[str, str, str] | None) -> str:
    if shape is None:
        return "steps of its own"
    root, failure_domain, device_class = shape
    return f"a copy per {failure_domain} below {root}, on {device_class or 'OSDs of any class'}"
