"""Change: one step of a preview, as far as a reader of it is concerned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DYNAMIC = "pulumi-python:dynamic/"

Op = Literal["create", "update", "replace", "delete"]


_ON_FURTHER_CLUSTER = re.compile(
    r"([A-Za-z0-9_-]+)\.(?:cluster$|gate$|guard$|crush-rule-|erasure-code-profile-|key-type-|[a-z-]+-(?:pool|user|keyring|secret)\b)"
)
"""Logical names of what lies on a further cluster, or holds its keys; see components/stack/names.py."""


@dataclass(frozen=True)
class Change:
    """What happens to one resource.

    Attributes:
        op: What is done.
        name: The resource's logical name, such as `cinder-config-controller1`.
        type: Its type without what every dynamic resource has in front: `ceph:Pool`, `command:remote:Command`.
        old: Its inputs as the state has them, or of what was taken over what was found; empty for one that is new.
        new: Its inputs as the settings want them; empty for one that goes away.
        pending: What an adoption has left to this run, as an operator would type it.
    """

    op: Op
    name: str
    type: str
    old: Mapping[str, Any] = field(repr=False, default_factory=dict)
    new: Mapping[str, Any] = field(repr=False, default_factory=dict)
    pending: tuple[str, ...] = ()

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What is wanted, or of what goes away what was."""
        return self.new or self.old

    @property
    def host(self) -> str:
        """The host on which it lies; empty for what lies on none."""
        host = self.inputs.get("host", "")
        return host if isinstance(host, str) else ""

    @property
    def of_cluster(self) -> str:
        """What tells a thing on a further cluster from one of the stack's own cluster: ` of west`; else empty."""
        found = _ON_FURTHER_CLUSTER.match(self.name)
        return f" of {found[1]}" if found else ""

    @property
    def takes_over(self) -> bool:
        """Whether it is made with leave to take over what is there already."""
        return self.op == "create" and self.new.get("adopt") is True

    def get(self, name: str) -> Any:
        """Return one input of `inputs`; an empty text if there is none."""
        return self.inputs.get(name, "")

    @property
    def order(self) -> tuple[object, ...]:
        """A key by which changes are sorted, because the engine's order is another one in each run."""
        return natural(self.name)


def natural(name: str) -> tuple[object, ...]:
    """Return a key that sorts `compute2` before `compute10`."""
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d+)", name) if part)


def mapping(given: Any) -> Mapping[str, Any]:
    """Return a map of the preview; an empty one for anything else, such as `[secret]`."""
    return given if isinstance(given, dict) else {}
