"""Site: hosts, cluster and cloud, with Pulumi's part in miniature: states, refreshes and what is sent over the wire."""

from __future__ import annotations

import copy
import json
import os
import shutil
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from providers.base import ManagedProvider
from providers.old_inputs import OLD_INPUTS
from providers.reach import machines as current_machines
from providers.reach.access import AccessSettings, ClusterAccess
from providers.reach.host import RemoteHost
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from providers.reach.machines import Machines
from tests.sim.ceph import FSID, SimulatedCeph
from tests.sim.clock import SimulatedClock
from tests.sim.cloud import SimulatedCloud
from tests.sim.host import Cut, SimHost

FOLDERS = ("etc/ceph", "etc/cinder", "var/lib", "run")
HOSTS = ("ceph1", "api1", "compute1", "compute2")
WEST_FSID = "0e57e57e-0c1e-4d0a-9b6e-1ab0ce9d0502"


@dataclass(frozen=True)
class SimSettings(AccessSettings):
    """Opens simulated hosts."""

    machines: dict[str, SimHost] = field(default_factory=dict)

    def open(self, access: HostAccess, cluster: ClusterAccess | None = None) -> RemoteHost:
        return self.machines[access.name]


class Site:
    def __init__(self, root: Path, agent: LocalHost) -> None:
        self.root, self.ceph, self.cut = root, SimulatedCeph(), Cut()
        self.cloud, self.clock = SimulatedCloud(self.cut), SimulatedClock()
        self.hosts: dict[str, SimHost] = {}
        self.west_name = "west"
        for name in HOSTS:
            for folder in FOLDERS:
                (root / name / folder).mkdir(parents=True)
            self.hosts[name] = SimHost(HostAccess(name, "192.0.2.1"), root / name, agent, self.ceph, self.cut)
        self.new_run()

    def new_run(self) -> None:
        """Start another provider process: nothing is remembered, every host answers afresh."""
        access = {name: host.access for name, host in self.hosts.items()}
        further = {WEST_FSID: ClusterAccess("west1", name=self.west_name)} if "west1" in self.hosts else {}
        settings = SimSettings(access, "ceph1", further=further, machines=self.hosts)
        current_machines.replace_current(Machines(settings, lambda _place: self.cloud, self.clock))

    def add_west(self) -> None:
        """Add a second cluster, which west1 speaks for."""
        self.west = SimulatedCeph(WEST_FSID)
        self.west.monitor = "192.0.2.9"
        agent = self.hosts[HOSTS[0]].agent
        (self.root / "west1").mkdir()
        self.hosts["west1"] = SimHost(HostAccess("west1", "192.0.2.2"), self.root / "west1", agent, self.west, self.cut)
        for host in self.hosts.values():
            host.further["/etc/ceph/west.conf"] = self.west
        self.new_run()

    def copied(self, root: Path) -> Site:
        """Return another site that is as this one is right after a run, with its files below `root`.

        Files get the times of their last change in the same order, and every process that runs counts as started after
        all of them, because the program compares such times.
        """
        agent = self.hosts[HOSTS[0]].agent
        twin = copy.deepcopy(self, {id(agent): agent})
        twin.root = root
        _copy_files(self.root, root)
        time.sleep(0.008)  # the clock by which the kernel stamps files may be some milliseconds behind
        for name, host in twin.hosts.items():
            host.root = root / name
            for unit in host.systemd.units.values():
                unit.started_usec = int(time.time() * 1e6) if unit.active else 0
        twin.new_run()
        return twin

    def cut_after(self, number: int | None, half: bool = False) -> None:
        self.cut.after, self.cut.half = number, half
        self.cut.done.clear()

    def steps(self) -> list[str]:
        """Return what was done since the last question, on all hosts, without the journal's writing."""
        done = [step for host in self.hosts.values() for step in host.steps]
        done += self.cloud.steps
        for host in self.hosts.values():
            host.steps.clear()
        self.cloud.steps.clear()
        return done

    def files(self) -> dict[str, tuple[Any, ...]]:
        """Return every file and folder of every host: mode, owner, group, content."""
        found: dict[str, tuple[Any, ...]] = {}
        for path in sorted(self.root.rglob("*")):
            state = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(state.st_mode) else b""
            found[str(path.relative_to(self.root))] = (oct(state.st_mode), state.st_uid, state.st_gid, content)
        return found

    def everything(self) -> dict[str, Any]:
        """Return all that a destroy has to leave as it was."""
        return {
            "files": self.files(),
            "cluster": self.ceph.state(),
            "west": self.west.state() if "west1" in self.hosts else None,
            "cloud": self.cloud.state(),
            "labels": {name: host.selinux.state() for name, host in self.hosts.items()},
            "secrets": {name: host.libvirt.state() for name, host in self.hosts.items()},
            "active": {
                f"{name} {unit}": state.active
                for name, host in self.hosts.items()
                for unit, state in host.systemd.units.items()
            },
        }


