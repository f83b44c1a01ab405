"""What an installed agent may do: the list of its administrator. An agent that is sent over ssh has no list."""

import fnmatch
from typing import Any, Dict, List, Optional

from providers.reach.agent.failed import Failed

NO_ARGUMENTS = (
    "hello",
    "key_types",
    "libvirt_guests",
    "libvirt_local_disks",
    "libvirt_rbd_disks",
    "libvirt_secrets",
    "libvirt_users",
    "package_versions",
)
UNITS = ("unit_state", "restart_unit", "log_since")
CEPH = (
    "mon_read",
    "mon_command",
    "mgr_read",
    "mgr_command",
    "pool_init",
    "pool_content",
    "pool_images",
    "image_watchers",
    "image_locks",
    "break_lock",
    "user_sessions",
)


class Allowed:
    """A list that each request is held against before anything is done.

    Args:
        paths: Shell patterns of paths that may be read and changed. `*` also stands for `/`.
        programs: The programs that may run, each as one shell pattern per argument.
        units: Names of the units that may be looked at and restarted.
        ceph: Whether the agent may ask and change the cluster.
        reads: Shell patterns of paths that may be read only.
        users: The accounts as which pools may be listed.
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

    def check(self, operation: str, arguments: Dict[str, Any]) -> None:
        """Raise unless the request, and each step in it, is on the list. An unknown operation is not allowed."""
        if operation == "apply":
            for number, step in enumerate(arguments["steps"]):
                try:
                    self.check(step["do"], dict(step, conf=arguments["conf"]))
                except Failed as problem:
                    raise Failed(problem.name, str(problem), number)
            return
        if not all(self.answers(operation, arguments)):
            raise Failed("EPERM", "%s of this is not on the list of the agent that is installed here" % operation)

    def answers(self, operation: str, arguments: Dict[str, Any]) -> List[bool]:
        """Return what the list says of each thing that the request is about."""
        if operation in ("read_files", "if_unchanged"):
            lock = [arguments["lock"]] if arguments.get("lock") else []
            read = arguments["paths"] + arguments["patterns"] + arguments.get("follow", []) + lock
            return [self.path(path, self.paths + self.reads) for path in read]
        if operation == "key_files":
            return [self.path(path, self.paths + self.reads) for path in arguments["patterns"]]
        if operation == "ask_sockets":
            return [self.path(arguments["folder"] + "/x", self.paths + self.reads)]
        if operation in UNITS:
            log = arguments.get("log", "journal")
            return [arguments["unit"] in self.units, log == "journal" or self.path(log)]
        if operation == "run":
            return [any(self.program(arguments["argv"], patterns) for patterns in self.programs)]
        if operation in CEPH:
            # librados does what its configuration file says, such as write logs and load libraries.
            return [self.ceph, self.conf(arguments["conf"])]
        if operation == "pools_as_user":
            return [arguments["user"] in self.users, self.conf(arguments["conf"])]
        if "path" in arguments:
            # A setuid file of root's would be a way past the list.
            return [self.path(arguments["path"]), not int(arguments.get("mode") or "0", 8) & 0o6000]
        return [operation in NO_ARGUMENTS]

    def program(self, argv: List[str], patterns: List[str]) -> bool:
        """Return whether each argument matches the pattern at its position."""
        return len(argv) == len(patterns) and all(map(fnmatch.fnmatchcase, argv, patterns))

    def conf(self, path: str) -> bool:
        """Return whether librados may read this configuration file."""
        return self.path(path, ["/etc/ceph/*.conf"] + self.paths + self.reads)

    def path(self, path: str, allowed: Optional[List[str]] = None) -> bool:
        """Return whether a path matches a pattern, by default one of `paths`."""
        patterns = self.paths if allowed is None else allowed
        return ".." not in path.split("/") and any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
