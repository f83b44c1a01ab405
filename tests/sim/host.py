"""SimHost: a RemoteHost whose files are real and whose cluster, libvirt and systemd are simulated.

A real agent over a pipe handles the files, and the host's `/` is a folder. `Cut` ends a run as SIGKILL would: after the
n-th request to a host, or half-way through a request.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from providers.errors import Changed, HostError, StepFailed, UnexpectedOutput
from providers.reach.agent.ceph import without_keys
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from providers.reach.steps import (
    KeySource,
    MakeDirectory,
    MonCommand,
    PoolInit,
    PutFile,
    RemoveDirectory,
    RemoveFile,
    Run,
    SetAttributes,
    Step,
)
from tests.sim.ceph import SimulatedCeph
from tests.sim.libvirt import SimulatedLibvirt
from tests.sim.systemd import SimulatedSystemd

FileStep = PutFile | RemoveFile | SetAttributes | MakeDirectory | RemoveDirectory


class Killed(BaseException):
    """The run ended here; not an Exception, so that nothing catches it."""


@dataclass
class Cut:
    """Ends the run after `after` primitive things, or half-way through the next one. `done` names what was done."""

    after: int | None = None
    half: bool = False
    done: list[str] = field(default_factory=list)

    def now(self) -> bool:
        return self.after is not None and len(self.done) >= self.after

    def note(self, what: str) -> None:
        self.done.append(what)


class SimHost:
    """One host of the site."""

    def __init__(self, access: HostAccess, root: Path, agent: LocalHost, ceph: SimulatedCeph, cut: Cut) -> None:
        self.access, self.root, self._agent, self.ceph, self.cut = access, root, agent, ceph, cut
        self.libvirt, self.systemd = SimulatedLibvirt(), SimulatedSystemd()
        self.reachable = True
        self.machine_id = f"machine-{access.name}"
        self.steps: list[str] = []
        self.sent: list[str] = []

    def identity(self) -> dict[str, str]:
        self._reach("identity")
        return {"machine_id": self.machine_id, "host_key": ""}

    def close(self) -> None:
        """The agent is the test session's."""

    def _reach(self, what: str) -> None:
        if self.cut.now() and not self.cut.half:
            raise Killed
        if not self.reachable:
            raise HostError(f"{self.access.where}: cannot connect: no route to host; check the address")
        self.cut.note(f"{self.access.name}: {what}")

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    # Reading

    def call(self, operation: str, *, deadline_s: float = 60, **arguments: Any) -> Any:
        if operation == "restart_unit" and self.cut.now() and self.cut.half:
            raise Killed
        self._reach(f"{operation} {arguments.get('command', {}).get('prefix', '')}".strip())
        return getattr(self, f"_{operation}")(**arguments)

    def _read_files(self, paths: list[str], patterns: list[str], hide_keys: bool) -> dict[str, Any]:
        root = str(self.root)
        answer = self._agent.call(
            "read_files",
            paths=[root + path for path in paths],
            patterns=[root + pattern for pattern in patterns],
            hide_keys=hide_keys,
        )
        return {path.removeprefix(root): state for path, state in answer.items()}

    def _mon_read(self, command: dict[str, Any], hide_keys: bool) -> Any:
        name, output, words = self.ceph.command({**command, "format": "json"})
        if name:
            raise StepFailed(f"{self.access.where}: `ceph {command['prefix']}`: {words} ({name})", name)
        try:
            value = json.loads(output) if output.strip() else None
        except ValueError:
            raise UnexpectedOutput(f"{self.access.where}: `ceph {command['prefix']}`: no JSON") from None
        return without_keys(value) if hide_keys else value

    def _pool_content(self, pool: str) -> dict[str, Any]:
        return self.ceph.content(pool)

    def _user_sessions(self, entities: list[str]) -> list[dict[str, str]]:
        return [session for session in self.ceph.sessions if session["entity"] in entities]

    def _pools_as_user(self, user: str, conf: str, entity: str, pools: list[str]) -> dict[str, Any]:
        keyring, known = self.path(f"/etc/ceph/ceph.{entity}.keyring"), self.ceph.users.get(entity)
        seen: dict[str, Any] = {"fsid": self.ceph.fsid, "pools": {}}
        if known is None or not keyring.exists() or known["key"] not in keyring.read_text():
            return {**seen, "error": {"errno": "EACCES", "text": "PermissionDeniedError: RADOS permission denied"}}
        for pool in pools:
            if pool not in self.ceph.pools:
                seen["pools"][pool] = {"error": {"errno": "ENOENT", "text": "ObjectNotFound: error opening pool"}}
            elif f"pool={pool}" not in known["caps"]["osd"].replace(",", " ").split():
                seen["pools"][pool] = {"error": {"errno": "EPERM", "text": "PermissionError: error listing images"}}
            else:
                seen["pools"][pool] = {"images": len(self.ceph.images[pool])}
        return seen

    def _libvirt_secrets(self) -> list[dict[str, Any]]:
        return self.libvirt.listed()

    def _libvirt_local_disks(self) -> dict[str, list[str]]:
        return self.libvirt.local_disks

    def _libvirt_users(self, uuids: list[str]) -> dict[str, list[str]]:
        return self.libvirt.users(uuids)

    def _unit_state(self, unit: str) -> dict[str, Any]:
        return self.systemd.state(unit)

    def _restart_unit(self, unit: str, log: str, timeout_s: float) -> int:
        self.steps.append(f"systemctl restart {unit}")
        if unit not in self.systemd.units:
            raise StepFailed(f"{self.access.where}: restart unit {unit}: Unit {unit} not found", "")
        self.systemd.units[unit].start()
        return 0

    def _log_since(self, unit: str, log: str, start: int, invocation: str, since_usec: int) -> str:
        found = self.systemd.units[unit]
        return "\n".join([*(found.earlier if since_usec < found.started_usec else []), *found.log])

    # Doing

    def apply(self, steps: Sequence[Step], key_of: KeySource, *, deadline_s: float = 300) -> list[Any]:
        for step in steps:
            step.wire(key_of)  # as the real host: every key is fetched before the first step
        for step in steps:
            if self.cut.now() and self.cut.half:
                self._half(step, key_of)
                raise Killed
            self._reach(str(step))
            self.steps.append(str(step))
            try:
                self._do(step, key_of)
            except StepFailed as problem:
                kind = Changed if isinstance(problem, Changed) else StepFailed
                text = str(problem).replace(str(self.root), "")
                raise kind(f"{self.access.where}: `{step}`: {text}", problem.errno_name) from None
        return [None] * len(steps)

    def _do(self, step: Step, key_of: KeySource) -> None:
        if isinstance(step, MonCommand):
            name, _, words = self.ceph.command(dict(step.command), step.input)
            if name and name not in step.accept:
                raise StepFailed(f"{words} ({name})", name)
        elif isinstance(step, PoolInit):
            self.ceph.pool_init(step.pool)
        elif isinstance(step, Run):
            self._run(step, key_of)
        elif isinstance(step, PutFile | RemoveFile | SetAttributes | MakeDirectory | RemoveDirectory):
            self._agent.apply([replace(step, path=str(self.root) + step.path)], key_of)
        else:
            raise TypeError(step)

    def _run(self, step: Run, key_of: KeySource) -> None:
        wire = step.wire(key_of)
        self.sent.append(" ".join(wire["argv"]))
        if wire["argv"][0] == "virsh":
            words = self.libvirt.virsh(wire["argv"], wire["stdin"])
        elif wire["argv"][:2] == ["systemctl", "stop"]:
            self.systemd.units[wire["argv"][2]].stop()
            words = ""
        else:
            words = f"unscripted program {wire['argv'][0]}"
        if words:
            raise StepFailed(f"exit status 1: error: {words}", "")

    def _half(self, step: Step, key_of: KeySource) -> None:
        """Leave what an agent that is killed in the middle of a step leaves."""
        if isinstance(step, MakeDirectory):
            path = self.path(step.path)
            if not path.exists():
                path.mkdir(mode=0o700)
        elif isinstance(step, SetAttributes):
            self._do(replace(step, mode=None), key_of)
        elif isinstance(step, PutFile):
            path = self.path(step.path)
            (path.parent / f".{path.name}.ceph-openstack").write_text("half")
        elif isinstance(step, PoolInit):
            self.ceph.do_osd_pool_application_enable(step.pool, "rbd")
