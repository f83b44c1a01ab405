"""A simulated site on which a stack is applied, for the tests of the commands that look at hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from components.services import SERVICES
from components.stack.declare import declare
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers import resources
from tests.sim.site import Managed, Site
from tests.sim.systemd import Unit
from tests.unit.components.graph import Declared, declared, settings
from tests.unit.prepared import Prepared

STACK = "dev"
DAEMONS = {
    "glance": "Started child 7",
    "cinder": "2026-01-01 00:00:00.000 7 INFO Starting volume driver RBDDriver (1.3.0)\n"
    "2026-01-01 00:00:01.000 7 INFO Driver initialization completed successfully.",
    "cinder_backup": "Starting cinder-backup node (version 21.3.1)",
    "nova": "Starting compute node (version 26.2.0)",
}
INSTALLED = ("python3/dist-packages/rados-2", "python3/dist-packages/rbd-1", "x86_64/qemu/block-rbd.so")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services run as root here, because this machine has no user glance."""
    for service in SERVICES:
        daemons = {name: replace(daemon, user="root", group="root") for name, daemon in service.daemons.items()}
        monkeypatch.setattr(service, "daemons", daemons)


@pytest.fixture
def wanted() -> StackSettings:
    return settings(
        hosts={"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
        glance__hosts=["api1"],
        cinder__hosts=["api1"],
        cinder_backup__hosts=["api1"],
    )


@pytest.fixture
def installed(prepared: Prepared, platform: None) -> Iterator[Site]:
    """The site with packages, services and their files as shipped, and no stack yet."""
    with prepared.copy("installed", install) as site:
        yield site


@pytest.fixture
def wired(prepared: Prepared, platform: None, wanted: StackSettings) -> Iterator[Site]:
    """The site as it is after `pulumi up`."""

    def up(site: Site) -> None:
        install(site)
        apply(site, wanted)

    with prepared.copy(f"wired as {wanted.model_dump_json()}", up) as site:
        yield site


def install(site: Site) -> None:
    for host in ("api1", "compute1", "compute2"):
        for path in (*(f"/usr/lib/{file}" for file in INSTALLED), "/usr/bin/ceph"):
            site.hosts[host].path(path).parent.mkdir(parents=True, exist_ok=True)
            site.hosts[host].path(path).touch()
        for service in SERVICES:
            daemon, log = service.daemons["debian"], DAEMONS[service.name]
            conf = site.hosts[host].path(daemon.conf)
            conf.parent.mkdir(exist_ok=True)
            conf.write_text("[DEFAULT]\n")
            site.hosts[host].systemd.add(f"{daemon.unit}.service", Unit(log=log.split("\n")))


def apply(site: Site, wanted: StackSettings) -> None:
    """Make every resource of the stack, each after what it needs."""
    resources_by_name = declared(lambda: declare(wire(wanted, STACK)), STACK)
    made: set[str] = set()
    while len(made) < len(resources_by_name):
        ready = [name for name, resource in resources_by_name.items() if name not in made and resource.needs <= made]
        assert ready
        for name in ready:
            _up(site, resources_by_name[name])
        made.update(ready)


def _up(site: Site, resource: Declared) -> None:
    made = getattr(resources, resource.kind, None)
    if made is not None and issubclass(made, resources.ManagedResource):
        steady = {"ready": {**resource.inputs["ready"], "steady_s": 0}} if resource.kind == "Service" else {}
        Managed(site, made.provider(), {**resource.inputs, **steady}).up()
