"""A server with its disk and a volume in Ceph moves to the other compute while it runs. Not among the default tests.

During the test, the computes' libvirtd takes connections on its loopback address without a password.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection

from lab.guest import BOOT_SLOT, COUNT_SLOT
from lab.nodes import NODES
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.cloud import explained, until, until_status
from tests.proof.guest import Console

pytestmark = pytest.mark.migration

FROM, TO = lab.COMPUTES

# The host UUID comes from the machine id, because the BIOS tells libvirtd on both computes the same UUID, and libvirt
# does not migrate a server to the host that the server runs on.
OPEN = """
set -eu
mkdir -p /etc/systemd/system/libvirtd-tcp.socket.d
printf '[Socket]\\nListenStream=\\nListenStream={address}:16509\\n' >/etc/systemd/system/libvirtd-tcp.socket.d/lab.conf
cp -p /etc/libvirt/libvirtd.conf /etc/libvirt/qemu.conf /run/
printf 'auth_tcp = "none"\\nhost_uuid_source = "machine-id"\\n' >>/etc/libvirt/libvirtd.conf
printf 'migration_address = "{address}"\\nmigration_host = "{name}"\\n' >>/etc/libvirt/qemu.conf
systemctl daemon-reload
systemctl stop libvirtd.service
systemctl start libvirtd-tcp.socket libvirtd.service nova-compute.service
"""
CLOSE = """
set -eu
systemctl stop libvirtd.service libvirtd-tcp.socket
rm -r /etc/systemd/system/libvirtd-tcp.socket.d
cp -p /run/libvirtd.conf /run/qemu.conf /etc/libvirt/
systemctl daemon-reload
systemctl start libvirtd.service nova-compute.service
"""


@pytest.fixture(scope="module")
def computes_reach_each_other() -> Iterator[None]:
    for name in lab.COMPUTES:
        lab.shell(name, OPEN.format(name=name, address=NODES[name].address))
    yield
    for name in lab.COMPUTES:
        lab.shell(name, CLOSE)


@pytest.fixture
def everything_is_deleted(stack: Stack, admin: Connection) -> Iterator[None]:
    yield
    steps.delete_everything(admin, admin)


def domains(node: str) -> list[str]:
    return lab.on(node, "virsh", "--quiet", "list", "--uuid").split()


def test_a_server_moves_while_it_writes(
    computes_reach_each_other: None,
    everything_is_deleted: None,
    stack: Stack,
    admin: Connection,
    guest_disk: Path,
    tmp_path: Path,
) -> None:
    # libvirt's default processor, when emulated by qemu 7.2, stops for good on arrival.
    stack.settings["nova"]["options"] = {"libvirt": {"live_migration_scheme": "tcp", "cpu_mode": "none"}}
    stack.write()
    stack.up().ok()
    steps.volume_type(admin, steps.BACKEND)
    image = steps.upload(admin, "guest", guest.disk_with("moves", guest_disk, tmp_path / "guest.raw"))
    volume = steps.create_volume(admin, "data")
    server = steps.boot(admin, "moves", image=image, host=FROM)
    boot = Console(admin, server).boot()
    steps.attach(admin, server, volume)
    _, token = Console(admin, server).used(volume)
    disk = f"vms/{server.id}_disk"
    disks = (disk, f"volumes/volume-{volume.id}")
    counted = int(rbd.sector(disk, COUNT_SLOT))
    earlier = [rbd.watchers(image) for image in disks]

    with explained():
        admin.compute.live_migrate_server(server, host=TO, block_migration="auto")
    until("the server has moved", lambda: steps.host_of(admin, server) == TO or None, 120)
    until_status(lambda: admin.compute.get_server(server.id), "active", 60)

    assert (domains(FROM), domains(TO)) == ([], [server.id])
    later = [rbd.watchers(image) for image in disks]
    assert [len(watchers) for watchers in later] == [1, 1]
    assert all(was != now for was, now in zip(earlier, later, strict=True))
    # The guest has not rebooted, and goes on counting.
    arrived = int(rbd.sector(disk, COUNT_SLOT))
    assert arrived > counted
    until("the guest writes on", lambda: int(rbd.sector(disk, COUNT_SLOT)) > arrived or None, 30)
    assert rbd.sector(disk, BOOT_SLOT) == boot.now
    # Volumes can be detached and attached on the other compute, too.
    steps.detach(admin, server, volume)
    steps.attach(admin, server, volume)
    found, _ = Console(admin, server).used(volume)
    assert found == token
