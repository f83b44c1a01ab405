"""Links of the chain, broken on purpose: a step that needs the link fails, a refresh repairs it, the step works."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from tests.live import lab
from tests.live.drift import UPDATED
from tests.live.stack import Stack
from tests.proof import guest, steps
from tests.proof.cloud import until, until_status

COMPUTE = "compute2"
CINDER_KEYRING = "/etc/ceph/ceph.client.cinder.keyring"


class Bench:
    """What the steps need: an administrator, who may choose a server's host, an image, and a volume."""

    def __init__(self, admin: Connection, disk: Path) -> None:
        self.admin, self.disk = admin, disk
        self.image = steps.upload(admin, "guest", disk)
        self.volume = steps.create_volume(admin, "root", image=self.image)

    def upload(self) -> None:
        steps.upload(self.admin, "tried", self.disk)

    def create_volume(self) -> None:
        steps.create_volume(self.admin, "tried")

    def back_up(self) -> None:
        steps.backup(self.admin, self.volume, "tried")

    def boot(self) -> None:
        self._boot(image=self.image)

    def boot_from_volume(self) -> None:
        self._boot(volume=self.volume)
        until_status(lambda: self.admin.block_storage.get_volume(self.volume.id), "available", 60)

    def _boot(self, **source: Any) -> None:
        """Boot, and delete the server in any case, because a failed server keeps its volume until it is deleted."""
        try:
            steps.boot(self.admin, "tried", host=COMPUTE, **source)
        finally:
            steps.delete_servers(self.admin)


@dataclass(frozen=True)
class Link:
    """One link: how the link is broken, the step that needs the link, the resource that has to be updated."""

    name: str
    breaks: Callable[[], Any]
    step: Callable[[Bench], None]
    resource: str

    def __str__(self) -> str:
        return self.name


def wrong_caps() -> None:
    lab.on("ceph1", "ceph", "auth", "caps", "client.glance", "mon", "profile rbd", "osd", "profile rbd pool=elsewhere")


def unreadable_keyring() -> None:
    lab.shell("controller1", f"chown root: {CINDER_KEYRING} && chmod 600 {CINDER_KEYRING}")


def missing_keyring() -> None:
    lab.on("controller1", "rm", CINDER_KEYRING)


def wrong_secret() -> None:
    (secret,) = lab.secrets(COMPUTE)
    key = lab.on("ceph1", "ceph-authtool", "--gen-print-key")
    lab.on(
        COMPUTE, "virsh", "--quiet", "secret-set-value", "--secret", secret, "--file", "/dev/stdin", stdin=key.strip()
    )


def secret_of_another_cluster() -> None:
    change = f"s/^rbd_secret_uuid = .*/rbd_secret_uuid = {uuid.uuid4()}/"
    lab.on("controller1", "sed", "-i", change, "/etc/cinder/cinder.conf")
    lab.on("controller1", "systemctl", "restart", "cinder-volume")
    ready = "Driver initialization completed successfully"
    until(
        "cinder-volume is up",
        lambda: lab.log_since_start("controller1", "cinder-volume").count(ready) >= 2 or None,
        60,
    )


LINKS = [
    Link("caps of Glance's user", wrong_caps, Bench.upload, "glance-user"),
    Link("Cinder's keyring cannot be read", unreadable_keyring, Bench.create_volume, "cinder-keyring-controller1"),
    Link("Cinder's keyring is missing where backups run", missing_keyring, Bench.back_up, "cinder-keyring-controller1"),
    Link("the secret's value on one compute", wrong_secret, Bench.boot, f"cinder-secret-{COMPUTE}"),
    Link(
        "the secret that Cinder names", secret_of_another_cluster, Bench.boot_from_volume, "cinder-config-controller1"
    ),
]


@pytest.fixture(scope="module")
def bench(
    stack: Stack, admin: Connection, guest_disk: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    stack.up().ok()
    steps.volume_type(admin, steps.BACKEND)
    yield Bench(admin, guest.disk_with("links", guest_disk, tmp_path_factory.mktemp("guest") / "guest.raw"))
    steps.delete_everything(admin, admin)


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_a_broken_link_is_seen_named_and_repaired(stack: Stack, bench: Bench, link: Link) -> None:
    link.step(bench)
    link.breaks()
    with pytest.raises(AssertionError):
        link.step(bench)
    assert f"::{link.resource}]" in stack.preview("--refresh", "--diff").ok().output
    assert link.resource in UPDATED.findall(stack.up("--refresh").ok().output)
    link.step(bench)


def test_a_later_file_is_named_and_left_to_its_owner(stack: Stack, bench: Bench) -> None:
    """Debian's nova-compute reads nova-compute.conf after nova.conf."""
    later, option = "/etc/nova/nova-compute.conf", "images_rbd_pool = elsewhere"
    lab.on(COMPUTE, "sed", "-i", rf"s/^\[libvirt\]/&\n{option}/", later)
    try:
        lab.on(COMPUTE, "systemctl", "restart", "nova-compute")
        with pytest.raises(AssertionError):
            bench.boot()
        run = stack.up("--refresh")
        assert run.status != 0
        assert later in run.output
    finally:
        lab.on(COMPUTE, "sed", "-i", f"/^{option}/d", later)
    # nova-compute still runs with what it read at its restart.
    assert f"nova-compute-{COMPUTE}" in UPDATED.findall(stack.up("--refresh").ok().output)
    bench.boot()
