"""cinder-volume, as each platform packages it.

Sources: Debian's package of bookworm (21.3), and RDO's package for RHEL.
"""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS

# cinder-volume runs a process for each back end. A log line has the number of the process, but not the back end. So the
# two lines of one process are paired by that number, which is the group in both expressions.
_READY = (r"Starting volume driver RBDDriver",)
_WORKERS = (
    r"^\S+ \S+ (\d+) .*Starting volume driver RBDDriver",
    r"^\S+ \S+ (\d+) .*Driver initialization completed successfully",
)
# A back end that is not ours may be broken. So only a traceback through the RBD driver counts as a failure.
_FAILED = (r"cinder/volume/drivers/rbd\.py\", line \d+, in ", r"Error connecting to ceph cluster")

# Both platforms start cinder-volume with --config-file and no file after cinder.conf. So nothing is read after it.
DEBIAN = Daemon(
    unit="cinder-volume",
    user="cinder",
    group="cinder",
    conf="/etc/cinder/cinder.conf",
    later_files=(),
    log="/var/log/cinder/cinder-volume.log",
    ready_lines=_READY,
    worker_lines=_WORKERS,
    failure_lines=_FAILED,
    ceph_packages=DEBIAN_PROGRAMS,
)
RHEL = replace(DEBIAN, unit="openstack-cinder-volume", log="/var/log/cinder/volume.log", ceph_packages=RHEL_PROGRAMS)

DAEMONS = {"debian": DEBIAN, "ubuntu": DEBIAN, "rhel": RHEL}
