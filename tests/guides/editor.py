#!/usr/bin/env python3
"""An operator's editor, and crudini, on INI files: the file's other lines stay as they are.

As a program this file stands in for crudini, which Debian's root of the lab lacks: `--set`, `--get` and, for a block
pasted in an editor, `--paste FILE <BLOCK`.
"""

import re
import sys
from pathlib import Path

HEADER = re.compile(r"\[(.+)\]\s*$")
OPTION = re.compile(r"([^\s#;\[=][^=]*?)\s*=\s?(.*)$")


def blocks(block: str) -> list[tuple[str, str, str]]:
    """Return the options of a guide's block: section, option and the line as the guide has it; `...` is left out."""
    section, found = "DEFAULT", []
    for line in block.splitlines():
        header, option = HEADER.match(line.strip()), OPTION.match(line.strip())
        if header:
            section = header[1]
        elif option:
            found.append((section, option[1], line.strip()))
    return found


def paste(text: str, block: str) -> str:
    """Paste a guide's block: an option's own line is replaced, another line goes below what was pasted so far."""
    written: dict[str, int] = {}
    for section, option, line in blocks(block):
        start, end, lines = _section(text, section)
        here = _line_of(lines, start, end, option)
        if here is None:
            here = start + written.get(section, 0)
            lines.insert(here, line)
            written[section] = written.get(section, 0) + 1
        else:
            lines[here] = line
        text = "\n".join(lines) + "\n"
    return text


def set_option(text: str, section: str, option: str, value: str) -> str:
    """Do what `crudini --set` does: replace the option's line, or add one at the end of the section."""
    start, end, lines = _section(text, section)
    here = _line_of(lines, start, end, option)
    if here is not None:
        lines[here] = f"{option} = {value}"
    else:
        while end > start and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, f"{option} = {value}")
    return "\n".join(lines) + "\n"


def get_option(text: str, section: str, option: str) -> str:
    """Do what `crudini --get` does, and exit as it does when there is no such option."""
    start, end, lines = _section(text, section)
    here = _line_of(lines, start, end, option)
    if here is None:
        raise SystemExit(f"Parameter not found: {option}")
    found = OPTION.match(lines[here])
    return found[2] if found else ""


def _section(text: str, section: str) -> tuple[int, int, list[str]]:
    """Return a section's first line, the line after its last, and all lines; a missing section is added at the end."""
    lines = text.splitlines()
    headers = [(number, found[1]) for number, line in enumerate(lines) if (found := HEADER.match(line))]
    for place, (number, name) in enumerate(headers):
        if name == section:
            end = headers[place + 1][0] if place + 1 < len(headers) else len(lines)
            return number + 1, end, lines
    lines += ["", f"[{section}]"]
    return len(lines), len(lines), lines


def _line_of(lines: list[str], start: int, end: int, option: str) -> int | None:
    for number in range(start, end):
        found = OPTION.match(lines[number])
        if found and found[1] == option:
            return number
    return None


def main(arguments: list[str]) -> None:
    """Change or read one file."""
    verb, name, *rest = arguments
    file = Path(name)
    text = file.read_text()
    if verb == "--get":
        print(get_option(text, *rest))
    else:
        file.write_text(paste(text, sys.stdin.read()) if verb == "--paste" else set_option(text, *rest))


if __name__ == "__main__":
    main(sys.argv[1:])
