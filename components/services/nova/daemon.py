"""nova-compute, as each platform packages it. Debian was read from the package of bookworm (26.2), RHEL from RDO's."""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS, Package

# nova-compute goes on running with a wrong pool or user, and says nothing short of debug when all is well. systemd
# reports its restart as done after it has asked the cluster for the pool's size, so failures are logged by then.
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
    later_files=("/etc/nova/nova-compute.conf",),  # Debian names it after nova.conf on the command line
    log="/var/log/nova/nova-compute.log",
    ready=_READY,
    failures=_FAILED,
    # Guests reach the cluster with qemu's RBD driver.
    needs=(*DEBIAN_PROGRAMS, Package("qemu-block-extra", "/usr/lib/*/qemu/block-rbd.so")),
)

# RDO starts it without --config-file, so oslo.config reads the default .conf.d folders last.
RHEL = replace(
    DEBIAN,
    unit="openstack-nova-compute",
    later_files=("/etc/nova/nova.conf.d", "/etc/nova/nova-compute.conf.d"),
    needs=(*RHEL_PROGRAMS, Package("qemu-kvm-block-rbd", "/usr/lib64/qemu-kvm/block-rbd.so")),
)

DAEMONS = {"debian": DEBIAN, "rhel": RHEL}
