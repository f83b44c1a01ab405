"""Preflight: looks at a host before the host is changed, and refuses what would harm its servers or could not work.

A preflight changes nothing and keeps no journal. An operator answers a refusal on the host or in the settings, and runs
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.errors import Refused
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step
from providers.reach.machines import Machines
from providers.undo import Undo

SHOWN = 3


class PreflightDesired(OnHost):
    """What a host has to have, and must not have."""

    packages: dict[str, str] = Field(
        default_factory=dict,
        description="Package, and a shell pattern of paths, one of which is there when the package is installed.",
    )
    refuse_local_disks: bool = Field(
        False,
        description="Whether servers with disks on the host itself are refused, because the host gets images_type rbd.",
    )


@dataclass(frozen=True)
class PreflightObserved:
    """What the host has.

    Attributes:
        where: The host as messages name it.
        missing: Packages that are not installed.
        local_disks: Servers with a disk that Nova made on the host itself: (domain, path of one disk).
    """

    where: str
    missing: tuple[str, ...] = ()
    local_disks: tuple[tuple[str, str], ...] = ()


class PreflightKind(KindOnHost[PreflightDesired, PreflightObserved]):
    """A preflight. It plans no steps: the host is fit, or the run is refused."""

    noun = "preflight"
    desired = PreflightDesired
    fixed = {"host": "the host is part of the resource's name; give the new host a resource of its own"}
    lifecycle = Lifecycle(
        create="Refuses, before anything is changed on the host, a host that lacks a package, or that has servers with"
        " disks of its own while `refuse_local_disks` is set. Changes nothing.",
        read="Looks at the packages, and at the disks if asked to.",
        update="As create.",
        delete="Does nothing.",
    )

    @override
    def title(self, desired: PreflightDesired) -> str:
        return f"preflight of {desired.host}"

    @override
    def read(self, desired: PreflightDesired, machines: Machines) -> PreflightObserved:
        host = machines.host(desired.host)
        there = host.read_files([], patterns=sorted(set(desired.packages.values())))
        missing = tuple(
            package
            for package, pattern in desired.packages.items()
            if not any(fnmatchcase(path, pattern) for path in there)
        )
        disks = host.libvirt_local_disks() if desired.refuse_local_disks else {}
        return PreflightObserved(
            host.access.where, missing, tuple((name, paths[0]) for name, paths in sorted(disks.items()))
        )

    @override
    def read_for_undo(self, desired: PreflightDesired, machines: Machines) -> PreflightObserved:
        return PreflightObserved(machines.access(desired.host).where)

    @override
    def plan(self, desired: PreflightDesired, observed: PreflightObserved) -> list[Step]:
        if observed.missing:
            raise Refused(
                f"{observed.where}: {', '.join(observed.missing)} not installed, so services there could not reach"
                " the cluster; nothing was changed on this host: install, or set ceph-openstack:packages to"
                " {install: true}, then run again"
            )
        if observed.local_disks:
            shown = ", ".join(f"{name} ({path})" for name, path in observed.local_disks[:SHOWN])
            more = f" and {len(observed.local_disks) - SHOWN} more" if len(observed.local_disks) > SHOWN else ""
            raise Refused(
                f"{observed.where}: disks of server {shown}{more} lie on this host, and with images_type rbd it would"
                " not start again after a hard reboot; nothing was changed on this host: move or delete these"
                " servers, or name the host in ceph-openstack:nova.attach_only to leave them as they are, then run"
                " again"
            )
        return []

    @override
    def undo(self, desired: PreflightDesired, observed: PreflightObserved) -> Undo:
        return Undo([])

    @override
    def actual(self, desired: PreflightDesired, observed: PreflightObserved) -> dict[str, Any]:
        return {}
