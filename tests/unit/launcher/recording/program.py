"""The program itself: the graph of this stack's settings, declared as `__main__.py` does, to resources that record."""

from __future__ import annotations

from functools import partial
from typing import Any

import pulumi

from components.stack import declare
from components.stack.continue_on_error import skip_what_needs_a_failed_resource
from components.stack.held_back import held_back
from components.stack.load import load
from components.stack.wire import wire
from providers.models import GuardDesired
from tests.unit.launcher.recording.resource import RecordedGuard, RecordedResource


def run() -> None:
    graph = wire(load(pulumi.Config()), pulumi.get_stack())
    skip_what_needs_a_failed_resource(partial(held_back, graph))
    classes: dict[Any, Any] = {
        model: RecordedGuard if model is GuardDesired else RecordedResource for model in declare.RESOURCES
    }
    declare.RESOURCES = classes
    declare.declare(graph)
