"""Items in list options: spelt as the list is, and gone again without a trace."""

from __future__ import annotations

import pytest
from oslo_config import types

from providers.formats import lists
from providers.formats.wanted_options import WantedItem, WantedOptions
from tests.unit.formats.test_oslo_ini import oslo_value
from tests.unit.owners import Host, item

FIRST_ITEM = WantedOptions(items=[WantedItem("DEFAULT", "stores", "x", first=True)])
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
    items = oslo_value(expected, "DEFAULT", "stores", types.List())
    assert [item for item in items if item] == lists.items(host.get("DEFAULT", "stores"))
    assert "x" in items
    host.undo("A")
    assert host.text == text


FIRST = [
    ("stores = a", "stores = x,a"),
    ("stores = a,b", "stores = x,a,b"),
    ("stores=a, b ", "stores=x, a, b"),
    ("stores = a,", "stores = x,a,"),
    ("stores =", "stores = x"),
    ("stores = a,\n  b", "stores = x,a,\n  b"),
    ("stores =\n  a,\n  b", "stores =\n  x,\n  a,\n  b"),
    ("stores = 'a,b'", "stores = x,a,b"),
    ("stores: a:rbd", "stores: x,a:rbd"),
    ("stores = a, x ,b", "stores = a, x ,b"),
    ("stores = ,a", "stores = x,,a"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize(("before", "after"), FIRST)
def test_an_item_is_put_first_in_the_lists_own_spelling(before: str, after: str, end: str) -> None:
    text, expected = (f"[DEFAULT]\n{lines}".replace("\n", end or "\n") + end for lines in (before, after))
    host = Host(text)
    host.apply("A", FIRST_ITEM)
    assert host.text == expected
    items = oslo_value(expected, "DEFAULT", "stores", types.List())
    assert [item for item in items if item] == lists.items(host.get("DEFAULT", "stores"))
    host.apply("A", FIRST_ITEM)
    assert host.text == expected
    host.undo("A")
    assert host.text == text


def test_an_item_that_was_put_first_leaves_what_somebody_added_around_it() -> None:
    host = Host("[DEFAULT]\nstores = a, b\n")
    host.apply("A", FIRST_ITEM)
    assert host.text == "[DEFAULT]\nstores = x, a, b\n"
    host.text = "[DEFAULT]\nstores = mine, x, a, b, c\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores = mine, a, b, c\n"


def test_an_absent_list_is_an_empty_one() -> None:
    host = Host("[DEFAULT]\n")
    host.apply("A", item("rbd"))
    assert host.text == "[DEFAULT]\nstores = rbd\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\n"


@pytest.mark.parametrize("order", ["AB", "BA"])
@pytest.mark.parametrize("text", ["[DEFAULT]\n", "[DEFAULT]\nstores =  a ,b\n", ""])
def test_items_of_two_owners(order: str, text: str) -> None:
    host = Host(text)
    host.apply("A", item("x"))
    host.apply("B", item("y"))
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
    host.apply("A", WantedOptions(items=[WantedItem("DEFAULT", "stores", item) for item in "xy"]))
    host.apply("A", item("y"))
    assert host.text == "[DEFAULT]\nstores=a,y\n"
    host.undo("A")
    assert host.text == "[DEFAULT]\nstores=a\n"
