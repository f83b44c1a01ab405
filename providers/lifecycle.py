"""Lifecycle: what a kind of resource does at each of Pulumi's operations, in an operator's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INPUTS_ALONE = "Compares the inputs."


@dataclass(frozen=True)
class Lifecycle:
    """What an operator reads of a kind in docs/resources.md, beside its inputs. Each text is one or more sentences.

    Attributes:
        create: What the first run does, and what it refuses.
        read: What a refresh asks, and whom.
        update: What a run does when an input has changed, or when a refresh has seen drift.
        delete: What a destroy does, or a run that no longer has the resource, and what it refuses.
        diff: What a preview compares.
        drift: Input to what a refresh shows there of what somebody has changed by hand. Of inputs that are `reported`
            the model says it.
    """

    create: str
    read: str
    update: str
    delete: str
    diff: str = INPUTS_ALONE
    drift: Mapping[str, str] = field(default_factory=dict)
