"""A running guest with its disk in Ceph, which counts seconds on that disk; a second disk is attached to it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openstack.connection import Connection

from lab.guest import BOOT_SLOT, COUNT_SLOT
from tests.guides.guide import Guide
from tests.proof import guest, rbd, steps
from tests.proof.cloud import until
from tests.proof.guest import Boot, Console


@dataclass
class Guest:
    """A server that runs, and what has been seen of it.

    Attributes:
        cloud: The user's connection.
        server: Nova's server.
        disk: Pool and image of the guest's own disk.
        volume: The volume that is attached.
        token: What the guest last wrote on that volume.
        image: The image that the guest was made of.
        boot: What the guest printed at its only boot.
        used: How often the volume has been attached.
        counted: The number that the guest had last counted to.
    """

    cloud: Connection
    server: Any
    disk: str
    volume: Any
    token: str
    image: Any
    boot: Boot
    used: int = 1
    counted: int = 0

    def writes_on(self) -> None:
        """Fail unless the guest has not rebooted, has lost no write, and goes on counting on its disk."""
        until(f"the guest writes on {self.disk}", self._counts, 30)
        assert rbd.sector(self.disk, BOOT_SLOT) == self.boot.now, "the guest has rebooted"
        self._console_shows_no_error()

    def _console_shows_no_error(self) -> None:
        text = Console(self.cloud, self.server).text()
        assert "cannot write" not in text, text[-2000:]
        assert "I/O error" not in text, text[-2000:]

    def _counts(self) -> bool | None:
        now = int(rbd.sector(self.disk, COUNT_SLOT) or 0)
        grown = now > self.counted
        self.counted = max(now, self.counted)
        return grown or None

    def takes_its_volume_again(self) -> None:
        """Detach the volume and attach it again, for which Nova, libvirt and qemu open the cluster anew."""
        steps.detach(self.cloud, self.server, self.volume)
        Console(self.cloud, self.server).lost(self.used)
        steps.attach(self.cloud, self.server, self.volume)
        self.used += 1
        found, wrote = Console(self.cloud, self.server).used(self.volume, self.used)
        assert found == self.token
        self.token = wrote

    def reads_its_image(self) -> None:
        """Read the image whole, from the store that it was uploaded to."""
        content = self.cloud.image.download_image(self.image).content
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == self.image.checksum


def start(cloud: Connection, admin: Connection, guide: Guide, disk: Path, folder: Path) -> Guest:
    """Upload an image as the guide does, make a volume, boot a server on Ceph and attach the volume."""
    image = upload(cloud, guide, disk, folder)
    volume_type(admin, guide)
    if guide.boots_from_volume:
        root = steps.create_volume(cloud, "root", image=image)
        server, name = steps.boot(cloud, "guest", volume=root), f"volume-{root.id}"
    else:
        server = steps.boot(cloud, "guest", image=image)
        name = f"{server.id}_disk"
    volume = steps.create_volume(cloud, "data")
    boot = Console(cloud, server).boot()
    steps.attach(cloud, server, volume)
    _, token = Console(cloud, server).used(volume)
    return Guest(cloud, server, f"{guide.guest_pool}/{name}", volume, token, image, boot)


def upload(cloud: Connection, guide: Guide, disk: Path, folder: Path) -> Any:
    """Upload the guest's disk, with a marker of its own, in the guide's format."""
    made = guest.disk_with(f"guide-{guide.number}-{secrets.token_hex(4)}", disk, folder / "guest.raw")
    if guide.image_format == "raw":
        return steps.upload(cloud, "guest", made)
    convert = (
        "d=$(mktemp -d) && cat >$d/raw && qemu-img convert -f raw -O qcow2 $d/raw $d/qcow2 && cat $d/qcow2; rm -r $d"
    )
    qcow2 = made.with_suffix(".qcow2")
    qcow2.write_bytes(rbd.write_through("controller1", convert, made.read_bytes()))
    return steps.upload(cloud, "guest", qcow2, "qcow2")


def volume_type(admin: Connection, guide: Guide) -> None:
    """Make a type that selects the guide's back end, because Cinder takes the lab's NFS for alive for 60 s more.

    The scheduler may have been restarted, too, and then knows the back end only after the back end's next report.
    """
    if not any(kind.name == steps.BACKEND for kind in admin.block_storage.types()):
        specs = {"volume_backend_name": guide.volume_backend_name}
        admin.block_storage.create_type(name=steps.BACKEND, extra_specs=specs)

    def reported() -> bool | None:
        names = [pool.name for pool in admin.block_storage.backend_pools()]
        return any(name.endswith(f"#{guide.volume_backend_name}") for name in names) or None

    until("Cinder's scheduler knows the back end", reported, 90)
