"""Platform: what is the same for all services on a family of operating systems.

Debian was read from the packages of bookworm, RHEL from RDO's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Platform:
    """A family of operating systems.

    Attributes:
        name: the value of the setting `platform`.
        qemu_user: the user that libvirt runs guests as. Guests write admin sockets and client logs.
        qemu_group: the group of `qemu_user`.
        refresh: command that fetches the lists of packages; empty where `install` does so by itself.
        install: command that installs the packages whose names follow it, asking nothing, and upgrades none of them.
    """

    name: str
    qemu_user: str
    qemu_group: str
    refresh: str
    install: str


DEBIAN = Platform(
    name="debian",
    qemu_user="libvirt-qemu",
    qemu_group="kvm",
    refresh="apt-get update --quiet",
    install="env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-upgrade --no-install-recommends",
)
RHEL = Platform(
    name="rhel",
    qemu_user="qemu",
    qemu_group="qemu",
    refresh="",
    install="dnf install --assumeyes --setopt=install_weak_deps=False",
)

# Ubuntu's packages have Debian's names of units, files, users and logs.
UBUNTU = replace(DEBIAN, name="ubuntu")

PLATFORMS = {platform.name: platform for platform in (DEBIAN, UBUNTU, RHEL)}
