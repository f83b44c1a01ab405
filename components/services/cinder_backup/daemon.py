"""cinder-backup, as each platform packages it. Debian was read from the package of bookworm (21.3), RHEL from RDO's."""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_PROGRAMS, RHEL_PROGRAMS

# It says nothing when its driver is up, only when it is not: it has to stay up for a while without a failure.
_READY = (r"Starting cinder-backup node",)
_STEADY_S = 5
_FAILED = (
    r"_setup_backup_driver' failed",
    r"is reporting problems, not sending heartbeat",
    r"Failed to initialize driver",
    r"Error connecting to ceph cluster",
)

# Both platforms start it with --config-file: only what follows on the command line is read later.
DEBIAN = Daemon(
    unit="cinder-backup",
    user="cinder",
    group="cinder",
    conf="/etc/cinder/cinder.conf",
    later_files=(),
    log="/var/log/cinder/cinder-backup.log",
    ready=_READY,
    failures=_FAILED,
    steady_s=_STEADY_S,
    needs=DEBIAN_PROGRAMS,
)
RHEL = replace(DEBIAN, unit="openstack-cinder-backup", log="/var/log/cinder/backup.log", needs=RHEL_PROGRAMS)

DAEMONS = {"debian": DEBIAN, "rhel": RHEL}
