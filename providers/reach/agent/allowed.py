"""What an installed agent may do: its administrator's list, checked before anything else. An agent that is sent has none."""

import fnmatch
from typing import Any, Dict, List, Optional

from providers.reach.agent.failed import Failed

NO_ARGUMENTS = ("hello", "libvirt_local_disks", "libvirt_secrets", "libvirt_users")
CEPH = ("mon_read", "mon_command", "pool_init", "pool_content", "user_sessions")


class Allowed:
    """Paths as shell patterns in which `*` also stands for `/`, programs word by word as such patterns, units by name.

    `reads` are paths that may be read only, `users` those as whom pools may be listed.
    """

    def __init__(
        self,
        paths: List[str],
        programs: List[List[str]],
        units: List[str],
        ceph: bool = False,
        reads: Optional[List[str]] = None,
        users: Optional[List[str]] = None,
    ) -> None:
        self.paths, self.programs, self.units, self.ceph = paths, programs, units, ceph
        self.reads, self.users = reads or [], users or []

    def check(self, operation: str, words: Dict[str, Any]) -> None:
        """Raise unless the request, and each step in it, is on the list. What is not known here is not allowed."""
        if operation == "apply":
            for number, step in enumerate(words["steps"]):
                try:
                    self.check(step["do"], dict(step, conf=words["conf"]))
                except Failed as problem:
                    raise Failed(problem.name, str(problem), number)
            return
        asked = []
        if operation in ("read_files", "if_unchanged"):
            read = words["paths"] + words["patterns"] + ([words["lock"]] if words.get("lock") else [])
            asked = [self.path(path, self.paths + self.reads) for path in read]
        elif operation in ("unit_state", "restart_unit", "log_since"):
            asked.append(words["unit"] in self.units)
            if operation != "unit_state" and words["log"] != "journal":
                asked.append(self.path(words["log"]))
        elif operation == "run":
            asked = [any(self.program(words["argv"], patterns) for patterns in self.programs)]
        elif operation in CEPH:
            # librados does what its file says, also writing logs and loading libraries.
            asked = [self.ceph, self.conf(words["conf"])]
        elif operation == "pools_as_user":
            asked = [words["user"] in self.users, self.conf(words["conf"])]
        elif "path" in words:
            # A setuid file of root's would be a way past the list.
            asked = [self.path(words["path"]), not int(words.get("mode") or "0", 8) & 0o6000]
        elif operation not in NO_ARGUMENTS:
            asked = [False]
        if not all(asked):
            raise Failed("EPERM", "%s of this is not on the list of the agent that is installed here" % operation)

    def program(self, argv: List[str], patterns: List[str]) -> bool:
        return len(argv) == len(patterns) and all(map(fnmatch.fnmatchcase, argv, patterns))

    def conf(self, path: str) -> bool:
        return self.path(path, ["/etc/ceph/*.conf"] + self.paths + self.reads)

    def path(self, path: str, allowed: Optional[List[str]] = None) -> bool:
        patterns = self.paths if allowed is None else allowed
        return ".." not in path.split("/") and any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
