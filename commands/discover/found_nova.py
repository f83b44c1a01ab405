"""FoundNova: what a nova.conf says of Ceph."""

from __future__ import annotations

from dataclasses import dataclass

from commands.discover.service_file import ServiceFile


@dataclass(frozen=True)
class FoundNova:
    """What a compute does with Ceph.

    Attributes:
        disks: Whether servers have their own disks in a pool; otherwise only volumes are attached.
        pool: The pool's name; empty without `disks`.
        user: The user's name without `client.`; empty when no option names one.
        secret: The secret's UUID; empty when no option names one.
        conf: Path of ceph.conf; empty when no option names one.
        cachemodes: `disk_cachemodes`; empty when it is not set.
    """

    disks: bool
    pool: str
    user: str
    secret: str
    conf: str
    cachemodes: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What has to be the same on all computes with disks in a pool, because the settings say it once."""
        return self.pool, self.user, self.secret


def found_nova(file: ServiceFile) -> FoundNova:
    """Return what the compute does with Ceph."""
    disks = file.value("libvirt", "images_type") == "rbd"
    return FoundNova(
        disks=disks,
        pool=file.text("libvirt", "images_rbd_pool", "rbd") if disks else "",
        user=file.text("libvirt", "rbd_user"),
        secret=file.text("libvirt", "rbd_secret_uuid").lower(),
        conf=file.text("libvirt", "images_rbd_ceph_conf"),
        cachemodes=file.text("libvirt", "disk_cachemodes"),
    )
