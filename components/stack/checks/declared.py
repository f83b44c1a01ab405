"""What the tables of declared options say of an option that no row of a service is about."""

from __future__ import annotations

from components.services.declared_options import LIBRARIES, LOGIN, DeclaredOption, DeclaredOptions, declared_options
from components.services.option import BACKEND
from components.services.service import AnyService
from components.settings.option_line import option_line
from components.settings.problem import nearest
from components.settings.releases import RELEASES, is_before, release_title


def removed(release: str, here: str, instead: str) -> str:
    """Return the line about an option that a release dropped, for a cloud of the release `here`."""
    return f"removed in {release_title(release)}, {here} ignores it; {instead}"


def appeared(release: str, here: str) -> str:
    """Return the line about an option that came later than the release `here`."""
    return f"appeared in {release_title(release)}, {here} ignores it; leave it out until the cloud runs that release"


def undeclared(service: AnyService, release: str, section: str, option: str, *, backend: bool) -> str | None:
    """Say why nothing of a release reads an option; None when something does, or when the file has no table.

    Args:
        service: the service whose file has the option.
        release: the OpenStack release.
        section: where the option stands.
        option: its name.
        backend: whether the section is named after a back end or store.
    """
    if not service.declared_in:
        return None
    table, there = declared_options(service.declared_in), BACKEND if backend else section
    found = table.find(there, option)
    if (found and release in found.read_by) or _is_of_a_library(table, there, option):
        return None
    if found is None:
        return _unknown(service, table, release, section, there, option)
    earlier = [one for one in RELEASES if one in found.read_by and is_before(one, release)]
    if earlier:
        dropped = RELEASES[RELEASES.index(earlier[-1]) + 1]
        return removed(dropped, release, _instead(found))
    return appeared(min(found.read_by, key=RELEASES.index), release)


def _is_of_a_library(table: DeclaredOptions, section: str, option: str) -> bool:
    """Return whether a library of the service reads the option: of any release, because libraries go their own way."""
    libraries = declared_options(LIBRARIES)
    if libraries.find(section, option):
        return True
    return table.find(section, "auth_section") is not None and libraries.find(LOGIN, option) is not None


def _instead(option: DeclaredOption) -> str:
    return f"its name is {option.now[1]} in [{option.now[0]}]" if option.now else "leave it out"


def _unknown(service: AnyService, table: DeclaredOptions, release: str, section: str, there: str, option: str) -> str:
    """Return the line about an option that no release declares in this section."""
    names = [*table.names(there, release), *declared_options(LIBRARIES).names(there, release)]
    elsewhere = [other for other in sorted(table.sections()) if option in table.names(other, release)]
    if elsewhere:
        of_a_backend = "a section of a back end or store"
        where = " and ".join(of_a_backend if other == BACKEND else f"[{other}]" for other in elsewhere)
        advice = f"it is one of {where}; move it there."
    elif guess := nearest(option, names):
        advice = f'did you mean "{guess}"?'
    else:
        advice = "take it out."
    line = option_line(section, option)
    own = f"If a plug-in or a patch of yours reads it, list {line} in {service.name}.unchecked_options, too"
    return f"is no option of [{section}] in {release}; {advice} {own}"
