"""AgentHost: what every host does once there is a way to start its agent."""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TypeVar

from providers.errors import Changed, HostError, StepFailed
from providers.reach import trace
from providers.reach.answers.answer import Text, in_form
from providers.reach.answers.cluster_as_user import ClusterAsUser
from providers.reach.answers.file_state import FileState
from providers.reach.answers.guest import Guest
from providers.reach.answers.hello import Hello
from providers.reach.answers.image_locks import ImageLocks
from providers.reach.answers.key_file import KeyFile
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.answers.machine_identity import MachineIdentity
from providers.reach.answers.pool_content import PoolContent
from providers.reach.answers.selinux_state import SelinuxState
from providers.reach.answers.session import Session
from providers.reach.answers.socket_answer import SocketAnswer
from providers.reach.answers.unit_state import UnitState
from providers.reach.answers.watcher import Watcher
from providers.reach.channel import AgentChannel, AgentEnded
from providers.reach.host_access import HostAccess
from providers.reach.steps import HostStep, JournalStep, KeySource, host_steps

RECONNECTS = 1
HELLO_S = 30.0
ANSWER_S = 60.0
CONTENT_S = 120.0
AS_USER_S = 90.0
RESTART_MORE_S = 30.0
T = TypeVar("T")


class AgentHost(ABC):
    """A host with one agent for the whole run.

    The first call starts the agent. A failure to reach the host is kept for the run. An agent that ended is replaced
    once, so that what the agent left unknown can be read again. The new agent kills the old one first.

    Args:
        access: How the host is reached.
        ceph_conf: Path of ceph.conf on the host, for questions about the cluster.
        ceph_entity: As whom the host asks the cluster.
    """

    def __init__(
        self, access: HostAccess, ceph_conf: str = "/etc/ceph/ceph.conf", ceph_entity: str = "client.admin"
    ) -> None:
        self.access = access
        self.ceph = {"conf": ceph_conf, "entity": ceph_entity}
        self._lock = threading.Lock()
        self._channel: AgentChannel | None = None
        self._hello: Hello | None = None
        self._host_key = ""
        self._failure = ""
        self._starts = 0
        self._asking = threading.Lock()
        self._key_types: list[str] | None = None

    @abstractmethod
    def _start(self) -> tuple[AgentChannel, str]:
        """Start an agent. Return its channel, and the host key's fingerprint or an empty text where there is no ssh."""

    @abstractmethod
    def _stop(self, kill: bool) -> None:
        """End the connection. Without `kill` the agent may finish what is under way."""

    def _connected(self) -> AgentChannel:
        with self._lock:
            if self._failure:
                raise HostError(self._failure)
            if self._channel is not None and self._channel.ended is not None:
                self._disconnect(kill=True)
                if self._starts > RECONNECTS:
                    where = self.access.where
                    self._failure = (
                        f"{where}: its agent ended {self._starts} times in this run; see why, then run again"
                    )
                    raise HostError(self._failure)
            if self._channel is not None:
                return self._channel
            try:
                return self._connect()
            except HostError as problem:
                self._failure = str(problem)
                self._disconnect(kill=True)
                raise

    def _connect(self) -> AgentChannel:
        self._starts += 1
        channel, self._host_key = self._start()
        self._channel = channel
        before, where = self._hello, self.access.where
        try:
            hello = self._hello = in_form(Hello, channel.ask("hello", HELLO_S, {}), where, "`hello`")
            trace.note(self.access.name, "connect")
            if before and before.machine_id == hello.machine_id:
                channel.ask("end_agent", HELLO_S, {"process": before.process})
        except StepFailed as problem:
            raise HostError(f"{where}: the agent cannot be used: {problem}") from None
        except HostError:
            reason = channel.ended or "it does not answer"
            raise HostError(f"{where}: {not_started(self.access, reason)}") from None
        if before and before.machine_id != hello.machine_id:
            raise HostError(
                f"{where}: another machine answers than a moment ago; see where the address leads, then run again"
            )
        return channel

    def _disconnect(self, kill: bool) -> None:
        self._stop(kill)
        if self._channel is not None:
            self._channel.join(5)
            self._channel = None

    def _ask(self, operation: str, deadline_s: float, arguments: Mapping[str, object]) -> object:
        try:
            return self._connected().ask(operation, deadline_s, arguments)
        except AgentEnded:
            # The agent ended between the two calls, so nothing was sent.
            return self._connected().ask(operation, deadline_s, arguments)

    def identity(self) -> MachineIdentity:
        """See `RemoteHost`."""
        self._connected()
        return MachineIdentity(self._hello.machine_id if self._hello else "", self._host_key)

    def _answer(
        self, form: type[T], operation: str, arguments: Mapping[str, object], deadline_s: float = ANSWER_S
    ) -> T:
        """Ask the agent for one operation that changes no file, and return the answer in its form."""
        where, question = self.access.where, _question(operation, arguments)
        try:
            answer = self._ask(operation, deadline_s, arguments)
        except StepFailed as problem:
            raise StepFailed(f"{where}: {question}: {problem}", problem.errno_name) from None
        return in_form(form, answer, where, question)

    def read_files(
        self,
        paths: Sequence[str],
        *,
        patterns: Sequence[str] = (),
        follow: Sequence[str] = (),
        hide_keys: bool = False,
        lock: str = "",
    ) -> dict[str, FileState]:
        """See `RemoteHost`."""
        arguments = {"paths": list(paths), "patterns": list(patterns), "hide_keys": hide_keys, "lock": lock}
        arguments["follow"] = list(follow)
        return self._answer(dict[Text, FileState], "read_files", arguments)

    def key_files(self, patterns: Sequence[str]) -> list[KeyFile]:
        """See `RemoteHost`."""
        return self._answer(list[KeyFile], "key_files", {"patterns": list(patterns)})

    def key_types(self) -> list[str]:
        """See `RemoteHost`."""
        with self._asking:  # every keyring and secret of the host asks, and the answer takes a second
            if self._key_types is None:
                self._key_types = self._answer(list[str], "key_types", {})
            return self._key_types

    def package_versions(self, names: Sequence[str]) -> dict[str, str]:
        """See `RemoteHost`."""
        return self._answer(dict[str, str], "package_versions", {"names": list(names)})

    def mon_read(self, form: type[T], prefix: str, *, hide_keys: bool = True, **arguments: str) -> T:
        """See `RemoteHost`."""
        command = {"prefix": prefix, **arguments}
        return self._answer(form, "mon_read", {"command": command, "hide_keys": hide_keys, **self.ceph})

    def mgr_read(self, form: type[T], prefix: str, **arguments: str) -> T:
        """See `RemoteHost`."""
        return self._answer(form, "mgr_read", {"command": {"prefix": prefix, **arguments}, **self.ceph})

    def pool_content(self, pool: str) -> PoolContent:
        """See `RemoteHost`."""
        return self._answer(PoolContent, "pool_content", {"pool": pool, **self.ceph}, CONTENT_S)

    def pool_images(self, pool: str) -> list[str]:
        """See `RemoteHost`."""
        return self._answer(list[str], "pool_images", {"pool": pool, **self.ceph}, CONTENT_S)

    def image_watchers(self, pool: str, images: Sequence[str]) -> list[Watcher]:
        """See `RemoteHost`."""
        arguments = {"pool": pool, "images": list(images), **self.ceph}
        return self._answer(list[Watcher], "image_watchers", arguments, CONTENT_S)

    def image_locks(self, pool: str, images: Sequence[str]) -> ImageLocks:
        """See `RemoteHost`."""
        arguments = {"pool": pool, "images": list(images), **self.ceph}
        return self._answer(ImageLocks, "image_locks", arguments, CONTENT_S)

    def user_sessions(self, entities: Sequence[str]) -> list[Session]:
        """See `RemoteHost`."""
        return self._answer(list[Session], "user_sessions", {"entities": list(entities), **self.ceph})

    def pools_as_user(self, user: str, conf: str, entity: str, pools: Sequence[str]) -> ClusterAsUser:
        """See `RemoteHost`."""
        arguments = {"user": user, "conf": conf, "entity": entity, "pools": list(pools)}
        return self._answer(ClusterAsUser, "pools_as_user", arguments, AS_USER_S)

    def unit_state(self, unit: str) -> UnitState:
        """See `RemoteHost`."""
        return self._answer(UnitState, "unit_state", {"unit": unit})

    def restart_unit(self, unit: str, log: str, *, timeout_s: float) -> int:
        """See `RemoteHost`."""
        arguments = {"unit": unit, "log": log, "timeout_s": timeout_s}
        return self._answer(int, "restart_unit", arguments, timeout_s + RESTART_MORE_S)

    def log_since(self, unit: str, log: str, *, start: int, invocation: str, since_usec: int) -> str:
        """See `RemoteHost`."""
        since = {"start": start, "invocation": invocation, "since_usec": since_usec}
        return self._answer(str, "log_since", {"unit": unit, "log": log, **since})

    def libvirt_secrets(self) -> list[LibvirtSecret]:
        """See `RemoteHost`."""
        return self._answer(list[LibvirtSecret], "libvirt_secrets", {})

    def libvirt_users(self, uuids: Sequence[str]) -> dict[str, list[str]]:
        """See `RemoteHost`."""
        return self._answer(dict[str, list[str]], "libvirt_users", {"uuids": list(uuids)})

    def libvirt_guests(self) -> list[Guest]:
        """See `RemoteHost`."""
        return self._answer(list[Guest], "libvirt_guests", {})

    def libvirt_local_disks(self) -> dict[str, list[str]]:
        """See `RemoteHost`."""
        return self._answer(dict[str, list[str]], "libvirt_local_disks", {})

    def libvirt_rbd_disks(self) -> dict[str, list[str]]:
        """See `RemoteHost`."""
        return self._answer(dict[str, list[str]], "libvirt_rbd_disks", {})

    def selinux_state(self, path: str) -> SelinuxState:
        """See `RemoteHost`."""
        return self._answer(SelinuxState, "selinux_state", {"path": path})

    def ask_sockets(self, folder: str, pids: Sequence[int], command: str, option: str = "") -> list[SocketAnswer]:
        """See `RemoteHost`."""
        arguments = {"folder": folder, "pids": list(pids), "command": command, "option": option}
        return self._answer(list[SocketAnswer], "ask_sockets", arguments, CONTENT_S)

    def apply(
        self, steps: Sequence[HostStep | JournalStep], key_of: KeySource, *, deadline_s: float = 360
    ) -> list[str | None]:
        """See `RemoteHost`."""
        single = host_steps(steps)
        wire = [step.wire(key_of) for step in single]
        try:
            printed = self._ask("apply", deadline_s, {"steps": wire, **self.ceph})
        except StepFailed as problem:
            step = f"`{single[problem.step_number]}`" if problem.step_number is not None else f"{len(single)} steps"
            kind = Changed if isinstance(problem, Changed) else StepFailed
            raise kind(f"{self.access.where}: {step}: {problem}", problem.errno_name) from None
        return in_form(list[str | None], printed, self.access.where, "`apply`")

    def close(self) -> None:
        """See `RemoteHost`."""
        with self._lock:
            self._disconnect(kill=False)


