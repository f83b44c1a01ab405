"""compute1 and compute2: Debian's libvirtd, qemu and nova-compute with their shipped files, on local disks. No Ceph."""

from __future__ import annotations

from lab.controller import nova_options
from lab.machine import Machine

UNITS = (
    "libvirtd.service",
    "libvirtd.socket",
    "libvirtd-ro.socket",
    "libvirtd-admin.socket",
    "virtlogd.service",
    "virtlogd.socket",
    "virtlogd-admin.socket",
    "virtlockd.socket",
    "virtlockd-admin.socket",
    "nova-compute.service",
)

# In systemd-nspawn qemu gets no cgroups, namespaces or device nodes of its own.
_QEMU = """
cgroup_controllers = []
security_driver = "none"
namespaces = []
remember_owner = 0
user = "root"
group = "root"
"""


def prepare(machine: Machine) -> None:
    """Write what differs from Debian's files in the configuration of qemu and Nova."""
    machine.append("/etc/libvirt/qemu.conf", _QEMU)
    machine.set_options("/etc/nova/nova.conf", nova_options(machine.node.address) | {"spice": {"enabled": "false"}})
    if machine.suite.compute_stops_late:
        machine.set_options("/etc/nova/nova.conf", {"DEFAULT": {"manager_shutdown_timeout": "3"}})
    # Debian's nova-compute reads nova-compute.conf after nova.conf, and the shipped nova-compute.conf says kvm.
    machine.set_options("/etc/nova/nova-compute.conf", {"libvirt": {"virt_type": "qemu"}})


def bring_up(machine: Machine) -> None:
    """Do nothing, because the boot has started all services."""


def ready(machine: Machine) -> None:
    """Ask libvirt something. nova-compute notifies systemd when it is up, so the boot has waited for that service."""
    machine.exec(["virsh", "--connect", "qemu:///system", "version"], what="libvirt")
