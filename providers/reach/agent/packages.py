"""Packages: which version of each is installed."""

import os
import re
from typing import Dict, List

from providers.reach.agent.failed import Failed
from providers.reach.agent.programs import PATH, run

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
ASKING_S = 30
DPKG = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Version}"]
RPM = ["rpm", "--query", "--queryformat", "installed %{VERSION}-%{RELEASE}"]


def package_versions(names: List[str]) -> Dict[str, str]:
    """Return the version of each package that is installed; a package that is not is left out."""
    for name in names:
        if not NAME.fullmatch(name):
            raise Failed("EINVAL", "that is no name of a package")
    asking = next((asking for asking in (DPKG, RPM) if is_there(asking[0])), None)
    found = {}
    for name in names if asking else []:
        try:
            words = run([*asking, name], "", ASKING_S).split()  # type: ignore[misc]
        except Failed:
            continue  # It is not known here.
        if len(words) == 2 and words[0] == "installed":
            found[name] = words[1]
    return found


def is_there(program: str) -> bool:
    """Return whether there is such a program."""
    return any(os.access(os.path.join(folder, program), os.X_OK) for folder in PATH.split(":"))
