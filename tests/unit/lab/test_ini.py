"""Setting options in a shipped file leaves its other lines as they are."""

from __future__ import annotations

import pytest

from lab.ini import edit

SHIPPED = """\
[DEFAULT]
# Which back ends (list value)
#enabled_backends = <None>
enabled_backends = lvm

[database]
#connection = <None>

[nfs]
"""


@pytest.mark.parametrize(
    ("sections", "old", "new"),
    [
        ({"DEFAULT": {"enabled_backends": "nfs"}}, "enabled_backends = lvm", "enabled_backends = nfs"),
        ({"database": {"connection": "x"}}, "#connection = <None>", "connection = x"),
        ({"nfs": {"a": "1"}}, "[nfs]\n", "[nfs]\na = 1\n"),
        ({"new": {"a": "1"}}, "[nfs]\n", "[nfs]\n\n[new]\na = 1\n"),
    ],
)
def test_one_line_changes(sections: dict[str, dict[str, str]], old: str, new: str) -> None:
    assert edit(SHIPPED, sections) == SHIPPED.replace(old, new)
