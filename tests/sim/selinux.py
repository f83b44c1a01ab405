"""SimulatedSelinux: labels of files, the policy and rules of the host, and the three programs that change them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from providers.reach.answers.selinux_state import SelinuxState

USUAL = "unlabeled_t"


class SimulatedSelinux:
    """SELinux of one host.

    Attributes:
        enabled: Whether the host has SELinux at all.
        has_semanage: Whether rules can be added there.
        types: The type of each file that somebody labelled.
        policy: The type that the policy as shipped has for each path.
        rules: The type of each rule of the host, by pattern.
    """

    def __init__(self) -> None:
        self.enabled, self.has_semanage = False, True
        self.types: dict[str, str] = {}
        self.policy: dict[str, str] = {}
        self.rules: dict[str, str] = {}

    def state(self) -> dict[str, dict[str, str]]:
        """Return all that a destroy has to leave as it was."""
        return {"types": dict(self.types), "rules": dict(self.rules)}

    def asked(self, path: str, file: Path) -> SelinuxState:
        """Return what the agent would say."""
        if not self.enabled or not file.exists():
            return SelinuxState(label="", policy="", rules=None)
        rules = "".join(f"{pattern}    all files    {_label(type_)} \n" for pattern, type_ in self.rules.items())
        label = _label(self.types.get(path, self._by_policy(path)))
        return SelinuxState(
            label=label, policy=_label(self._by_policy(path)), rules=rules if self.has_semanage else None
        )

    def run(self, argv: Sequence[str]) -> str:
        """Do what a program does, and return why not, or an empty text."""
        path = argv[-1]
        if argv[0] == "chcon":
            self.types[path] = argv[2]
        elif argv[0] == "restorecon":
            self.types[path] = self._by_policy(path)
        elif argv[2] == "--delete":
            del self.rules[path]
        elif (argv[2] == "--add") == (path in self.rules):
            return "ValueError: File context for that path is defined already, or is not"
        else:
            self.rules[path] = argv[4]
        return ""

    def _by_policy(self, path: str) -> str:
        return self.rules.get(path.replace(".", "\\."), self.policy.get(path, USUAL))


def _label(type_: str) -> str:
    return f"system_u:object_r:{type_}:s0"
