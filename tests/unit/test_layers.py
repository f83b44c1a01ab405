"""Owners in one file: they come and go in any order, are cut off anywhere, and leave no trace."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from providers.openstack import ini
from providers.optionfile import layers, lists, record
from providers.optionfile.document import Document
from providers.optionfile.layers import Desired, Item
from providers.optionfile.record import Record
from tests.unit.test_ini import good_value, long_file, oslo_value, valid_text

PATH = "controller1: /etc/x/x.conf"


class Host:
    """A file and the journal beside it, written in the order that `layers.Outcome` asks for."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.journal: dict[str, Record] = {}
        self.warnings: list[str] = []

    def apply(self, owner: str, desired: Desired, cut_after: int = 3) -> None:
        others = {name: mine for name, mine in self.journal.items() if name != owner}
        untouched = deepcopy((others, self.journal.get(owner)))
        done = layers.apply(ini.OSLO, self.text, self.journal.get(owner), others, desired, PATH)
        assert (others, self.journal.get(owner)) == untouched
        self.warnings = done.warnings
        if cut_after >= 1:
            self.write(owner, done.intent)
        if cut_after >= 2:
            self.text = done.text
        if cut_after >= 3:
            self.write(owner, done.record)

    def undo(self, owner: str, cut_after: int = 3) -> None:
        self.apply(owner, Desired(), cut_after)

    def write(self, owner: str, mine: Record) -> None:
        if record.is_empty(mine):
            self.journal.pop(owner, None)
        else:
            self.journal[owner] = json.loads(json.dumps(mine))

    def get(self, section: str, option: str) -> str | None:
        return ini.get(self.text or "", section, option)


def options(section: str = "s", **values: str) -> Desired:
    return Desired({section: values})


def item(name: str, default: tuple[str, ...] = ()) -> Desired:
    return Desired(items=[Item("DEFAULT", "stores", name, default)])


def test_the_record_is_what_the_journal_documents() -> None:
    host = Host("[DEFAULT]\nstores: a\n")
    host.apply("A", Desired({"s": {"k": "v"}}, [Item("DEFAULT", "stores", "b", ("file",))]))
    assert host.journal["A"] == {
        "version": 1,
        "file_created": False,
        "options": [{"section": "s", "option": "k", "before": None, "values": ["v"], "layer": 1}],
        "lists": [
            {
                "section": "DEFAULT",
                "option": "stores",
                "before": ["stores: a"],
                "default": ["file"],
                "added": ["b"],
                "adopted": [],
            }
        ],
        "sections": ["s"],
    }
    assert host.text == "[DEFAULT]\nstores: a,b\n\n[s]\nk = v\n"


def test_one_owner_puts_back_repeated_and_continued_lines() -> None:
    text = "[s]\nk = 1\nk: 2 \n  3 \n# c\n"
    host = Host(text)
    host.apply("A", options(k="v"))
    assert host.text == "[s]\nk = 1\nk = v\n# c\n"
    host.undo("A")
    assert host.text == text
    assert host.journal == {}


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_two_owners_of_one_option_leave_in_any_order(order: str) -> None:
    text = "[s]\nk=0"
    host = Host(text)
    host.apply("A", options(k="a"))
    host.apply("B", options(k="b"))
    for owner in order:
        host.undo(owner)
        assert host.warnings == []
    assert host.text == text


def test_the_value_of_the_remaining_owner_comes_into_force() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="a"))
    host.apply("B", options(k="b"))
    host.undo("B")
    assert host.get("s", "k") == "a"
    host.apply("B", options(k="b"))
    host.apply("A", options(k="a"))  # A takes it back, B is still the upper layer
    host.undo("A")
    assert host.get("s", "k") == "b"
    host.undo("B")
    assert host.text == "[s]\nk=0\n"