def _copy_files(source: Path, target: Path) -> None:
    """Copy a folder with modes, owners and links, the file that changed last as the last one."""
    there = {path: path.lstat() for path in source.rglob("*")}
    folders = {path for path, state in there.items() if stat.S_ISDIR(state.st_mode)}
    files = sorted(there.keys() - folders, key=lambda path: there[path].st_ctime_ns)
    target.mkdir(parents=True)
    for path in (*sorted(folders), *files):
        copied = target / path.relative_to(source)
        if path in folders:
            copied.mkdir()
            shutil.copystat(path, copied)
        else:
            shutil.copy2(path, copied, follow_symlinks=False)
        os.chown(copied, there[path].st_uid, there[path].st_gid, follow_symlinks=False)


class CheckRefused(Exception):
    """`check` refused the inputs, which ends a preview."""


def wire(value: Any) -> Any:
    """Return what arrives on the other side of Pulumi's protocol: numbers are floats, None is gone."""
    if isinstance(value, dict):
        return {name: wire(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [wire(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass
class Managed:
    """One resource, with what the state holds of it."""

    site: Site
    provider: ManagedProvider
    props: dict[str, Any]
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outs: dict[str, Any] | None = None

    def change(self, **props: Any) -> Managed:
        self.props = {name: value for name, value in {**self.props, **props}.items() if value is not None}
        return self

    def checked(self) -> dict[str, Any]:
        result = self.provider.check(dict(self.inputs), wire(self.props))
        if result.failures:
            raise CheckRefused(" | ".join(failure.reason for failure in result.failures))
        inputs: dict[str, Any] = wire(result.inputs)
        return inputs

    def wants(self) -> bool:
        """Whether a preview would show something to do."""
        inputs = self.checked()
        return self.outs is None or self.differs(inputs)

    def differs(self, inputs: dict[str, Any]) -> bool:
        assert self.outs is not None
        changes = self.provider.diff(self.id, {**wire(self.outs), OLD_INPUTS: dict(self.inputs)}, inputs).changes
        return inputs != self.inputs if changes is None else changes

    def up(self) -> str:
        """Return `create`, `update` or `same`, as Pulumi would name it."""
        self.site.new_run()
        inputs = self.checked()
        if self.outs is None:
            created = self.provider.create(dict(inputs))
            self.id, self.outs, what = created.id, wire(created.outs), "create"
        elif self.differs(inputs):
            self.outs, what = wire(self.provider.update(self.id, dict(self.outs), dict(inputs)).outs), "update"
        else:
            what = "same"
        self.inputs = inputs
        json.dumps(self.outs)
        return what

    def refresh(self) -> None:
        assert self.outs is not None
        self.site.new_run()
        result = self.provider.read(self.id, dict(self.outs))
        assert result.id == self.id
        self.outs, self.inputs = wire(result.outs), wire(result.inputs)

    def drift(self) -> dict[str, Any]:
        """Refresh, and return the inputs that are others now."""
        before = self.inputs
        self.refresh()
        return {name: value for name, value in self.inputs.items() if before.get(name) != value} | {
            name: None for name in before if name not in self.inputs
        }

    def destroy(self) -> None:
        self.site.new_run()
        if self.outs is not None:
            self.provider.delete(self.id, dict(self.outs))
            self.outs, self.inputs = None, {}


__all__ = ["FSID", "CheckRefused", "Managed", "Site", "wire"]
