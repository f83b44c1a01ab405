"""What is refused in `unchecked_options`: a line that names no option of `options`, or one that needs no such line."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.option_line import option_key, option_keys, option_line
from components.settings.problem import Problem, hint
from components.stack.checks.options import harm, why_not_read
from components.stack.inventory import Inventory
from providers.formats.oslo_ini import OSLO


def unchecked_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each line of `unchecked_options` without effect."""
    for wired in inventory.wired_services:
        name, backends = wired.service.name, wired.service.backends(wired.mine)
        sections = (*wired.service.option_sections, *backends)
        places = {
            option_key(section, option, OSLO): (section, option)
            for section, options in wired.mine.options.items()
            for option in options
        }
        for index, line in enumerate(wired.mine.unchecked_options):
            where = (name, "unchecked_options", index)
            (key,) = option_keys([line], OSLO)
            if key not in places:
                known = [option_line(*place) for place in places.values()]
                advice = hint(line, known, "take it out, or set the option there")
                yield Problem(where, f"names no option of {name}.options; {advice}")
                continue
            section, option = places[key]
            release, value = inventory.settings.release, wired.mine.options[section][option]
            why = why_not_read(inventory, wired.service, section, option, backend=section in backends)
            if section in sections and not why and not harm(wired.service, release, section, option, value):
                yield Problem(where, f"has no effect, because {release} reads the option; take the line out")
