"""CrushRule: a row of `ceph osd crush rule dump`."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class CrushRule(Answer):
    """A CRUSH rule's number, which pools name, and its name."""

    rule_id: int
    rule_name: str
