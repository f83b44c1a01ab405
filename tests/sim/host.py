"""SimHost: a RemoteHost whose files are real and whose cluster, libvirt and systemd are simulated.

A real agent over a pipe handles the files, and the host's `/` is a folder. `Cut` ends a run as SIGKILL would: after the
n-th request to a host, or half-way through a request.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from providers.errors import Changed, HostError, StepFailed, UnexpectedOutput
from providers.reach.agent.redaction import answer_without_keys
from providers.reach.answers.answer import in_form
from providers.reach.answers.cluster_as_user import ClusterAsUser, Complaint, PoolAsUser
from providers.reach.answers.file_state import FileState
from providers.reach.answers.guest import Guest
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
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from providers.reach.steps import (
    BreakLock,
    HostStep,
    IfUnchanged,
    JournalStep,
    KeySource,
    MakeDirectory,
    MgrCommand,
    MonCommand,
    PoolInit,
    PutFile,
    PutLines,
    RemoveDirectory,
    RemoveFile,
    Run,
    SetAttributes,
    host_steps,
)
from tests.sim.ceph import SimulatedCeph
from tests.sim.libvirt import SimulatedLibvirt
from tests.sim.selinux import SimulatedSelinux
from tests.sim.systemd import SimulatedSystemd

T = TypeVar("T")
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
        self.access, self.root, self.agent, self.ceph, self.cut = access, root, agent, ceph, cut
        self.further: dict[str, SimulatedCeph] = {}  # by the path of ceph.conf
        self.libvirt, self.systemd, self.selinux = SimulatedLibvirt(), SimulatedSystemd(), SimulatedSelinux()
        self.packages: dict[str, str] = {}
        self.reads_key_types = ["aes"]
        self.reachable = True
        self.machine_id, self.host_key = f"machine-{access.name}", ""
        self.steps: list[str] = []
        self.sent: list[str] = []

    def identity(self) -> MachineIdentity:
        self._reach("identity")
        return MachineIdentity(self.machine_id, self.host_key)

    def close(self) -> None:
        """The agent is the test session's."""

    def _reach(self, what: str) -> None:
        if self.cut.now() and not self.cut.half:
            raise Killed
        if not self.reachable:
            raise HostError(f"{self.access.where}: cannot connect: no route to host; check the address")
        self.cut.note(f"{self.access.name}: {what}")

    def _reach_libvirt(self, what: str) -> None:
        self._reach(what)
        if not self.libvirt.answers:
            raise StepFailed(f"{self.access.where}: libvirt does not answer: no such socket", "ECONNREFUSED")

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    # Reading

    def read_files(
        self,
        paths: Sequence[str],
        *,
        patterns: Sequence[str] = (),
        follow: Sequence[str] = (),
        hide_keys: bool = False,
        lock: str = "",
    ) -> dict[str, FileState]:
        self._reach("read_files")
        root = str(self.root)
        found = self.agent.read_files(
            [root + path for path in paths],
            patterns=[root + pattern for pattern in patterns],
            follow=[root + pattern for pattern in follow],
            hide_keys=hide_keys,
            lock=lock and root + lock,
        )
        return {path.removeprefix(root): state for path, state in found.items()}

    def key_files(self, patterns: Sequence[str]) -> list[KeyFile]:
        self._reach("key_files")
        root = str(self.root)
        found = self.agent.key_files([root + pattern for pattern in patterns])
        return [file.model_copy(update={"path": file.path.removeprefix(root)}) for file in found]

    def key_types(self) -> list[str]:
        self._reach("key_types")
        return self.reads_key_types

    def package_versions(self, names: Sequence[str]) -> dict[str, str]:
        self._reach("package_versions")
        return {name: version for name, version in self.packages.items() if name in names}

    def mgr_read(self, form: type[T], prefix: str, **arguments: str) -> T:
        return self._asked(form, prefix, arguments, hide_keys=False)

    def mon_read(self, form: type[T], prefix: str, *, hide_keys: bool = True, **arguments: str) -> T:
        return self._asked(form, prefix, {**arguments, "format": "json"}, hide_keys=hide_keys)

    def _asked(self, form: type[T], prefix: str, arguments: dict[str, str], *, hide_keys: bool) -> T:
        self._reach(f"mon_read {prefix}")
        where, question = self.access.where, f"`ceph {prefix}`"
        name, output, words = self.ceph.command({"prefix": prefix, **arguments})
        if name:
            raise StepFailed(f"{where}: {question}: {words} ({name})", name)
        try:
            answer = json.loads(output) if output.strip() else None
        except ValueError:
            raise UnexpectedOutput(f"{where}: {question}: no JSON") from None
        return in_form(form, answer_without_keys(answer) if hide_keys else answer, where, question)

    def pool_content(self, pool: str) -> PoolContent:
        self._reach("pool_content")
        return self.ceph.content(pool)

    def pool_images(self, pool: str) -> list[str]:
        self._reach("pool_images")
        if pool not in self.ceph.pools:
            raise StepFailed(f"{self.access.where}: pool images {pool}: error opening pool (ENOENT)", "ENOENT")
        return list(self.ceph.images[pool])

    def image_watchers(self, pool: str, images: Sequence[str]) -> list[Watcher]:
        self._reach("image_watchers")
        rows = [row for row in self.ceph.watchers.get(pool, []) if row["image"] in images]
        return in_form(list[Watcher], rows, self.access.where, "image watchers")

    def image_locks(self, pool: str, images: Sequence[str]) -> ImageLocks:
        self._reach("image_locks")
        return self.ceph.image_locks(pool, images)

    def user_sessions(self, entities: Sequence[str]) -> list[Session]:
        self._reach("user_sessions")
        rows = [session for session in self.ceph.sessions if session["entity"] in entities]
        return in_form(list[Session], rows, self.access.where, "user sessions")

    def pools_as_user(self, user: str, conf: str, entity: str, pools: Sequence[str]) -> ClusterAsUser:
        self._reach("pools_as_user")
        ceph = self.further.get(conf, self.ceph)
        keyring, known = self.path(conf.replace(".conf", f".{entity}.keyring")), ceph.users.get(entity)
        if known is None or not keyring.exists() or known["key"] not in keyring.read_text():
            denied = Complaint(errno="EACCES", text="PermissionDeniedError: RADOS permission denied")
            return ClusterAsUser(fsid=ceph.fsid, error=denied)
        return ClusterAsUser(fsid=ceph.fsid, pools={pool: self._pool_as(ceph, known, pool) for pool in pools})

    @staticmethod
    def _pool_as(ceph: SimulatedCeph, user: dict[str, Any], pool: str) -> PoolAsUser:
        if pool not in ceph.pools:
            return PoolAsUser(error=Complaint(errno="ENOENT", text="ObjectNotFound: error opening pool"))
        if f"pool={pool}" not in user["caps"]["osd"].replace(",", " ").split():
            return PoolAsUser(error=Complaint(errno="EPERM", text="PermissionError: error listing images"))
        return PoolAsUser(images=len(ceph.images[pool]))

    def libvirt_secrets(self) -> list[LibvirtSecret]:
        self._reach_libvirt("libvirt_secrets")
        return self.libvirt.listed()

    def libvirt_guests(self) -> list[Guest]:
        self._reach_libvirt("libvirt_guests")
        return in_form(list[Guest], self.libvirt.guests, self.access.where, "libvirt guests")

    def selinux_state(self, path: str) -> SelinuxState:
        self._reach("selinux_state")
        return self.selinux.asked(path, self.path(path))

    def ask_sockets(self, folder: str, pids: Sequence[int], command: str, option: str = "") -> list[SocketAnswer]:
        self._reach("ask_sockets")
        root = str(self.root)
        found = self.agent.ask_sockets(root + folder, pids, command, option)
        return [answer.model_copy(update={"path": answer.path.removeprefix(root)}) for answer in found]

    def libvirt_local_disks(self) -> dict[str, list[str]]:
        self._reach_libvirt("libvirt_local_disks")
        return self.libvirt.local_disks

    def libvirt_rbd_disks(self) -> dict[str, list[str]]:
        self._reach_libvirt("libvirt_rbd_disks")
        return self.libvirt.rbd_disks()

    def libvirt_users(self, uuids: Sequence[str]) -> dict[str, list[str]]:
        self._reach_libvirt("libvirt_users")
        return self.libvirt.users(uuids)

    def unit_state(self, unit: str) -> UnitState:
        self._reach("unit_state")
        return self.systemd.state(unit)

    def log_since(self, unit: str, log: str, *, start: int, invocation: str, since_usec: int) -> str:
        self._reach("log_since")
        found = self.systemd.units[unit]
        return "\n".join([*(found.earlier if since_usec < found.started_usec else []), *found.log])

    # Doing

    def restart_unit(self, unit: str, log: str, *, timeout_s: float) -> int:
        if self.cut.now() and self.cut.half:
            raise Killed
        self._reach("restart_unit")
        self.steps.append(f"systemctl restart {unit}")
        if unit not in self.systemd.units:
            raise StepFailed(f"{self.access.where}: restart unit {unit}: Unit {unit} not found", "")
        self.systemd.units[unit].start()
        return 0

    def apply(
        self, steps: Sequence[HostStep | JournalStep], key_of: KeySource, *, deadline_s: float = 360
    ) -> list[str | None]:
        for part in host_steps(steps):
            part.wire(key_of)  # as the real host: every key is fetched before the first step
        for step in steps:
            for part in host_steps([step]):
                self._apply(part, key_of, noted=not isinstance(step, JournalStep | IfUnchanged))
        return [None] * len(host_steps(steps))

    def _apply(self, step: HostStep, key_of: KeySource, *, noted: bool) -> None:
        if self.cut.now() and self.cut.half:
            self._half(step, key_of)
            raise Killed
        if not isinstance(step, IfUnchanged):  # it changes nothing, so a cut after it is a cut before it
            self._reach(str(step))
        if noted:
            self.steps.append(str(step))
        try:
            self._do(step, key_of)
        except StepFailed as problem:
            kind = Changed if isinstance(problem, Changed) else StepFailed
            text = str(problem).replace(str(self.root), "")
            raise kind(f"{self.access.where}: `{step}`: {text}", problem.errno_name) from None

    def _do(self, step: HostStep, key_of: KeySource) -> None:
        if isinstance(step, MonCommand):
            name, _, words = self.ceph.command(dict(step.command), step.input)
            if name and name not in step.accept:
                raise StepFailed(f"{words} ({name})", name)
        elif isinstance(step, MgrCommand):
            name, _, words = self.ceph.command(dict(step.command))
            if name:
                raise StepFailed(f"{words} ({name})", name)
        elif isinstance(step, PoolInit):
            self.ceph.pool_init(step.pool)
        elif isinstance(step, BreakLock):
            self.ceph.break_lock(step)
        elif isinstance(step, Run):
            self._run(step, key_of)
        elif isinstance(step, IfUnchanged):
            self.agent.apply([self._rooted(step)], key_of)
        else:
            self.agent.apply([replace(step, path=str(self.root) + step.path)], key_of)

    def _rooted(self, step: IfUnchanged) -> IfUnchanged:
        root = str(self.root)
        return IfUnchanged(
            root + step.lock,
            tuple(root + path for path in step.paths),
            tuple(root + pattern for pattern in step.patterns),
            tuple(root + pattern for pattern in step.follow),
            tuple((root + path, marks) for path, marks in step.seen),
        )

    def _run(self, step: Run, key_of: KeySource) -> None:
        wire = step.wire(key_of)
        self.sent.append(" ".join(wire["argv"]))
        if wire["argv"][0] == "virsh":
            words = self.libvirt.virsh(wire["argv"], wire["stdin"])
        elif wire["argv"][0] in ("semanage", "restorecon", "chcon"):
            words = self.selinux.run(wire["argv"])
        elif wire["argv"][:2] == ["systemctl", "stop"]:
            self.systemd.units[wire["argv"][2]].stop()
            words = ""
        else:
            words = f"unscripted program {wire['argv'][0]}"
        if words:
            raise StepFailed(f"exit status 1: error: {words}", "")

    def _half(self, step: HostStep, key_of: KeySource) -> None:
        """Leave what an agent that is killed in the middle of a step leaves."""
        if isinstance(step, MakeDirectory):
            path = self.path(step.path)
            if not path.exists():
                path.mkdir(mode=0o700)
        elif isinstance(step, SetAttributes):
            self._do(replace(step, mode=None), key_of)
        elif isinstance(step, PutFile | PutLines):
            path = self.path(step.path)
            (path.parent / f".{path.name}.ceph-openstack").write_text("half")
        elif isinstance(step, PoolInit):
            self.ceph.do_osd_pool_application_enable(step.pool, "rbd")
