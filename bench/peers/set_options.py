"""Runs on a host: sets the `section|option|value` rows of standard input in the file that the argument names.

An option's line is replaced, or else added under the header of its section. Guides leave this to the reader.
"""

import sys
from pathlib import Path

path = Path(sys.argv[1])
lines = path.read_text().splitlines()
before = list(lines)
for row in sys.stdin.read().splitlines():
    section, option, value = row.split("|", 2)
    head, wanted = f"[{section}]", f"{option} = {value}"
    if head not in lines:
        lines += ["", head]
    start = lines.index(head) + 1
    end = next((n for n in range(start, len(lines)) if lines[n].startswith("[")), len(lines))
    there = [n for n in range(start, end) if lines[n].split("=")[0].strip() == option]
    if there:
        lines[there[0]] = wanted
    else:
        lines.insert(start, wanted)
if lines != before:
    path.write_text("\n".join(lines) + "\n")
