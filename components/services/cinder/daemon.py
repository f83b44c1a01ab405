"""cinder-volume, as each platform packages it. Debian was read from the package of bookworm (21.3), RHEL from RDO's."""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS

# Every back end is a process of its own and logs the same lines without its name: the process number tells which belong
# together. One that is not ours may be broken: only a traceback through the RBD driver is about us.
_READY = (r"Starting volume driver RBDDriver",)
_WORKERS = (
    r"^\S+ \S+ (\d+) .*Starting volume driver RBDDriver",
    r"^\S+ \S+ (\d+) .*Driver initialization completed successfully",
)
_FAILED = (r"cinder/volume/drivers/rbd\.py\", line \d+, in ", r"Error connecting to ceph cluster")

# Both platforms start it with --config-file: only what follows on the command line is read later.
DEBIAN = Daemon(
    unit="cinder-volume",
    user="cinder",
    group="cinder",
    conf="/etc/cinder/cinder.conf",
    later_files=(),
    log="/var/log/cinder/cinder-volume.log",
    ready=_READY,
    workers=_WORKERS,
    failures=_FAILED,
    needs=DEBIAN_PROGRAMS,
)
RHEL = replace(DEBIAN, unit="openstack-cinder-volume", log="/var/log/cinder/volume.log", needs=RHEL_PROGRAMS)

DAEMONS = {"debian": DEBIAN, "rhel": RHEL}
