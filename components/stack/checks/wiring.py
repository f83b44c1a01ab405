"""What only the graph shows: values that a provider's own model refuses, and options that two services disagree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.service import AnyService
from components.settings.problem import Problem
from components.stack.graph import Graph
from components.stack.stack_settings import StackSettings
from components.stack.wire import NotWirable, wire
from providers.formats.oslo_ini import OSLO
from providers.models import ConfigSectionsDesired

OptionKey = tuple[str, str]
"""Section and option, as the reader of the file compares them."""


def wiring_problems(settings: StackSettings, services: Sequence[AnyService]) -> Iterator[Problem]:
    """Yield what keeps the settings from becoming a graph. A value that a provider refuses is refused here, too."""
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
    names = {service.label: service.name for service in services}
    for (host, path), parts in files.items():
        written = [(names[part.component], _written(part)) for part in parts]
        for index, (service, mine) in enumerate(written):
            for other, theirs in written[:index]:
                for key in mine.keys() & theirs.keys():
                    if mine[key] != theirs[key]:
                        yield _disagreement(settings, key, service, other, f"{path} on {host}")


def _written(part: ConfigSectionsDesired) -> Mapping[OptionKey, str]:
    """Return what a service writes for each option. A list counts as the same for all, because services share lists."""
    shared = {
        _option_key(section, option): ""
        for items in (part.list_items_if_absent, part.list_items)
        for section, options in items.items()
        for option in options
    }
    values = {
        _option_key(section, option): f"={value}"
        for section, options in part.sections.items()
        for option, value in options.items()
    }
    return {**shared, **values}


def _option_key(section: str, option: str) -> OptionKey:
    return OSLO.section_key(section), OSLO.option_key(option)


def _disagreement(settings: StackSettings, key: OptionKey, service: str, other: str, file: str) -> Problem:
    """Return the problem, at the service whose `options` set the option. It holds no value, which may be a password."""
    for at_fault, against in ((service, other), (other, service)):
        for section, options in settings.services[at_fault].options.items():
            for option in options:
                if _option_key(section, option) == key:
                    return Problem(
                        (at_fault, "options", section, option),
                        f"is set to another value by {against}, and both go to {file}: each run would undo the other; "
                        "set it in one of them, or to one value",
                    )
    return Problem((service,), f"[{key[0]}] {key[1]} is written by {other}, too, with another value, to {file}")
