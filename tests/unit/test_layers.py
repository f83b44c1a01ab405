"""Owners in one file come and go in any order, are cut off anywhere, and leave no trace."""

from __future__ import annotations

from copy import deepcopy

import pytest

from providers.formats import layers
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.oslo_ini import IniSyntaxError
from providers.formats.record import Record
from providers.formats.wanted_options import WantedItem, WantedOptions
from tests.unit.owners import PATH, Host, item, options


def test_the_record_is_what_the_journal_documents() -> None:
    host = Host("[DEFAULT]\nstores: a\n")
    host.apply("A", WantedOptions({"s": {"k": "v"}}, [WantedItem("DEFAULT", "stores", "b")]))
    assert host.journal["A"] == {
        "version": 1,
        "file_created": False,
        "options": [{"section": "s", "option": "k", "before": None, "values": ["v"], "layer": 1}],
        "lists": [
            {
                "section": "DEFAULT",
                "option": "stores",
                "before": ["stores: a"],
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


@pytest.mark.parametrize("spelt", ["k: True ", "k = yes", "k=1"])
def test_a_boolean_in_other_words_stays_as_it_is_spelt(spelt: str) -> None:
    text = f"[s]\n{spelt}\n# c\n"
    host = Host(text)
    host.apply("A", options(k="true"))
    assert host.text == text
    assert host.journal["A"]["options"][0]["before"] == [spelt]
    host.apply("B", options(k="True"))
    host.undo("A")
    assert (host.text, host.warnings) == (text, [])
    host.undo("B")
    assert (host.text, host.warnings, host.journal) == (text, [], {})


@pytest.mark.parametrize("cut_after", [1, 2, 3])
def test_a_boolean_in_other_words_comes_back_after_it_was_changed(cut_after: int) -> None:
    text = "[s]\nk: True \n"
    host = Host(text)
    host.apply("A", options(k="true"), cut_after)
    host.apply("A", options(k="false"), cut_after)
    host.apply("A", options(k="false"))
    assert host.text == "[s]\nk = false\n"
    host.undo("A", cut_after)
    host.undo("A")
    assert (host.text, host.warnings, host.journal) == (text, [], {})


def test_a_boolean_that_somebody_spelt_anew_is_right_and_stays() -> None:
    host = Host("[s]\nk = false\n")
    host.apply("A", options(k="true"))
    journal = deepcopy(host.journal)
    host.text = "[s]\nk = True\n"
    host.apply("A", options(k="true"))
    assert (host.text, host.journal) == ("[s]\nk = True\n", journal)
    host.undo("A")
    assert host.text == "[s]\nk = True\n"
    assert host.warnings == [f"{PATH}: [s] k: was changed by somebody else since; left as it is"]


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
    host.apply("A", options(k="a"))  # A takes its option back, and B is still the upper layer
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
    host.apply("A", WantedOptions({"s": {"k": "a", "l": "a"}, "t": {"m": "a"}}))
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
    host.apply("A", WantedOptions())
    assert host.text is None
    assert host.journal == {}


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
    [options(k=" v"), options(**{"a=b": "v"}), options("", k="v"), item("a,b"), item('"x"')],
)
def test_bad_input_is_refused_by_file_section_and_option(desired: WantedOptions) -> None:
    with pytest.raises(ValueError, match=r"^controller1: /etc/x/x.conf: \[.*\] [^\n]+$"):
        Host("").apply("A", desired)


def test_one_option_in_two_spellings_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        Host("").apply("A", WantedOptions({"s": {"k": "1"}, "S": {"k": "2"}}))


def test_a_broken_file_is_refused_by_name_and_line() -> None:
    with pytest.raises(IniSyntaxError, match=r"^controller1: /etc/x/x.conf: line 2: "):
        Host("[s]\nnonsense\n").apply("A", options(k="v"))


FORMER = WantedOptions(
    items=[WantedItem("DEFAULT", "stores", "old:file", if_absent=True), WantedItem("DEFAULT", "stores", "new:rbd")]
)


@pytest.mark.parametrize("text", ["", "[DEFAULT]\n# stores =\n", "[DEFAULT]\nstores =\n"])
def test_an_item_for_a_list_that_was_absent_goes_first_and_leaves_with_it(text: str) -> None:
    host = Host(text)
    host.apply("A", FORMER)
    assert host.get("DEFAULT", "stores") == "old:file,new:rbd"
    host.apply("A", FORMER)  # the list is there by now, and still counts as absent before us
    assert host.get("DEFAULT", "stores") == "old:file,new:rbd"
    host.apply("B", FORMER)
    host.undo("A")
    assert host.get("DEFAULT", "stores") == "old:file,new:rbd"
    host.undo("B")
    assert host.text == text
    assert host.journal == {}


def test_an_item_for_a_list_that_was_absent_stays_out_of_one_that_was_there() -> None:
    text = "[DEFAULT]\nstores = fast:file\n"
    host = Host(text)
    host.apply("A", FORMER)
    host.apply("A", FORMER)
    assert host.get("DEFAULT", "stores") == "fast:file,new:rbd"
    host.undo("A")
    assert host.text == text


def test_an_item_for_a_list_that_was_absent_can_be_given_up_and_taken_back() -> None:
    host = Host("")
    host.apply("A", FORMER)
    host.apply("A", item("new:rbd"))
    assert host.get("DEFAULT", "stores") == "new:rbd"
    host.apply("A", FORMER)
    assert sorted((host.get("DEFAULT", "stores") or "").split(",")) == ["new:rbd", "old:file"]
    host.undo("A")
    assert host.text == ""


# A run that was cut off before its write, and an edit before the next one


def test_a_cut_claim_is_marked_until_the_file_is_written() -> None:
    host = Host("[s]\nk=0\n")
    host.apply("A", options(k="a"), cut_after=1)
    assert host.journal["A"]["options"][0]["unwritten"] is True
    host.apply("A", options(k="a"))
    assert "unwritten" not in host.journal["A"]["options"][0]


def test_a_list_that_somebody_changed_after_a_cut_claim_is_what_comes_back() -> None:
    host = Host("[DEFAULT]\nstores = a\n")
    host.apply("A", item("x"), cut_after=1)
    host.text = "[DEFAULT]\nstores =\n  b\n"
    host.apply("A", item("x"))
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores =\n  b\n"


def test_a_file_that_somebody_made_after_a_cut_claim_stays() -> None:
    host = Host(None)
    host.apply("A", options(k="a"), cut_after=1)
    host.text = ""
    host.apply("A", options(k="a"))
    host.undo("A")
    assert host.text == ""


def test_another_owners_cut_claim_counts_for_nothing() -> None:
    host = Host(None)
    host.apply("A", WantedOptions({"s": {"k": "a"}}, [WantedItem("DEFAULT", "stores", "x")]), cut_after=1)
    host.text = "[DEFAULT]\nstores = mine\n"
    host.apply("B", WantedOptions({"s": {"k": "b"}}, [WantedItem("DEFAULT", "stores", "y")]))
    host.undo("B")
    assert host.text == "[DEFAULT]\nstores = mine\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores = mine\n"
    assert host.journal == {}


# A file that an owner made, and that somebody else made again

AGAIN = "# theirs\n[s]\nk=a\nl=b\n"


def made_again() -> Host:
    host = Host(None)
    host.apply("A", WantedOptions({"s": {"k": "a", "l": "b"}, "t": {"m": "a"}}))
    host.text = AGAIN
    return host


def test_a_file_that_was_made_again_with_our_values_stays_as_it_is() -> None:
    host = made_again()
    host.undo("A")
    assert host.text == AGAIN
    assert host.warnings == [f"{PATH}: [s] {name}: was written by somebody else since; left as it is" for name in "kl"]
    assert host.journal == {}


def test_a_file_that_was_made_again_is_as_somebody_elses_from_then_on() -> None:
    host = made_again()
    host.apply("A", WantedOptions({"s": {"k": "c", "l": "b"}, "t": {"m": "a"}}))
    assert host.text == "# theirs\n[s]\nk = c\nl=b\n\n[t]\nm = a\n"
    host.undo("A")
    assert host.text == AGAIN
    assert host.warnings == []


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_file_that_was_made_again_outlives_all_of_its_owners(order: str) -> None:
    host = Host(None)
    host.apply("A", options(k="a"))
    host.apply("B", options(k="a"))
    host.text = AGAIN
    host.apply("A", options(k="a"))
    for owner in order:
        host.undo(owner)
    assert host.text == AGAIN
    assert host.journal == {}


LEAVING = [("A", "", ""), ("B", "", "")]


def test_another_owners_spelling_of_an_option_is_no_sign_of_somebody_else() -> None:
    """In ceph.conf `mon host` and `mon_host` are one option."""
    text: str | None = None
    journal: dict[str, Record] = {}
    for owner, name, value in (("A", "mon_host", "x"), ("B", "mon host", "y"), ("B", "mon host", "x"), *LEAVING):
        wanted = WantedOptions({"global": {name: value}} if name else {})
        others = {other: mine for other, mine in journal.items() if other != owner}
        done = layers.apply(CEPH_CONF, text, journal.get(owner), others, wanted, PATH)
        text, journal[owner] = done.text, done.record
        assert done.warnings == []
    assert text is None


# Items with an id


@pytest.mark.parametrize("present", ["rbd: rbd", "rbd : rbd", "a:file, rbd :rbd"])
def test_an_item_is_the_same_however_its_colon_is_spaced(present: str) -> None:
    text = f"[DEFAULT]\nstores = {present}\n"
    host = Host(text)
    host.apply("A", item("rbd:rbd"))
    assert host.text == text
    host.undo("A")
    assert host.text == text


def test_our_item_goes_however_somebody_has_spaced_it() -> None:
    host = Host("[DEFAULT]\nstores = a:file\n")
    host.apply("A", item("rbd:rbd"))
    host.text = "[DEFAULT]\nstores = a: file, rbd: rbd\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores = a: file\n"


@pytest.mark.parametrize("present", ["rbd:cinder", "a:file, rbd : file"])
def test_an_id_that_stands_for_something_else_is_refused(present: str) -> None:
    text = f"[DEFAULT]\nstores = {present}\n"
    host = Host(text)
    told = rf"^{PATH}: \[DEFAULT\] stores has the id rbd already, with another type than rbd:rbd; give ours another id"
    with pytest.raises(ValueError, match=told):
        host.apply("A", item("rbd:rbd"))
    assert host.text == text


def test_the_type_of_our_own_id_may_change() -> None:
    host = Host("[DEFAULT]\nstores = a:file\n")
    host.apply("A", item("b:file"))
    host.apply("A", item("b:rbd"))
    assert host.get("DEFAULT", "stores") == "a:file,b:rbd"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores = a:file\n"
