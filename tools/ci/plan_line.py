"""The line of a comment that names the plan which the comment shows. Markdown does not show the line."""

from __future__ import annotations

import re

_LINE = "<!-- ceph-openstack plan: {id} -->"
_FOUND = re.compile(r"^" + _LINE.format(id="([0-9a-f]{64})") + r"\r?$", re.MULTILINE)


def plan_line(plan_id: str) -> str:
    """Return the line for a plan's id."""
    return _LINE.format(id=plan_id)


def plans_named(comment: str) -> list[str]:
    """Return the ids of the plans that a comment names: one, or none when the preview failed."""
    return _FOUND.findall(comment)
