"""What is refused in `options`: unknown sections, options written from a setting, options that are not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from components.services.at import At
from components.services.option import ANY, BACKEND, NEVER_EXISTED, Option
from components.services.service import AnyService
from components.settings.option_line import option_key, option_keys
from components.settings.problem import Problem, hint
from components.settings.releases import RELEASES
from components.stack.inventory import Inventory
from components.stack.wired_service import WiredService
from providers.formats.oslo_ini import OSLO


def option_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each problem with `options`, and each back end that is called like a section with another meaning."""
    for wired in inventory.wired_services:
        yield from _backends(wired)
        for section, options in wired.mine.options.items():
            yield from _section(inventory, wired, section, list(options))


def _backends(wired: WiredService) -> Iterator[Problem]:
    service = wired.service
    taken = [*(section.lower() for section in service.option_sections), *service.reserved_sections]
    seen: dict[str, str] = {}
    for name, where in service.backends(wired.mine).items():
        if any(fnmatchcase(name.lower(), pattern) for pattern in taken):
            yield Problem((service.name, *where), "is a section with a meaning of its own; choose another name")
        if name.lower() in seen:
            yield Problem(
                (service.name, *where),
                f'is the same section as "{seen[name.lower()]}": upper and lower case count as one; choose another '
                "name",
            )
        seen.setdefault(name.lower(), name)


def _section(inventory: Inventory, wired: WiredService, section: str, options: Sequence[str]) -> Iterator[Problem]:
    service, backends = wired.service, wired.service.backends(wired.mine)
    known = [*backends, *service.option_sections]
    if section not in known:
        advice = hint(section, known, f"known are {', '.join(known)}")
        yield Problem((service.name, "options", section), f"is no section of this service's options; {advice}")
        return
    for option in options:
        where, backend = (service.name, "options", section, option), section in backends
        row = _protecting(inventory, wired, section, option, backend=backend)
        if row:
            yield Problem(where, f"is written from {row.setting}; set that instead")
            continue
        rows = rows_of_file(service, inventory.services)
        problem = unread(inventory.settings.release, rows, section, option, backend=backend)
        if problem:
            yield Problem(where, problem)


def _protecting(
    inventory: Inventory, wired: WiredService, section: str, option: str, *, backend: bool
) -> Option[Any] | None:
    """Return the row that keeps an option from being set in `options`; none for an option that is left unmanaged."""
    if option_key(section, option, OSLO) in option_keys(wired.mine.unmanaged_options, OSLO):
        return None
    for row in wired.service.options:
        here = row.written and row.name == option and row.section == (BACKEND if backend else section)
        if here and row.override == "never":
            return row
        if here and row.override == "unwritten" and _is_written(inventory, wired, row, section):
            return row
    return None


def _is_written(inventory: Inventory, wired: WiredService, row: Option[Any], section: str) -> bool:
    ats = [At(wired.mine, inventory.site, inventory.others, host, section) for host in wired.mine.hosts]
    return any(
        (row.value is not None and row.value(at) is not None) or (row.items is not None and bool(row.items(at)))
        for at in ats
    )


def rows_of_file(service: AnyService, services: Sequence[AnyService]) -> list[Option[Any]]:
    """Return the rows of a service, and the rows of removed options of other services that write the same file."""
    same_file = [other for other in services if other is not service and _files(other) & _files(service)]
    return [*service.options, *(row for other in same_file for row in other.options if row.removed_in)]


def _files(service: AnyService) -> set[str]:
    """Return the paths of a service's file on all platforms."""
    return {daemon.conf for daemon in service.daemons.values()}


def unread(release: str, rows: Sequence[Option[Any]], section: str, option: str, *, backend: bool) -> str | None:
    """Say why `release` would not read `option` in `section`; None when it would.

    Args:
        release: the OpenStack release.
        rows: the rows of the file.
        section: where the option stands.
        option: its name.
        backend: whether the section is named after a back end or store.
    """
    named = (ANY, section, *([BACKEND] if backend else []))
    about = [row for row in rows if row.section in named and row.name in ("", option) and not row.read_by(release)]
    for row in about:
        if row.removed_in == NEVER_EXISTED:
            return f"no release ever had this option; {row.instead}"
        if row.removed_in and not (row.added_in and _before(release, row.added_in)):
            return f"removed in {row.removed_in}, {release} ignores it; {row.instead}"
    for row in about:
        return f"appeared in {row.added_in}, {release} ignores it; leave it out until the cloud runs that release"
    return None


def _before(release: str, other: str) -> bool:
    return RELEASES.index(release) < RELEASES.index(other)
