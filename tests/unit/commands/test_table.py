"""The table that every command and the benchmark print."""

from __future__ import annotations

from commands.table import table


def test_numbers_stand_to_the_right() -> None:
    assert table(("what", "s"), [("a", 1.5), ("bcd", 10.25)], underlined=True) == [
        "what      s",
        "----  -----",
        "a      1.50",
        "bcd   10.25",
    ]


def test_a_missing_number_leaves_its_column_one_of_numbers() -> None:
    assert table(("n", "m"), [("-", "-"), (100, "-")]) == ["  n  m", "  -  -", "100  -"]


def test_no_line_ends_with_spaces() -> None:
    assert table(("one", "two"), [("a", ""), ("b", "long")]) == ["one  two", "a", "b    long"]


def test_only_the_last_column_is_wrapped_and_never_narrower_than_forty_characters() -> None:
    lines = table(("a", "text"), [("x" * 60, "word " * 20)], width=70)
    assert lines[1] == f"{'x' * 60}  word word word word word word word word"
    assert lines[2] == f"{' ' * 62}word word word word word word word word"
