"""Refuses to acknowledge what no notice is called."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.client_file_notice import CLIENT_FILES
from components.stack.environment import ENVIRONMENT
from components.stack.inventory import Inventory
from components.stack.key_type_notice import OLD_KEY_TYPE
from components.stack.own_caps import TOO_OLD, caps_notice_names
from components.stack.restart_notices import restart_notice_names


def notice_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each name in `acknowledge` that no notice has, also none that does not apply just now."""
    of_services = [
        name
        for service in inventory.services
        for name in (*service.notice_names, *caps_notice_names(service.name), *restart_notice_names(service.name))
    ]
    known = [*of_services, TOO_OLD, OLD_KEY_TYPE, CLIENT_FILES, ENVIRONMENT]
    for index, name in enumerate(inventory.settings.acknowledge):
        if name not in known:
            advice = hint(name, known, "a notice prints its name.")
            yield Problem(("acknowledge", index), f"is no notice; {advice} Known are {', '.join(known)}")
