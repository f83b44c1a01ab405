"""CrushRule: a row of `ceph osd crush rule dump`."""

from __future__ import annotations

import re

from providers.reach.answers.answer import Answer


class CrushRuleStep(Answer):
    """One step of a rule: `take` a root, choose among buckets of a type, `emit`."""

    op: str
    item_name: str = ""
    type: str = ""


class CrushRule(Answer):
    """A CRUSH rule: its number, which pools name, its name, and what the rule does.

    Attributes:
        type: 1 for replicated pools, 3 for erasure-coded ones.
    """

    rule_id: int
    rule_name: str
    type: int = 1
    steps: list[CrushRuleStep] = []

    @property
    def shape(self) -> tuple[str, str, str] | None:
        """Root, failure domain and device class (empty: any) of a rule as `create-replicated` makes it; else None."""
        match self.steps:
            case [CrushRuleStep(op="take", item_name=taken), choose, CrushRuleStep(op="emit")] if self.type == 1:
                if re.fullmatch(r"choose(leaf)?_firstn", choose.op):
                    root, _, device_class = taken.partition("~")
                    return root, choose.type, device_class
        return None