def test_two_owners_of_one_value() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="v"))
    host.apply("B", options(k="v"))
    host.undo("A")
    assert host.get("s", "k") == "v"
    host.undo("B")
    assert host.text == "[s]\nk=0\n"


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_created_section_goes_with_its_last_owner(order: str) -> None:
    host = Host("[t]")
    host.apply("A", options(k="a"))
    host.apply("B", options(l="b"))
    host.undo(order[0])
    assert host.text is not None
    assert "[s]" in host.text
    host.undo(order[1])
    assert host.text == "[t]"


def test_an_adopted_option_in_a_created_section_keeps_the_section() -> None:
    host = Host("")
    host.apply("A", options(k="v"))
    host.apply("B", options(k="v"))
    host.undo("A")
    assert host.text == "[s]\nk = v\n"
    host.undo("B")
    assert host.text == ""


def test_a_section_that_was_empty_before_us_stays() -> None:
    host = Host("[s]\n")
    host.apply("A", options(k="v"))
    host.undo("A")
    assert host.text == "[s]\n"


@pytest.mark.parametrize("theirs", ["l = 1\n", "# mine\n"])
def test_a_created_section_with_something_foreign_in_it_stays(theirs: str) -> None:
    host = Host("[t]\n")
    host.apply("A", options(k="v"))
    assert host.text is not None
    host.text += theirs
    host.undo("A")
    assert host.text == "[t]\n\n[s]\n" + theirs


def test_a_section_that_somebody_appended_after_ours_stays_where_it_is() -> None:
    host = Host("[t]\n")
    host.apply("A", options(k="v"))
    assert host.text is not None
    host.text += "\n[u]\nk = 1\n"
    host.undo("A")
    assert host.text == "[t]\n\n[u]\nk = 1\n"


def test_adopted_lines_are_repaired_and_given_back_as_they_were_spelt() -> None:
    text = "[s]\nk:  'v'\n"
    host = Host(text)
    host.apply("A", options(k="v"))
    assert host.text == text
    host.text = text.replace("v", "drift")
    host.apply("A", options(k="v"))
    assert host.text == "[s]\nk = v\n"
    host.undo("A")
    assert host.text == text


def test_a_persons_later_value_is_left_alone_with_a_warning() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="a"))
    host.text = "[s]\nk=mine\n"
    host.undo("A")
    assert host.text == "[s]\nk=mine\n"
    assert host.warnings == [f"{PATH}: [s] k: was changed by somebody else since; left as it is"]
    assert host.journal == {}


def test_an_option_that_a_person_removed_stays_removed() -> None:
    host = Host("[s]\nk=0\nl=1\n")
    host.apply("A", options(k="a"))
    host.text = "[s]\nl=1\n"
    host.undo("A")
    assert host.text == "[s]\nl=1\n"
    assert len(host.warnings) == 1


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_persons_value_between_two_owners_survives_both(order: str) -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="a"))
    host.text = "[s]\nk=mine\n"
    host.apply("B", options(k="b"))
    for owner in order:
        host.undo(owner)
    assert host.text == "[s]\nk=mine\n"


def test_an_option_that_is_no_longer_desired_is_put_back() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", Desired({"s": {"k": "a", "l": "a"}, "t": {"m": "a"}}))
    host.apply("A", options(l="a"))
    assert host.text == "[s]\nk=0\nl = a\n"
    host.undo("A")
    assert host.text == "[s]\nk=0\n"


def test_a_changed_value_keeps_the_true_earlier_lines() -> None:
    host = Host("[s]\nk=0\n")
    for value in "abc":
        host.apply("A", options(k=value), cut_after=1)
        host.apply("A", options(k=value))
    assert host.journal["A"]["options"][0]["values"] == ["c"]
    host.undo("A")
    assert host.text == "[s]\nk=0\n"


def test_a_change_cut_before_the_file_was_written_can_still_be_undone() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="a"))
    host.apply("A", options(k="b"), cut_after=1)
    host.undo("A")
    assert host.text == "[s]\nk=0\n"
    assert host.warnings == []


@pytest.mark.parametrize("before", [None, ""])
def test_a_created_file_is_absent_again_and_an_empty_one_empty(before: str | None) -> None:
    host = Host(before)
    host.apply("A", options(k="a"))
    assert host.text == "[s]\nk = a\n"
    host.apply("B", options("t", k="b"))
    host.undo("A")
    host.undo("B")
    assert host.text == before


