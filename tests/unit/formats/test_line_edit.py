"""An edit is what two texts differ in, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats.line_edit import LineEdit

TEXTS = st.text(alphabet="ab\n\r", max_size=12)


@given(TEXTS, TEXTS)
def test_an_edit_makes_one_text_of_the_other(before: str, after: str) -> None:
    assert LineEdit.between(before, after).on(before) == after


@pytest.mark.parametrize(
    ("before", "after", "edit"),
    [
        ("a\nb\n", "a\nc\n", LineEdit(1, 2, ("c",))),
        ("a\nb\n", "a\n", LineEdit(1, 2, ())),
        ("a\n", "a\nb\n", LineEdit(1, 1, ("b",))),
        ("a", "a\n", LineEdit(1, 1, ("",))),
        ("", "a\n", LineEdit(0, 0, ("a",))),
        ("a\na\n", "a\n", LineEdit(1, 2, ())),
        ("a\n", "a\n", LineEdit(2, 2, ())),
    ],
)
def test_an_edit_is_as_small_as_can_be(before: str, after: str, edit: LineEdit) -> None:
    assert LineEdit.between(before, after) == edit


@given(TEXTS, st.integers(0, 12), st.lists(st.sampled_from(["a", "b", ""]), min_size=1))
def test_what_is_only_taken_out_puts_nothing_in_its_place(text: str, at: int, added: list[str]) -> None:
    """An edit that takes a key out must not write any other line of the file anew."""
    lines = text.split("\n")
    more = "\n".join([*lines[:at], *added, *lines[at:]])
    assert LineEdit.between(more, text).lines == ()
