"""What an operator improves after the take-over: each is one edit of the settings, with what a preview may show."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Settings = dict[str, Any]
SERVICES = ("glance", "cinder", "cinder_backup", "nova")


@dataclass(frozen=True)
class Improvement:
    """One edit.

    Attributes:
        name: What becomes better.
        edit: Changes the settings in place; settings that say nothing of the kind stay as they are.
        kinds: The types of resources that a preview may name, without the package.
    """

    name: str
    edit: Callable[[Settings], None]
    kinds: frozenset[str]

    def of(self, settings: Settings) -> Settings | None:
        """Return the edited settings, or None when the guide leaves nothing to improve here."""
        edited = copy.deepcopy(settings)
        self.edit(edited)
        return edited if edited != settings else None


def services(settings: Settings) -> Iterator[Settings]:
    return (settings[name] for name in SERVICES if name in settings)


def _pools(settings: Settings) -> None:
    for service in services(settings):
        for place in [service, *service.get("backends", {}).values()]:
            if "pool" in place:
                place["pool"].pop("init", None)


def _profiles(settings: Settings) -> None:
    for service in services(settings):
        if "user" in service:
            service["user"].pop("caps", None)


def _modes(settings: Settings) -> None:
    for service in services(settings):
        keyrings = service.get("keyrings", {})
        for entity, keyring in list(keyrings.items()):
            if keyring.get("managed") is not False:
                del keyrings[entity]
        if not keyrings:
            service.pop("keyrings", None)


def _one_option(settings: Settings) -> None:
    lines = settings["cinder"].get("unmanaged_options", [])
    taken = [line for line in lines if "report_discard_supported" in line]
    settings["cinder"]["unmanaged_options"] = [line for line in lines if line not in taken]


def _several_stores(settings: Settings) -> None:
    """Ask for a store with an id, in whose section an option of the single store has no place."""
    glance = settings["glance"]
    if glance.pop("layout", None) and (lines := glance.get("unmanaged_options")):
        glance["unmanaged_options"] = [line for line in lines if not line.startswith("[glance_store] rbd_store_")]


IMPROVEMENTS = (
    Improvement("rbd pool init", _pools, frozenset({"Pool"})),
    Improvement("profiles", _profiles, frozenset({"CephxUser"})),
    Improvement("keyrings", _modes, frozenset({"KeyringFile", "Service"})),
    Improvement("an option", _one_option, frozenset({"ConfigSections", "Service"})),
    Improvement("several stores", _several_stores, frozenset({"ConfigSections", "Service"})),
)
