"""What every host does once there is a way to start its agent: connect once, ask, apply, name the step that failed."""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from providers.errors import Changed, HostError, StepFailed
from providers.reach import trace
from providers.reach.channel import AgentChannel, AgentEnded
from providers.reach.host_access import HostAccess
from providers.reach.steps import KeySource, Step

CEPH_OPERATIONS = ("mon_read", "pool_content", "user_sessions")
RECONNECTS = 1
HELLO_S = 30.0


class AgentHost(ABC):
    """A host with one agent for the whole run. The first call starts it; a failure to reach the host is kept for the run.

    An agent that ended is replaced once, so that what it left unknown can be read again; the new one kills the old one first.
    """

    def __init__(
        self, access: HostAccess, ceph_conf: str = "/etc/ceph/ceph.conf", ceph_entity: str = "client.admin"
    ) -> None:
        self.access = access
        self.ceph = {"conf": ceph_conf, "entity": ceph_entity}
        self._lock = threading.Lock()
        self._channel: AgentChannel | None = None
        self._hello: dict[str, Any] = {}
        self._host_key = ""
        self._failure = ""
        self._starts = 0

    @abstractmethod
    def _start(self) -> tuple[AgentChannel, str]:
        """Start an agent; return its channel and the host key's fingerprint (empty where there is no ssh)."""

    @abstractmethod
    def _stop(self, kill: bool) -> None:
        """End the connection; without `kill` the agent may finish what is under way."""

    def _connected(self) -> AgentChannel:
        with self._lock:
            if self._failure:
                raise HostError(self._failure)
            if self._channel is not None and self._channel.ended is not None:
                self._disconnect(kill=True)
                if self._starts > RECONNECTS:
                    self._failure = f"{self.access.where}: its agent ended {self._starts} times in this run; see why, then run again"
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
        before = self._hello
        try:
            self._hello = channel.ask("hello", HELLO_S, {})
            trace.note(self.access.name, "connect")
            if before and before["machine_id"] == self._hello["machine_id"]:
                channel.ask("end_agent", HELLO_S, {"process": before["process"]})
        except StepFailed as problem:
            raise HostError(f"{self.access.where}: the agent is of no use: {problem}") from None
        except HostError:
            reason = channel.ended or "it does not answer"
            raise HostError(f"{self.access.where}: {not_started(self.access, reason)}") from None
        if before and before["machine_id"] != self._hello["machine_id"]:
            raise HostError(
                f"{self.access.where}: another machine answers than a moment ago; see where the address leads, then run again"
            )
        return channel

    def _disconnect(self, kill: bool) -> None:
        self._stop(kill)
        if self._channel is not None:
            self._channel.join(5)
            self._channel = None

    def _ask(self, operation: str, deadline_s: float, arguments: dict[str, Any]) -> Any:
        try:
            return self._connected().ask(operation, deadline_s, arguments)
        except AgentEnded:
            # It ended between the two calls, so nothing was sent.
            return self._connected().ask(operation, deadline_s, arguments)

    def identity(self) -> dict[str, str]:
        self._connected()
        return {"machine_id": self._hello["machine_id"], "host_key": self._host_key}

    def call(self, operation: str, *, deadline_s: float = 60, **arguments: Any) -> Any:
        if operation in CEPH_OPERATIONS:
            arguments.update(self.ceph)
        try:
            return self._ask(operation, deadline_s, arguments)
        except StepFailed as problem:
            raise StepFailed(
                f"{self.access.where}: {_subject(operation, arguments)}: {problem}", problem.errno_name
            ) from None

    def apply(self, steps: Sequence[Step], key_of: KeySource, *, deadline_s: float = 300) -> list[Any]:
        wire = [step.wire(key_of) for step in steps]
        try:
            values: list[Any] = self._ask("apply", deadline_s, {"steps": wire, **self.ceph})
        except StepFailed as problem:
            step = f"`{steps[problem.step_number]}`" if problem.step_number is not None else f"{len(steps)} steps"
            kind = Changed if isinstance(problem, Changed) else StepFailed
            raise kind(f"{self.access.where}: {step}: {problem}", problem.errno_name) from None
        return values

    def close(self) -> None:
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


def _subject(operation: str, arguments: dict[str, Any]) -> str:
    command = arguments.get("command")
    if isinstance(command, dict):
        return f"`ceph {command.get('prefix', '')}`"
    for name in ("unit", "pool", "paths"):
        if name in arguments:
            value = arguments[name]
            return f"{operation.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else value}"
    return operation.replace("_", " ")
