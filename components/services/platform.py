"""Platform: what is the same for all services on a family of operating systems.

Debian was read from the packages of bookworm, RHEL from RDO's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """A family of operating systems.

    Attributes:
        name: the value of the setting `platform`.
        qemu_user: the user that libvirt runs guests as. Guests write admin sockets and client logs.
        qemu_group: the group of `qemu_user`.
        install: command that installs the packages whose names follow it, asking nothing.
    """

    name: str
    qemu_user: str
    qemu_group: str
    install: str


DEBIAN = Platform(
    name="debian",
    qemu_user="libvirt-qemu",
    qemu_group="kvm",
    install="env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends",
)
RHEL = Platform(
    name="rhel",
    qemu_user="qemu",
    qemu_group="qemu",
    install="dnf install --assumeyes --setopt=install_weak_deps=False",
)

PLATFORMS = {platform.name: platform for platform in (DEBIAN, RHEL)}
