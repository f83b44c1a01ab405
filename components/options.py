"""How an operator's further options join the ones that a component writes."""

from __future__ import annotations

from collections.abc import Mapping


def merged(
    written: Mapping[str, Mapping[str, str]], further: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Return both, sections without options left out.

    `further` wins: what must not be overridden was refused in the settings (`components.checks`).
    """
    sections = [*written, *(section for section in further if section not in written)]
    joined = {section: {**written.get(section, {}), **further.get(section, {})} for section in sections}
    return {section: options for section, options in joined.items() if options}
