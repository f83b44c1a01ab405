"""Looks for a back end that gets another name: its volumes know it by its name, and its pool by the resource's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.stack.place_look import Places

Sections = Mapping[str, dict[str, dict[str, str]]]
_POOL = "rbd_pool"
"""The option by which a back end of Cinder names its pool."""
_FLAT = "DEFAULT"


def renamed_sections(before: Places, now: Places) -> list[str]:
    """Return why a section must not give its pool to a section that is new, each with what to do.

    A volume keeps the host that it was made on, such as `controller1@fast`, and no back end of another name serves it.
    The pool's resource is named after the back end as well. So the pool would be found under the new name, and taken
    away under the old one. The only back end of a flat file has no section, and gets its first one.

    Args:
        before: Host -> component -> section -> option -> value, as the last run wrote them on this cluster.
        now: The same, as this run will write them.
    """
    found = [line for host, parts in sorted(before.items()) for line in _of_host(parts, now.get(host, {}))]
    return list(dict.fromkeys(found))


def _of_host(parts: Sections, now: Sections) -> Iterator[str]:
    for component, sections in sorted(parts.items()):
        there = now.get(component, {})
        new = {options[_POOL]: name for name, options in there.items() if name not in sections and _POOL in options}
        for name, options in sorted(sections.items()):
            pool = options.get(_POOL, "")
            if name not in there and name != _FLAT and pool in new:
                yield (
                    f"back end {name} goes, and {new[pool]} gets its pool {pool}: volumes keep the name of their back"
                    f" end, and the pool would go with {name}: keep the name {name}, or delete its volumes, take it out"
                    f" in one run, and add {new[pool]} in a later one"
                )
