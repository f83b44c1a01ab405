"""nova-compute, as each platform packages it.

Sources: Debian's package of bookworm (26.2), and RDO's package for RHEL.
"""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS, Package

# nova-compute goes on running with a wrong pool or user. When all is well it logs no line about Ceph above debug.
# In Zed, systemd reports the restart as done after nova-compute has asked for the pool's size, so failures are logged
# by then. In 2025.1 systemd does so before, and a failure is logged up to 3.6 s later on an idle machine. Releases in
# between were not measured.
_LATER = {"2023.1": {"steady_s": 10}}
_READY = (r"Starting compute node",)
_FAILED = (
    r"Could not determine disk usage",
    r"Pool \S+ could not be found",
    r"Error updating resources for node",
    r"ConfigFileValueError",
)

DEBIAN = Daemon(
    unit="nova-compute",
    user="nova",
    group="nova",
    conf="/etc/nova/nova.conf",
    later_files=("/etc/nova/nova-compute.conf",),  # it comes after nova.conf on the command line, so its values win
    log="/var/log/nova/nova-compute.log",
    ready_lines=_READY,
    failure_lines=_FAILED,
    since=_LATER,
    # Guests reach the cluster with qemu's RBD driver.
    ceph_packages=(
        *DEBIAN_PROGRAMS,
        Package("qemu-block-extra", installed_path="/usr/lib/*/qemu/block-rbd.so"),
    ),
)

# RDO starts nova-compute without --config-file. So oslo.config reads the default .conf.d folders last, and they win.
RHEL = replace(
    DEBIAN,
    unit="openstack-nova-compute",
    later_files=("/etc/nova/nova.conf.d", "/etc/nova/nova-compute.conf.d"),
    ceph_packages=(
        *RHEL_PROGRAMS,
        Package("qemu-kvm-block-rbd", installed_path="/usr/lib64/qemu-kvm/block-rbd.so"),
    ),
)

DAEMONS = {"debian": DEBIAN, "ubuntu": DEBIAN, "rhel": RHEL}
