"""What only the graph shows: values that a provider's own model refuses, and files in which two services disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.service import AnyService
from components.settings.problem import Problem
from components.stack.graph import Graph
from components.stack.stack_settings import StackSettings
from components.stack.wire import NotWirable, wire
from providers.formats.oslo_ini import OSLO
from providers.models import ConfigSectionsDesired

Place = tuple[str, str]
"""Section and option, as the reader of the file compares them."""


def wiring_problems(settings: StackSettings, services: Sequence[AnyService]) -> Iterator[Problem]:
    """Yield what keeps the settings from becoming a graph. The providers' law is the settings' law."""
    try:
        graph = wire(settings, "stack", services)
    except NotWirable as refused:
        yield from dict.fromkeys(refused.problems)
        return
    found = {problem.where: problem for problem in _disagreements(graph, settings, services)}
    yield from found.values()


def _disagreements(graph: Graph, settings: StackSettings, services: Sequence[AnyService]) -> Iterator[Problem]:
    """Yield each option that two services set to different values in one file: each run would undo the other."""
    files: dict[tuple[str, str], list[ConfigSectionsDesired]] = {}
    for node in graph.nodes.values():
        if isinstance(node.model, ConfigSectionsDesired):
            files.setdefault((node.model.host, node.model.path), []).append(node.model)
    names = {one.label: one.name for one in services}
    for (host, path), parts in files.items():
        written = [(names[part.component], _written(part)) for part in parts]
        for index, (service, mine) in enumerate(written):
            for other, theirs in written[:index]:
                for place in mine.keys() & theirs.keys():
                    if mine[place] != theirs[place]:
                        yield _disagreement(settings, place, service, other, f"{path} on {host}")


def _written(part: ConfigSectionsDesired) -> Mapping[Place, str]:
    """Return what a service makes of each option; of a list only items are its own, so that two may share the list."""
    lists = (part.list_items_if_absent, part.list_items)
    shared = {_place(section, option): "" for one in lists for section, options in one.items() for option in options}
    values = {
        _place(section, option): f"={value}"
        for section, options in part.sections.items()
        for option, value in options.items()
    }
    return {**shared, **values}


def _place(section: str, option: str) -> Place:
    return OSLO.section_key(section), OSLO.option_key(option)


def _disagreement(settings: StackSettings, place: Place, service: str, other: str, file: str) -> Problem:
    """Return the problem, at the service whose `options` have the option. No value is told, it may be a password."""
    for one, against in ((service, other), (other, service)):
        for section, options in settings.services[one].options.items():
            for option in options:
                if _place(section, option) == place:
                    return Problem(
                        (one, "options", section, option),
                        f"is set to another value by {against}, and both go to {file}: each run would undo the other; "
                        "set it in one of them, or to one value",
                    )
    return Problem((service,), f"[{place[0]}] {place[1]} is written by {other}, too, with another value, to {file}")
