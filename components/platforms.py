"""What an operating system's packages call things: units, users, files, logs.

Debian was read from the packages of bookworm (glance 25.1, cinder 21.3, nova 26.2), RHEL from RDO's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Daemon:
    """One OpenStack process as a platform packages it.

    unit        -- systemd unit, without `.service`
    user, group -- who it runs as: its keyrings are readable by them and nobody else
    conf        -- the file that our options go to
    later_files -- files and `.d` folders that the process reads after `conf`: what they set wins
    log         -- path of its log file, or `journal`
    ready       -- regular expressions; each has to match a line logged since the process started
    failures    -- regular expressions; none may match such a line
    workers     -- of a daemon with a process per back end: the expressions of `providers.host.ready.Workers`
    ready_s     -- seconds until it has to be ready
    steady_s    -- seconds that it has to have been up by then without a line of `failures`
    needs       -- packages that it reaches Ceph with, besides its own; `Platform.packages` says how to see them
    """

    unit: str
    user: str
    group: str
    conf: str
    later_files: tuple[str, ...]
    log: str
    ready: tuple[str, ...]
    failures: tuple[str, ...]
    workers: tuple[str, str] | None = None
    ready_s: int = 120
    steady_s: int = 1
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Platform:
    """The daemons of one family of operating systems.

    qemu_user, qemu_group -- who libvirt runs guests as: they write admin sockets and client logs
    packages              -- package -> shell pattern of a path that is there when it is installed
    install               -- command that installs the packages whose names follow it, asking nothing
    """

    name: str
    glance_api: Daemon
    cinder_volume: Daemon
    cinder_backup: Daemon
    nova_compute: Daemon
    qemu_user: str
    qemu_group: str
    packages: Mapping[str, str]
    install: str


# Zed's lines, as docs/lab.md has them; 2023.1, 2025.1 and 2026.1 log the same (tests/releases). glance-api connects before it starts its workers, but opens the pool with the
# first upload only: of a wrong pool it says nothing.
_GLANCE_READY = (r"Started child \d+|Starting single process server|WSGI app 0 .*ready in",)
_GLANCE_FAILED = (
    r"Failed to configure store correctly",
    r"Error in store configuration",
    r"Failed to load driver",
    r"BadStoreConfiguration",
    r"Error connecting to ceph cluster",
)
# Every back end is a process of its own and logs the same lines without its name: the process number tells which belong
# together. One that is not ours may be broken: only a traceback through the RBD driver is about us.
_VOLUME_READY = (r"Starting volume driver RBDDriver",)
_VOLUME_WORKERS = (
    r"^\S+ \S+ (\d+) .*Starting volume driver RBDDriver",
    r"^\S+ \S+ (\d+) .*Driver initialization completed successfully",
)
_VOLUME_FAILED = (r"cinder/volume/drivers/rbd\.py\", line \d+, in ", r"Error connecting to ceph cluster")
# cinder-backup says nothing when its driver is up, only when it is not: it has to stay up for a while without a failure.
_BACKUP_READY = (r"Starting cinder-backup node",)
_BACKUP_STEADY_S = 5
_BACKUP_FAILED = (
    r"_setup_backup_driver' failed",
    r"is reporting problems, not sending heartbeat",
    r"Failed to initialize driver",
    r"Error connecting to ceph cluster",
)
# nova-compute goes on running with a wrong pool or user, and says nothing short of debug when all is well. systemd
# reports its restart as done after it has asked the cluster for the pool's size, so failures are logged by then.
_COMPUTE_READY = (r"Starting compute node",)
_COMPUTE_FAILED = (
    r"Could not determine disk usage",
    r"Pool \S+ could not be found",
    r"Error updating resources for node",
    r"ConfigFileValueError",
)

# glance-api uses the libraries only; Cinder and Nova also run the programs `rbd` and `ceph`, and guests qemu's RBD driver.
_LIBRARIES = ("python3-rados", "python3-rbd")
_PROGRAMS = (*_LIBRARIES, "ceph-common")

# Debian starts its daemons with --config-file, and oslo.config lets an explicit file win over the default
# /etc/*/*.conf.d folders: only what follows on the command line is read later.
DEBIAN = Platform(
    name="debian",
    glance_api=Daemon(
        unit="glance-api",
        user="glance",
        group="glance",
        conf="/etc/glance/glance-api.conf",
        later_files=(),
        log="/var/log/glance/glance-api.log",
        needs=_LIBRARIES,
        ready=_GLANCE_READY,
        failures=_GLANCE_FAILED,
    ),
    cinder_volume=Daemon(
        unit="cinder-volume",
        user="cinder",
        group="cinder",
        conf="/etc/cinder/cinder.conf",
        later_files=(),
        log="/var/log/cinder/cinder-volume.log",
        needs=_PROGRAMS,
        ready=_VOLUME_READY,
        workers=_VOLUME_WORKERS,
        failures=_VOLUME_FAILED,
    ),
    cinder_backup=Daemon(
        unit="cinder-backup",
        user="cinder",
        group="cinder",
        conf="/etc/cinder/cinder.conf",
        later_files=(),
        log="/var/log/cinder/cinder-backup.log",
        needs=_PROGRAMS,
        ready=_BACKUP_READY,
        steady_s=_BACKUP_STEADY_S,
        failures=_BACKUP_FAILED,
    ),
    nova_compute=Daemon(
        unit="nova-compute",
        user="nova",
        group="nova",
        conf="/etc/nova/nova.conf",
        later_files=("/etc/nova/nova-compute.conf",),
        log="/var/log/nova/nova-compute.log",
        needs=(*_PROGRAMS, "qemu-block-extra"),
        ready=_COMPUTE_READY,
        failures=_COMPUTE_FAILED,
    ),
    qemu_user="libvirt-qemu",
    qemu_group="kvm",
    packages={
        "python3-rados": "/usr/lib/python3/dist-packages/rados-*",
        "python3-rbd": "/usr/lib/python3/dist-packages/rbd-*",
        "ceph-common": "/usr/bin/ceph",
        "qemu-block-extra": "/usr/lib/*/qemu/block-rbd.so",
    },
    install="env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends",
)

# RDO starts Glance and Nova without --config-file, so oslo.config reads the default .conf.d folders last. Cinder's
# units name their files, as Debian's do.
RHEL = Platform(
    name="rhel",
    glance_api=replace(
        DEBIAN.glance_api,
        unit="openstack-glance-api",
        later_files=("/etc/glance/glance.conf.d", "/etc/glance/glance-api.conf.d"),
        log="/var/log/glance/api.log",
    ),
    cinder_volume=replace(DEBIAN.cinder_volume, unit="openstack-cinder-volume", log="/var/log/cinder/volume.log"),
    cinder_backup=replace(DEBIAN.cinder_backup, unit="openstack-cinder-backup", log="/var/log/cinder/backup.log"),
    nova_compute=replace(
        DEBIAN.nova_compute,
        unit="openstack-nova-compute",
        later_files=("/etc/nova/nova.conf.d", "/etc/nova/nova-compute.conf.d"),
        needs=(*_PROGRAMS, "qemu-kvm-block-rbd"),
    ),
    qemu_user="qemu",
    qemu_group="qemu",
    packages={
        "python3-rados": "/usr/lib*/python3*/site-packages/rados-*",
        "python3-rbd": "/usr/lib*/python3*/site-packages/rbd-*",
        "ceph-common": "/usr/bin/ceph",
        "qemu-kvm-block-rbd": "/usr/lib64/qemu-kvm/block-rbd.so",
    },
    install="dnf install --assumeyes --setopt=install_weak_deps=False",
)

PLATFORMS = {platform.name: platform for platform in (DEBIAN, RHEL)}