def not_started(access: HostAccess, reason: str) -> str:
    """Return why no agent answered, and what to do about it."""
    login = f"{access.user}@{access.address}"
    if re.search(r"password is required|terminal is required|must have a tty", reason):
        return (
            f"sudo asks {login} for a password; allow that user to run {access.python} without one (NOPASSWD, see"
            " docs/access.md), or set `ssh.sudo: false` if the user is root"
        )
    if re.search(r"not in the sudoers file|not allowed to execute|may not run sudo", reason):
        return f"sudo does not let {login} run {access.python}; add the rule of docs/access.md"
    if missing := re.search(r"(\S+): (command )?not found", reason):
        return (
            f"there is no program {missing[1]} for {login}; install it, or correct `ssh.python`, `ssh.sudo` or `prefix`"
        )
    return f"the agent did not start with `{' '.join(access.command())}`: {reason}; see docs/access.md"


def _question(operation: str, arguments: Mapping[str, object]) -> str:
    """Return what was asked, as errors name it."""
    command = arguments.get("command")
    if isinstance(command, dict):
        return f"`ceph {command.get('prefix', '')}`"
    for name in ("unit", "pool", "paths"):
        if name in arguments:
            value = arguments[name]
            return f"{operation.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else value}"
    return operation.replace("_", " ")
