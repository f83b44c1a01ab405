"""Kind: the shape that every managed thing has. read → plan → apply → read again → the plan must be empty.

A kind knows a desired model, an observed model and the steps between the two. A kind does not know Pulumi. `plan` and
`undo` are pure.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from providers.desired import Desired
from providers.journal.entry import Entry
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.plan import Step
from providers.reach.machines import Machines
from providers.undo import Undo

D = TypeVar("D", bound=Desired)
Observed = TypeVar("Observed")


class Kind(ABC, Generic[D, Observed]):
    """One kind of managed thing, on a host (`on_host.py`) or on a cluster (`on_cluster.py`). A guard looks at both.

    Attributes:
        noun: The kind's name in messages and ids.
        entry_kind: The kind of its journal entries, a name on disk; empty for a kind that keeps no journal.
        entry_form: The form of its journal entries, such as `Entry[PoolRecord]`.
        desired: The model of its inputs.
        fixed: Fields that cannot change once the thing exists, each with what to do instead.
        hidden: Inputs whose changes a preview does not spell out, because they are inputs of other resources, too.
        former: Inputs that only earlier versions sent, and that `upgraded` reads.
        lifecycle: What an operator reads of the kind in docs/resources.md, which `make generate` writes.
    """

    noun: ClassVar[str]
    entry_kind: ClassVar[str] = ""
    entry_form: ClassVar[type[Entry[Any]]] = Entry[EntryRecord]
    desired: type[D]
    fixed: ClassVar[dict[str, str]] = {}
    hidden: ClassVar[tuple[str, ...]] = ()
    former: ClassVar[tuple[str, ...]] = ()
    lifecycle: ClassVar[Lifecycle]

    @abstractmethod
    def title(self, desired: D) -> str:
        """Return the thing's name in messages and in its id: `pool images`, `keyring /etc/ceph/… on api1`."""

    @abstractmethod
    def host(self, desired: D, machines: Machines) -> str:
        """Return the name of the host on which the thing is read and changed."""

    def entry_kinds(self) -> tuple[str, ...]:
        """Return every kind of journal entry that this kind of thing keeps."""
        return (self.entry_kind,) if self.entry_kind else ()

    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        """Return the inputs, besides stack and host or cluster, that say which thing an entry speaks of."""
        return {}

    def upgraded(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        """Return inputs of any earlier version in the present shape. Pure.

        A state that an earlier version made then previews without a change, as long as the settings ask for the same.

        Args:
            inputs: Inputs as a state has them, or as a program sends them. Those of the present shape are returned as
                they are.
            beside: The inputs on the other side of the comparison, and nothing where there is no other side. What an
                earlier version did not send, and no digest of that version denies, counts as being as in `beside`.
        """
        return inputs

    def in_present_shape(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        """Return the inputs `upgraded`; those that no version has written are returned as they are."""
        try:
            return self.upgraded(inputs, beside)
        except (AttributeError, KeyError, TypeError, ValueError):
            return inputs

    def with_old_state(self, desired: D, olds: dict[str, Any]) -> D:
        """Return `desired` with what only the old state knows and an update has to act on; by default nothing."""
        return desired

    def extra_state(self, desired: D, observed: Observed) -> dict[str, Any]:
        """Return values to store in the state that are not inputs.

        They are handed to the next `update` and `read`, and are never shown as drift.
        """
        return {}

    def lock(self, desired: D) -> str:
        """Return the name of what two resources must not change at the same time, by default the thing itself."""
        return self.title(desired)

    @abstractmethod
    def read(self, desired: D, machines: Machines) -> Observed:
        """Return what is there now, with the journal's entry.

        Only what the host itself reports as absent is absent. Every other failure is an error.
        """

    @abstractmethod
    def plan(self, desired: D, observed: Observed) -> list[Step]:
        """Return the steps that make the thing as desired; none when it is so.

        Raises:
            Refused: What is asked must not be done.
        """

    @abstractmethod
    def undo(self, desired: D, observed: Observed) -> Undo:
        """Return the steps that put back what was there before us.

        Raises:
            Refused: The thing is in use.
        """

    def remove_empty_folders(self, desired: D) -> list[Step]:
        """Return clean-up steps for a delete that finds nothing to undo.

        A run killed after it removed the journal's entry leaves the journal's empty folders.
        """
        return []

    @abstractmethod
    def actual(self, desired: D, observed: Observed) -> dict[str, Any]:
        """Return the actual values of the fields that `desired` has, for the drift that refresh shows.

        None stands for a value that is not there.
        """

    def adoption(self, desired: D, observed: Observed) -> list[Step] | None:
        """Return the steps that only record a thing as taken over; None when nothing is taken over just now."""
        return None

    def warnings_of_adoption(self, desired: D, observed: Observed) -> list[str]:
        """Return what an operator has to know of a thing that this run has only recorded as taken over."""
        return []

    def naming(self, desired: D, observed: Observed, machines: Machines) -> list[Step]:
        """Return the step by which the journal's entry names the host under the name that it has now; none by default.

        Only a create asks for it: an entry of an earlier version, which names none, is no change by itself.
        """
        return []

    def new_name(self, observed: Observed, machines: Machines) -> str:
        """Return the host of the settings whose thing it is by the journal, as after a rename; empty for none."""
        return ""

    def note_left(self, desired: D, left: Sequence[Step], machines: Machines) -> None:
        """Tell the rest of the run which file an adoption has left to the next run, because a service may watch it."""

    def later(self, desired: D, observed: Observed) -> list[str]:
        """Return what only the next run can do, in an operator's words, because this run records what it depends on."""
        return []

    def deferred(self, desired: D, observed: Observed) -> list[str]:
        """Return what is due and is not done, because the settings defer it, in an operator's words."""
        return []

    def quiet(self, news: Mapping[str, Any]) -> Collection[str]:
        """Return the fields of which a change alone asks for nothing to be done, and is no change in a preview."""
        return ()

    def warnings(self, desired: D, observed: Observed) -> list[str]:
        """Return what an operator has to know although the plan is right."""
        return []

    @abstractmethod
    def apply(self, desired: D, steps: Sequence[Step], machines: Machines) -> None:
        """Do the steps in their order."""

    def read_for_change(self, desired: D, machines: Machines) -> Observed:
        """Like `read`, with what only a create or an update has to know."""
        return self.read(desired, machines)

    def read_for_undo(self, desired: D, machines: Machines) -> Observed:
        """Like `read`, with what only a deletion has to know."""
        return self.read(desired, machines)
