"""Owners in generated files, in any order, cut off anywhere, with foreign edits."""

from __future__ import annotations

import random
from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from providers.formats import lists
from providers.formats.document import Document
from providers.formats.oslo_ini import OSLO
from providers.formats.wanted_options import WantedItem, WantedOptions
from tests.unit.formats.test_oslo_ini import good_value, long_file, valid_text
from tests.unit.owners import Host, options

names = st.sampled_from(["DEFAULT", "libvirt", "Libvirt", "new", "other"])
some_options = st.dictionaries(
    names, st.dictionaries(st.sampled_from(["k", "K", "k1", "n"]), good_value, max_size=3), max_size=3
).filter(lambda d: not {"libvirt", "Libvirt"} <= set(d))
some_items = st.lists(
    st.builds(WantedItem, st.sampled_from(["DEFAULT", "libvirt", "lists"]), st.just("l"), st.sampled_from("xyz")),
    max_size=3,
)
desires = st.builds(WantedOptions, some_options, some_items)
relaxed = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@relaxed
@given(st.one_of(st.none(), valid_text()), st.lists(desires, min_size=1, max_size=3), st.randoms())
def test_owners_leave_the_file_byte_for_byte(
    text: str | None, wanted: list[WantedOptions], order: random.Random
) -> None:
    host = Host(text)
    owners = [f"owner{n}" for n in range(len(wanted))]
    for owner, desired in zip(owners, wanted, strict=True):
        host.apply(owner, desired)
        check_in_force(host, desired)
    order.shuffle(owners)
    for owner in owners:
        host.undo(owner)
        assert host.warnings == []
    assert host.text == text
    assert host.journal == {}


def check_in_force(host: Host, desired: WantedOptions) -> None:
    for section, values in desired.options.items():
        for option, value in values.items():
            assert host.get(section, option) == value
    for wanted in desired.items:
        assert wanted.item in lists.items(host.get(wanted.section, wanted.option))


class Owners(RuleBasedStateMachine):
    """Three owners, cut off at any point, with foreign edits; the model is the same foreign edits on the first text."""

    @initialize(text=valid_text())
    def start(self, text: str) -> None:
        self.host = Host(text)
        self.first = text
        self.cut: set[str] = set()

    @rule(owner=st.sampled_from("ABC"), desired=desires, cut_after=st.sampled_from([0, 1, 2, 3, 3, 3]))
    def apply(self, owner: str, desired: WantedOptions, cut_after: int) -> None:
        self.host.apply(owner, desired, cut_after)
        if cut_after == 3:
            check_in_force(self.host, desired)
            text, journal = self.host.text, deepcopy(self.host.journal)
            self.host.apply(owner, desired)
            assert (self.host.text, self.host.journal) == (text, journal), "a second apply changes nothing"

    @rule(owner=st.sampled_from("ABC"), cut_after=st.sampled_from([0, 1, 2, 3, 3]))
    def undo(self, owner: str, cut_after: int) -> None:
        self.host.undo(owner, cut_after)
        assert self.host.warnings == []

    @precondition(lambda self: self.first.endswith("\n"))
    @rule(name=st.sampled_from(["[foreign1]", "[foreign2]"]))
    def somebody_appends_a_section(self, name: str) -> None:
        assert self.host.text is not None
        self.host.text += f"\n{name}\nx = 1\n"
        self.first += f"\n{name}\nx = 1\n"

    @rule()
    def somebody_writes_a_comment_on_top(self) -> None:
        self.host.text = f"# hello\n{self.host.text}"
        self.first = f"# hello\n{self.first}"

    def teardown(self) -> None:
        for owner in sorted(getattr(self, "host", Host("")).journal):
            self.host.undo(owner)
            assert self.host.warnings == []
        if hasattr(self, "host"):
            assert self.host.text == self.first
            assert self.host.journal == {}


TestOwners = Owners.TestCase
TestOwners.settings = settings(relaxed, max_examples=80, stateful_step_count=10)


class OwnersAndDrift(RuleBasedStateMachine):
    """A person changes what owners own: the person's last word survives when all have left, or all is as before."""

    @initialize()
    def start(self) -> None:
        self.host = Host("[s]\nk=0\n")

    @rule(owner=st.sampled_from("AB"), value=st.sampled_from(["a", "b", "0"]), cut_after=st.sampled_from([1, 2, 3]))
    def apply(self, owner: str, value: str, cut_after: int) -> None:
        self.host.apply(owner, options(k=value), cut_after)

    @rule(owner=st.sampled_from("AB"))
    def undo(self, owner: str) -> None:
        self.host.undo(owner)

    @rule(mine=st.sampled_from(["mine", "other"]))
    def somebody_changes_it(self, mine: str) -> None:
        self.host.text = f"[s]\nk = {mine}\n"

    def teardown(self) -> None:
        if not hasattr(self, "host"):
            return
        last = self.host.text
        for owner in sorted(self.host.journal):
            self.host.undo(owner)
        assert self.host.text in ("[s]\nk=0\n", "[s]\nk = mine\n", "[s]\nk = other\n")
        if last in ("[s]\nk = mine\n", "[s]\nk = other\n"):
            assert self.host.text == last


TestOwnersAndDrift = OwnersAndDrift.TestCase
TestOwnersAndDrift.settings = settings(relaxed, max_examples=80, stateful_step_count=8)


def test_look_ups_share_one_parse() -> None:
    document = Document(OSLO, long_file(5000))
    document.find("s1", "k")
    assert document.parsed is document.parsed


class CutOwnerAndEditor(RuleBasedStateMachine):
    """One owner, cut off anywhere, and a person between its runs: what the owner found at first comes back."""

    @initialize()
    def start(self) -> None:
        self.host = Host("[s]\nk=0\n")
        self.before: str | None = None  # what an undo has to put back, once the owner has written
        self.finished = False

    @rule(value=st.sampled_from("abc"), cut_after=st.sampled_from([0, 1, 2, 3]))
    def apply(self, value: str, cut_after: int) -> None:
        ours = self.host.get("s", "k") in list("abc")
        if cut_after >= 2 and (self.before is None or (not self.finished and not ours)):
            self.before = self.host.text
        self.host.apply("A", options(k=value), cut_after)
        self.finished = self.finished or cut_after == 3

    @rule(value=st.sampled_from(["p", "q", "r"]))
    def somebody_changes_it(self, value: str) -> None:
        self.host.text = f"[s]\nk:{value}\n"

    @rule()
    def undo(self) -> None:
        ours, text = self.host.get("s", "k") in list("abc"), self.host.text
        self.host.undo("A")
        assert self.host.text == (self.before if ours else text)
        assert self.host.journal == {}
        self.before, self.finished = None, False


TestCutOwnerAndEditor = CutOwnerAndEditor.TestCase
TestCutOwnerAndEditor.settings = settings(relaxed, max_examples=150, stateful_step_count=8)
