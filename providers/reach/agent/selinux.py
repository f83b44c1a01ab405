"""SELinux: the label of a file, and what the policy says of its path."""

import errno
import os
from typing import Any, Dict

from providers.reach.agent.failed import Failed
from providers.reach.agent.folders import OpenedFolder
from providers.reach.agent.packages import is_there
from providers.reach.agent.programs import run

ASKING_S = 30
LOCAL_RULES = ["semanage", "fcontext", "--list", "--locallist", "--noheading"]


def selinux_state(path: str) -> Dict[str, Any]:
    """Return what SELinux has to do with a path; see `SelinuxState` for the fields."""
    try:
        with OpenedFolder(path) as folder:
            label = label_of(folder)
    except (FileNotFoundError, NotADirectoryError):
        label = ""
    asks_policy = bool(label) and is_there("matchpathcon")
    policy = run(["matchpathcon", "-n", path], "", ASKING_S).strip() if asks_policy else ""
    asks_rules = bool(label) and is_there("semanage")
    return {"label": label, "policy": policy, "rules": run(LOCAL_RULES, "", ASKING_S) if asks_rules else None}


def label_of(folder: OpenedFolder) -> str:
    """Return the label of a plain file; empty where there is no SELinux."""
    handle = folder.open_entry()
    try:
        return os.getxattr(handle, "security.selinux").rstrip(b"\0").decode("ascii", "replace")
    except OSError as problem:
        if problem.errno not in (errno.ENODATA, errno.ENOTSUP):
            raise Failed(errno.errorcode.get(problem.errno or 0, ""), "the label of %s cannot be read" % folder.path)
        return ""
    finally:
        os.close(handle)
