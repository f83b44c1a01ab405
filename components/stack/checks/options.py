"""What is refused in `options`: unknown sections and options, those that are written, those that are not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from components.services.at import At
from components.services.option import ANY, BACKEND, NEVER_EXISTED, Option
from components.services.service import AnyService
from components.settings.option_line import option_key, option_keys
from components.settings.problem import Problem, hint
from components.settings.releases import is_before
from components.stack.checks.declared import appeared, removed, undeclared
from components.stack.inventory import Inventory
from components.stack.wired_service import WiredService
from providers.formats.oslo_ini import OSLO


def option_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each problem with `options`, and each back end that is called like a section with another meaning."""
    for wired in inventory.wired_services:
        yield from _backends(wired)
        for section, options in wired.mine.options.items():
            yield from _section(inventory, wired, section, options)


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


def _section(inventory: Inventory, wired: WiredService, section: str, options: Mapping[str, str]) -> Iterator[Problem]:
    service, backends = wired.service, wired.service.backends(wired.mine)
    known = [*backends, *service.option_sections]
    unchecked = option_keys(wired.mine.unchecked_options, OSLO)
    checked = [option for option in options if option_key(section, option, OSLO) not in unchecked]
    if section not in known and checked:
        advice = hint(section, known, f"known are {', '.join(known)}")
        yield Problem((service.name, "options", section), f"is no section of this service's options; {advice}")
        return
    for option in options:
        where, backend = (service.name, "options", section, option), section in backends
        row = _protecting(inventory, wired, section, option, backend=backend)
        if row:
            yield Problem(where, f"is written from {row.setting}; set that instead")
            continue
        if option not in checked:
            continue
        if problem := why_not_read(inventory, service, section, option, backend=backend):
            yield Problem(where, problem)
        elif problem := harm(service, inventory.settings.release, section, option, options[option]):
            yield Problem(where, f"{problem}. {service.name}.unchecked_options lets it through")


def harm(service: AnyService, release: str, section: str, option: str, value: str) -> str | None:
    """Say what harm a value does with data on Ceph; None when it does none."""
    for row in service.harmful:
        named = (row.section.lower(), row.name) == (section.lower(), option)
        if not named or not row.refused or row.only_beside or (row.since and is_before(release, row.since)):
            continue
        if row.is_harmful(value):
            return f"{row.why}; {row.instead}"
    return None


def why_not_read(inventory: Inventory, service: AnyService, section: str, option: str, *, backend: bool) -> str | None:
    """Say why the release does not read an option of a service; None when it does."""
    release, rows = inventory.settings.release, rows_of_file(service, inventory.services)
    if problem := unread(release, rows, section, option, backend=backend):
        return problem
    names = (option, "")
    has_row = any(row.section == (BACKEND if backend else section) and row.name in names for row in rows)
    return None if has_row else undeclared(service, release, section, option, backend=backend)


def _protecting(
    inventory: Inventory, wired: WiredService, section: str, option: str, *, backend: bool
) -> Option[Any] | None:
    """Return the row that keeps an option from being set in `options`; none for an option that is left unmanaged."""
    if option_key(section, option, OSLO) in option_keys(wired.mine.unmanaged_options, OSLO):
        return None
    release = inventory.settings.release
    for row in wired.service.options:
        if row.name != option or row.section != (BACKEND if backend else section):
            continue
        if row.override == "never" and row.written and row.read_by(release):
            return row
        if row.override == "unwritten" and row.written_for(release) and _is_written(inventory, wired, row, section):
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
    return [*service.options, *(row for other in same_file for row in other.options if row.until)]


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
        if row.until == NEVER_EXISTED:
            return f"no release ever had this option; {row.instead}"
        if row.until and not (row.since and is_before(release, row.since)):
            return removed(row.until, release, row.instead)
    for row in about:
        return appeared(row.since, release)
    return None
