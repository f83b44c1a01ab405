"""cinder-backup, as each platform packages it.

Sources: Debian's package of bookworm (21.3), and RDO's package for RHEL.
"""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS

# cinder-backup logs a line when its driver fails, but none when its driver works. So the daemon has to be up for some
# seconds without a failure.
_READY = (r"Starting cinder-backup node",)
_STEADY_S = 5
_FAILED = (
    r"_setup_backup_driver' failed",
    r"is reporting problems, not sending heartbeat",
    r"Failed to initialize driver",
    r"Error connecting to ceph cluster",
)

# Both platforms start cinder-backup with --config-file and no file after cinder.conf. So nothing is read after it.
DEBIAN = Daemon(
    unit="cinder-backup",
    user="cinder",
    group="cinder",
    conf="/etc/cinder/cinder.conf",
    later_files=(),
    log="/var/log/cinder/cinder-backup.log",
    ready_lines=_READY,
    failure_lines=_FAILED,
    steady_s=_STEADY_S,
    ceph_packages=DEBIAN_PROGRAMS,
)
RHEL = replace(DEBIAN, unit="openstack-cinder-backup", log="/var/log/cinder/backup.log", ceph_packages=RHEL_PROGRAMS)

DAEMONS = {"debian": DEBIAN, "ubuntu": DEBIAN, "rhel": RHEL}
