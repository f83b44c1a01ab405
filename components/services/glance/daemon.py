"""glance-api, as each platform packages it. Debian was read from the package of bookworm (25.1), RHEL from RDO's."""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_LIBRARIES, RHEL_LIBRARIES

# Zed's lines, as docs/lab.md has them; 2023.1, 2025.1 and 2026.1 log the same (tests/releases). glance-api connects
# before it starts its workers, but opens the pool with the first upload only: of a wrong pool it says nothing.
_READY = (r"Started child \d+|Starting single process server|WSGI app 0 .*ready in",)
_FAILED = (
    r"Failed to configure store correctly",
    r"Error in store configuration",
    r"Failed to load driver",
    r"BadStoreConfiguration",
    r"Error connecting to ceph cluster",
)

# Debian starts it with --config-file, and oslo.config lets an explicit file win over the default /etc/*/*.conf.d
# folders: only what follows on the command line is read later.
DEBIAN = Daemon(
    unit="glance-api",
    user="glance",
    group="glance",
    conf="/etc/glance/glance-api.conf",
    later_files=(),
    log="/var/log/glance/glance-api.log",
    ready=_READY,
    failures=_FAILED,
    needs=DEBIAN_LIBRARIES,
)

# RDO starts it without --config-file, so oslo.config reads the default .conf.d folders last.
RHEL = replace(
    DEBIAN,
    unit="openstack-glance-api",
    later_files=("/etc/glance/glance.conf.d", "/etc/glance/glance-api.conf.d"),
    log="/var/log/glance/api.log",
    needs=RHEL_LIBRARIES,
)

DAEMONS = {"debian": DEBIAN, "rhel": RHEL}
