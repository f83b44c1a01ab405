"""What only the graph shows: values that a provider's own model refuses, and files in which two services disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.services.service import AnyService
from components.settings.problem import Problem
from components.stack.stack_settings import StackSettings
from components.stack.wire import NotWirable, wire


def wiring_problems(settings: StackSettings, services: Sequence[AnyService]) -> Iterator[Problem]:
    """Yield what keeps the settings from becoming a graph. The providers' law is the settings' law."""
    try:
        wire(settings, "stack", services)
    except NotWirable as refused:
        yield from dict.fromkeys(refused.problems)
