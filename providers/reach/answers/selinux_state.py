"""SelinuxState: the label of a file, and what the policy says of the file's path."""

from __future__ import annotations

import re

from providers.reach.answers.answer import Answer


class SelinuxState(Answer):
    """What SELinux has to do with a file.

    Attributes:
        label: The file's label, such as `system_u:object_r:etc_t:s0`; empty where there is no file, or no SELinux.
        policy: The label that the policy names for the path; empty where nobody tells.
        rules: The file contexts that were added on the host, as `semanage fcontext --list --locallist` prints them;
            None where there is no semanage.
    """

    label: str
    policy: str
    rules: str | None

    def rule_for(self, pattern: str) -> str:
        """Return the type that a rule of the host has for exactly this pattern; empty when there is no such rule."""
        for line in (self.rules or "").splitlines():
            words = re.split(r"\s{2,}", line.strip())
            if words[0] == pattern:
                return type_of(words[-1])
        return ""


def type_of(label: str) -> str:
    """Return the type of a label, its third word; empty for none."""
    words = label.split(":")
    return words[2] if len(words) > 2 else ""
