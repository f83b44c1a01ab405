"""What every host does once there is a way to start its agent: connect once, ask, apply, name the step that failed."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from providers.errors import Changed, HostError, StepFailed
from providers.remote import trace
from providers.remote.channel import AgentChannel
from providers.remote.host import HostAccess
from providers.remote.step import KeySource, Step


class AgentHost(ABC):
    """A host with one agent for the whole run. The first call starts it; a failure to reach the host is kept for the run."""

    def __init__(
        self, access: HostAccess, ceph_conf: str = "/etc/ceph/ceph.conf", ceph_entity: str = "client.admin"
    ) -> None:
        self.access = access
        self.ceph = {"conf": ceph_conf, "entity": ceph_entity}
        self._lock = threading.Lock()
        self._channel: AgentChannel | None = None
        self._identity: dict[str, str] = {}
        self._failure: HostError | None = None

    @abstractmethod
    def _start(self) -> tuple[AgentChannel, str]:
        """Start an agent; return its channel and the host key's fingerprint (empty where there is no ssh)."""

    @abstractmethod
    def _stop(self) -> None:
        """End the connection."""

    def _connected(self) -> AgentChannel:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._channel is None:
                try:
                    self._channel, host_key = self._start()
                    hello = self._channel.ask("hello", 30, {})
                except HostError as failure:
                    self._failure = failure
                    self._channel = None
                    self._stop()
                    raise
                self._identity = {"machine_id": hello["machine_id"], "host_key": host_key}
                trace.note(self.access.name, "connect")
            return self._channel

    def identity(self) -> dict[str, str]:
        self._connected()
        return dict(self._identity)

    def call(self, operation: str, *, deadline_s: float = 60, **arguments: Any) -> Any:
        if operation in ("mon_read", "pool_content", "user_sessions"):
            arguments.update(self.ceph)
        try:
            return self._connected().ask(operation, deadline_s, arguments)
        except StepFailed as problem:
            raise StepFailed(
                f"{self.access.where}: {_subject(operation, arguments)}: {problem}", problem.errno_name
            ) from None

    def apply(self, steps: Sequence[Step], key_of: KeySource, *, deadline_s: float = 300) -> list[Any]:
        wire = [step.wire(key_of) for step in steps]
        try:
            values: list[Any] = self._connected().ask("apply", deadline_s, {"steps": wire, **self.ceph})
        except StepFailed as problem:
            step = steps[problem.step_number or 0]
            kind = Changed if isinstance(problem, Changed) else StepFailed
            raise kind(f"{self.access.where}: `{step}`: {problem}", problem.errno_name) from None
        return values

    def close(self) -> None:
        with self._lock:
            if self._channel is not None:
                self._stop()
                self._channel = None


def _subject(operation: str, arguments: dict[str, Any]) -> str:
    command = arguments.get("command")
    if isinstance(command, dict):
        return f"`ceph {command.get('prefix', '')}`"
    for name in ("unit", "pool", "paths"):
        if name in arguments:
            value = arguments[name]
            return f"{operation.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else value}"
    return operation.replace("_", " ")