def test_a_created_file_with_something_foreign_in_it_stays() -> None:
    host = Host(None)
    host.apply("A", options(k="a"))
    host.text = f"# mine\n{host.text}"
    host.undo("A")
    assert host.text == "# mine\n"


def test_nothing_desired_makes_no_file() -> None:
    host = Host(None)
    host.apply("A", Desired())
    assert host.text is None
    assert host.journal == {}


# Lists

LISTS = [
    ("stores = a", "stores = a,x"),
    ("stores = a,b", "stores = a,b,x"),
    ("stores=a, b ", "stores=a, b, x"),
    ("stores = a,", "stores = a,x"),
    ("stores =", "stores = x"),
    ("stores =  ", "stores = x"),
    ("stores = a,\n  b", "stores = a,\n  b,x"),
    ("stores =\n  a,\n  b", "stores =\n  a,\n  b,x"),
    ("stores = 'a,b'", "stores = a,b,x"),
    ("stores: a:rbd", "stores: a:rbd,x"),
    ("stores = x", "stores = x"),
    ("stores = a, x ,b", "stores = a, x ,b"),
    ("stores = 1\nstores = a", "stores = 1\nstores = a,x"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize(("before", "after"), LISTS)
def test_an_item_is_added_in_the_lists_own_spelling(before: str, after: str, end: str) -> None:
    text, expected = (f"[DEFAULT]\n{lines}".replace("\n", end or "\n") + end for lines in (before, after))
    host = Host(text)
    host.apply("A", item("x"))
    assert host.text == expected
    items = oslo_value(expected, "DEFAULT", "stores", ini_list())
    assert [one for one in items if one] == lists.items(host.get("DEFAULT", "stores"))
    assert "x" in items
    host.undo("A")
    assert host.text == text


def ini_list() -> object:
    from oslo_config import types

    return types.List()


def test_an_absent_list_counts_with_its_default() -> None:
    host = Host("[DEFAULT]\n")
    host.apply("A", item("rbd", ("file", "http")))
    assert host.text == "[DEFAULT]\nstores = file,http,rbd\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\n"


def test_an_item_of_the_default_is_not_written() -> None:
    host = Host("[DEFAULT]\n")
    host.apply("A", item("file", ("file", "http")))
    assert host.text == "[DEFAULT]\n"
    assert host.journal["A"]["lists"][0]["adopted"] == ["file"]


@pytest.mark.parametrize("order", ["AB", "BA"])
@pytest.mark.parametrize("text", ["[DEFAULT]\n", "[DEFAULT]\nstores =  a ,b\n", ""])
def test_items_of_two_owners(order: str, text: str) -> None:
    host = Host(text)
    host.apply("A", item("x", ("file",)))
    host.apply("B", item("y", ("file",)))
    host.undo(order[0])
    assert host.text is not None
    assert ("y" if order[0] == "A" else "x") in lists.items(host.get("DEFAULT", "stores"))
    host.undo(order[1])
    assert host.text == text


def test_the_same_item_of_two_owners_goes_with_the_second() -> None:
    host = Host("[DEFAULT]\nstores=a\n")
    host.apply("A", item("x"))
    host.apply("B", item("x"))
    host.undo("A")
    assert host.get("DEFAULT", "stores") == "a,x"
    host.undo("B")
    assert host.text == "[DEFAULT]\nstores=a\n"


def test_only_our_item_goes_when_somebody_added_another() -> None:
    host = Host("[DEFAULT]\nstores=a\n")
    host.apply("A", item("x"))
    host.text = "[DEFAULT]\nstores=a,  x,  mine\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores=a,  mine\n"


def test_an_item_that_was_there_before_us_stays() -> None:
    host = Host("[DEFAULT]\nstores=x\n")
    host.apply("A", item("x"))
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores=x\n"


def test_an_item_no_longer_desired_goes_and_the_other_stays() -> None:
    host = Host("[DEFAULT]\nstores=a\n")
    host.apply("A", Desired(items=[Item("DEFAULT", "stores", one) for one in "xy"]))
    host.apply("A", item("y"))
    assert host.text == "[DEFAULT]\nstores=a,y\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores=a\n"


# Refusals


def test_a_whole_value_over_another_owners_item_is_refused() -> None:
    host = Host("")
    host.apply("A", item("x"))
    with pytest.raises(layers.OwnerConflict, match=r"^controller1: /etc/x/x.conf: \[DEFAULT\] stores: .* A adds"):
        host.apply("B", options("DEFAULT", stores="y"))
    host.undo("A")
    host.apply("A", options("DEFAULT", stores="y"))
    with pytest.raises(layers.OwnerConflict, match="as a whole by A"):
        host.apply("B", item("x"))


@pytest.mark.parametrize(
    "desired",
    [options(k=" v"), options(**{"a=b": "v"}), options("", k="v"), item("a,b"), item("x", ("a b ",)), item('"x"')],
)
def test_bad_input_is_refused_by_file_section_and_option(desired: Desired) -> None:
    with pytest.raises(ValueError, match=r"^controller1: /etc/x/x.conf: \[.*\] [^\n]+$"):
        Host("").apply("A", desired)


def test_one_option_in_two_spellings_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        Host("").apply("A", Desired({"s": {"k": "1"}, "S": {"k": "2"}}))


def test_a_broken_file_is_refused_by_name_and_line() -> None:
    with pytest.raises(ini.IniSyntaxError, match=r"^controller1: /etc/x/x.conf: line 2: "):
        Host("[s]\nnonsense\n").apply("A", options(k="v"))


# Generated files, orders and cuts

names = st.sampled_from(["DEFAULT", "libvirt", "Libvirt", "new", "other"])
some_options = st.dictionaries(
    names, st.dictionaries(st.sampled_from(["k", "K", "k1", "n"]), good_value, max_size=3), max_size=3
).filter(lambda d: not {"libvirt", "Libvirt"} <= set(d))
some_items = st.lists(
    st.builds(
        Item, st.sampled_from(["DEFAULT", "libvirt", "lists"]), st.just("l"), st.sampled_from("xyz"), st.just(("file",))
    ),
    max_size=3,
)
desires = st.builds(Desired, some_options, some_items)
relaxed = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@relaxed
@given(st.one_of(st.none(), valid_text()), st.lists(desires, min_size=1, max_size=3), st.randoms())
def test_owners_leave_the_file_byte_for_byte(text: str | None, wanted: list[Desired], order: object) -> None:
    host = Host(text)
    owners = [f"owner{n}" for n in range(len(wanted))]
    for owner, desired in zip(owners, wanted, strict=True):
        host.apply(owner, desired)
        check_in_force(host, desired)
    order.shuffle(owners)  # type: ignore[attr-defined]
    for owner in owners:
        host.undo(owner)
        assert host.warnings == []
    assert host.text == text
    assert host.journal == {}


def check_in_force(host: Host, desired: Desired) -> None:
    for section, values in desired.options.items():
        for option, value in values.items():
            assert host.get(section, option) == value
    for one in desired.items:
        value = host.get(one.section, one.option)
        assert one.item in (lists.items(value) if value is not None else one.default)


class Owners(RuleBasedStateMachine):
    """Three owners, cut off at any point, with foreign edits; the model is the same foreign edits on the first text."""

    @initialize(text=valid_text())
    def start(self, text: str) -> None:
        self.host = Host(text)
        self.first: str = text
        self.cut: set[str] = set()

    @rule(owner=st.sampled_from("ABC"), desired=desires, cut_after=st.sampled_from([0, 1, 2, 3, 3, 3]))
    def apply(self, owner: str, desired: Desired, cut_after: int) -> None:
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
    """A person changes what owners own: the last word of the person survives when all have left, or all is as before."""

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
    document = Document(ini.OSLO, long_file(5000))
    document.find("s1", "k")
    assert document.parsed is document.parsed
