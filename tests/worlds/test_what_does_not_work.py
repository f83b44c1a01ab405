"""In every world, `up` ends in an error when a service that it has restarted cannot work with the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lab.record import world
from tests.live import lab
from tests.live.stack import Run, Stack

ENTITY = "client.cinder"


@pytest.fixture(scope="module")
def applied(stack: Stack) -> Stack:
    """A stack without Glance and backups, which plays no part here."""
    for service in ("glance", "cinder_backup"):
        del stack.settings[service]
    stack.write()
    stack.up().ok()
    return stack


@contextmanager
def an_option(stack: Stack, service: str, section: str, name: str, value: int) -> Iterator[Run]:
    """Run `up` with one option of a service, so that the service restarts; then take the option out again."""
    options: dict[str, Any] = stack.settings[service]
    options["options"] = {section: {name: value}}
    stack.write()
    try:
        yield stack.up()
    finally:
        del options["options"]
        stack.write()


def test_a_compute_whose_pool_is_gone(applied: Stack) -> None:
    """nova-compute goes on running, and says so in its log only; in 2025.1 after systemd has called it started."""
    lab.on("ceph1", "ceph", "osd", "pool", "rename", "vms", "elsewhere")
    try:
        with an_option(applied, "nova", "libvirt", "rbd_destroy_volume_retries", 13) as run:
            assert run.status != 0, run.output[-4000:]
            for host in lab.COMPUTES:
                assert f"{host} (" in run.output
            assert "nova-compute.service says" in run.output
    finally:
        lab.on("ceph1", "ceph", "osd", "pool", "rename", "elsewhere", "vms")
    applied.up().ok()


def test_services_whose_key_does_not_work(applied: Stack) -> None:
    export = f"ceph auth get {ENTITY} -o /tmp/kept"
    kind = world().key_type  # a key that the hosts read, and that is not the cluster's
    made = f"ceph-authtool --gen-print-key{f' --key-type {kind}' if kind else ''}"
    other = f'k=$({made}) && sed "s|key = .*|key = $k|" /tmp/kept >/tmp/other'
    lab.shell("ceph1", f"{export} && {other} && ceph auth import -i /tmp/other")
    try:
        with an_option(applied, "nova", "libvirt", "rbd_destroy_volume_retries", 14) as run:
            assert run.status != 0, run.output[-4000:]
            assert "nova-compute.service" in run.output
        with an_option(applied, "cinder", "ceph", "rbd_max_clone_depth", 4) as run:
            assert run.status != 0, run.output[-4000:]
            assert "cinder-volume.service" in run.output
    finally:
        lab.shell("ceph1", "ceph auth import -i /tmp/kept; rm -f /tmp/kept /tmp/other")
    applied.up("--refresh").ok()
    assert {place: unit.active for place, unit in lab.units().items()} == dict.fromkeys(lab.SERVICES, "active")
