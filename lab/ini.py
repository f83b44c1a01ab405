"""Set single options in a shipped configuration file; the file's thousands of other lines stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping


def edit(text: str, sections: Mapping[str, Mapping[str, str]]) -> str:
    """Return `text` with each option set.

    An option replaces its own line, or else its commented example, or else becomes the section's first line.

    Args:
        text: The file's content.
        sections: Section -> option -> value.
    """
    for section, options in sections.items():
        for option, value in options.items():
            text = _set(text, section, option, value)
    return text


def _set(text: str, section: str, option: str, value: str) -> str:
    lines = text.splitlines()
    line = f"{option} = {value}"
    headers = [number for number, old in enumerate(lines) if old.strip() == f"[{section}]"]
    if not headers:
        return "\n".join([*lines, "", f"[{section}]", line]) + "\n"
    first = headers[0] + 1
    last = next((n for n in range(first, len(lines)) if re.match(r"\[", lines[n])), len(lines))
    for pattern in (rf"{re.escape(option)}\s*=", rf"#\s?{re.escape(option)}\s*="):
        for number in range(first, last):
            if re.match(pattern, lines[number]):
                lines[number] = line
                return "\n".join(lines) + "\n"
    lines.insert(first, line)
    return "\n".join(lines) + "\n"
