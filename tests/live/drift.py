"""A round of drift: several things changed on the nodes as an operator would, one preview, one `up --refresh`.

One round holds drifts of different resources, so that each drift can be judged by itself. The round as a whole is
judged by its exactness: what was updated, what was restarted, and that /etc is as before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.live import lab
from tests.live.stack import Run, Stack

Service = tuple[str, str]
# Not anchored to the line's beginning, because the dots of the CLI's progress may stand there.
UPDATED = re.compile(r"[~+-] +pulumi-python:dynamic/\S+ (\S+) (?:updated|created|deleted|replaced|\*\*.*\*\*)")
BROKEN = re.compile(r"Error connecting to ceph cluster|Could not determine disk usage|Failed to initialize driver")
READ_OPTION = """
import json, sys
from oslo_config import cfg
files, section, option = json.load(sys.stdin)
conf = cfg.ConfigOpts()
conf.register_opts([cfg.StrOpt(option)], group=None if section == "DEFAULT" else section)
conf(files, project="none", default_config_files=[], default_config_dirs=[])
print((conf if section == "DEFAULT" else conf[section])[option])
"""


@dataclass(frozen=True)
class Drift:
    """One thing that somebody changed by hand.

    Attributes:
        name: The drift in words.
        make: Changes the thing.
        resource: Logical name of the resource that has to show the drift.
        shows: Text that the resource's diff has to contain.
        restarted: Services that have to be restarted, because they read the thing.
        option: Service, section, option, and the value that the service's process has to read afterwards.
    """

    name: str
    make: Callable[[], Any]
    resource: str
    shows: str
    restarted: tuple[Service, ...] = ()
    option: tuple[Service, str, str, str] | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Snapshot:
    """The lab's files, cluster, libvirt secrets and services at one moment, with contents as digests."""

    etc: dict[str, dict[str, str]]
    cluster: dict[str, Any]
    secrets: dict[str, dict[str, str]]
    units: dict[Service, lab.Unit]


def snapshot() -> Snapshot:
    with ThreadPoolExecutor() as pool:
        cluster, units = pool.submit(lab.cluster_state), pool.submit(lab.units)
        secrets = dict(zip(lab.COMPUTES, pool.map(lab.secret_values, lab.COMPUTES), strict=True))
        etc = dict(zip(lab.NODES, pool.map(configuration, lab.NODES), strict=True))
        return Snapshot(etc, cluster.result(), secrets, units.result())


def configuration(node: str) -> dict[str, str]:
    return {path: state for path, state in lab.etc(node).items() if path.startswith("/etc")}


def changed_files(before: Snapshot, after: Snapshot) -> dict[str, list[str]]:
    """Return node -> paths below /etc that differ."""
    found = {
        node: sorted(path for path in {*now, *before.etc[node]} if now.get(path) != before.etc[node].get(path))
        for node, now in after.etc.items()
    }
    return {node: paths for node, paths in found.items() if paths}


@dataclass
class Round:
    """The lab before the drifts, what the two commands printed, and the lab after the repair."""

    drifts: tuple[Drift, ...]
    before: Snapshot
    preview: Run
    up: Run
    after: Snapshot
    stack: Stack = field(repr=False)

    def diff(self, resource: str) -> str:
        """Return what the preview shows of one resource, from its heading to the next heading."""
        parts = re.split(r"(?m)^(?= {4}[~+-]+ \S+: \((?:refresh|update|create|delete|replace)\)$)", self.preview.output)
        return "".join(part for part in parts if f"::{resource}]" in part)

    @property
    def updated(self) -> set[str]:
        return set(UPDATED.findall(self.up.output))

    @property
    def restarted(self) -> set[Service]:
        before, after = self.before.units, self.after.units
        return {service for service in after if after[service].invocation != before[service].invocation}

    def expect_exactly(self) -> None:
        """Assert that only the drifted resources and their readers were touched, and that the lab is as before."""
        services = {service for drift in self.drifts for service in drift.restarted}
        expected = {drift.resource for drift in self.drifts} | {f"{unit}-{node}" for node, unit in services}
        wrong = self.updated ^ expected
        printed = [line for line in self.up.output.splitlines() if any(name in line for name in wrong)]
        assert not wrong, "\n".join([f"{sorted(wrong)} updated or not:", *printed])
        assert self.restarted == services, self.restarted ^ services
        assert self.up.count("restart_unit") == len(services)
        left = changed_files(self.before, self.after)
        assert not left, left
        assert self.after.secrets == self.before.secrets
        assert self.after.cluster == self.before.cluster
        for service, found in self.after.units.items():
            assert found.active == "active", service
        for node, unit in services:
            assert not BROKEN.search(lab.log_since_start(node, unit)), (node, unit)

    def expect_named(self, drift: Drift) -> None:
        shown = self.diff(drift.resource)
        assert "(update)" in shown, f"the preview does not update {drift.resource}"
        assert drift.shows in shown.partition("(update)")[2] or drift.shows in shown, shown[-3000:]

    def expect_read(self, drift: Drift) -> None:
        """Assert that the running process was started after the repair, and reads the repaired value."""
        assert drift.option is not None
        (node, unit), section, option, value = drift.option
        assert process_reads(node, unit, section, option) == value
        started = float(lab.unit(node, unit).started)
        path = lab.CONF[unit]
        assert started >= int(float(lab.on(node, "stat", "-c", "%.3Z", path))), f"{unit} was started before the repair"


def play(stack: Stack, *drifts: Drift) -> Round:
    before = snapshot()
    for drift in drifts:
        drift.make()
    preview = stack.preview("--refresh", "--diff").ok()
    up = stack.up("--refresh").ok()
    return Round(drifts, before, preview, up, snapshot(), stack)


def process_reads(node: str, unit: str, section: str, option: str) -> str:
    """Return an option's value as oslo.config finds that value with the running process's --config-file list."""
    command = lab.on(node, "cat", f"/proc/{lab.unit(node, unit).pid}/cmdline").split("\0")
    files = [argument for argument in command if argument.startswith("--config-")]
    assert files, command
    return lab.on(node, "python3", "-c", READ_OPTION, stdin=json.dumps([files, section, option])).strip()
