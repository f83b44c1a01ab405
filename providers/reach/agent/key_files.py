"""Files that may hold a key somebody left there: which keys each holds, as SHA-256, and nothing else of the content."""

import glob
import os
import re
from typing import Any, Dict, List

from providers.reach.agent.files import state_of
from providers.reach.agent.redaction import digest

KEY = re.compile(r"A[Qg][A-D][A-Za-z0-9+/]{29,}={0,2}")
LARGEST = 64 * 1024


def key_files(patterns: List[str]) -> List[Dict[str, Any]]:
    """Return each plain file that matches one of the shell globs; see `KeyFile` for the fields."""
    found = []
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern)}):
        try:
            state = state_of(path, False) if os.lstat(path).st_size <= LARGEST else None
        except FileNotFoundError:
            continue
        if state is not None and state["kind"] == "file":
            keys = ["sha256:" + digest(key.encode()) for key in KEY.findall(state["content"])]
            seen = {name: state[name] for name in ("owner", "group", "mode")}
            found.append(dict(seen, path=path, keys=keys))
    return found
