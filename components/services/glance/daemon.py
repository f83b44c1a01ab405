"""glance-api, as each platform packages it.

Sources: Debian's package of bookworm (25.1), and RDO's package for RHEL.
"""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_LIBRARIES, RHEL_LIBRARIES

# Zed logs these lines; 2023.1, 2025.1 and 2026.1 log the same (tests/releases). glance-api connects to the cluster
# before it starts its workers. glance-api opens the pool at the first upload only, so after a restart no line tells of
# a wrong pool.
_READY = (r"Started child \d+|Starting single process server|WSGI app 0 .*ready in",)
_FAILED = (
    r"Failed to configure store correctly",
    r"Error in store configuration",
    r"Failed to load driver",
    r"BadStoreConfiguration",
    r"Error connecting to ceph cluster",
)

# Without --config-file, oslo.config reads the default .conf.d folders last, and they win.
_FOLDERS = ("/etc/glance/glance.conf.d", "/etc/glance/glance-api.conf.d")

# Debian starts glance-api with --config-file, and oslo.config lets such a file win over the default /etc/*/*.conf.d
# folders. No file follows glance-api.conf on the command line, so no other file wins over it. From 2026.2 on uwsgi runs
# glance-api, without a command line of its own.
DEBIAN = Daemon(
    unit="glance-api",
    user="glance",
    group="glance",
    conf="/etc/glance/glance-api.conf",
    later_files=(),
    log="/var/log/glance/glance-api.log",
    ready_lines=_READY,
    failure_lines=_FAILED,
    since={"2026.2": {"later_files": _FOLDERS}},
    ceph_packages=DEBIAN_LIBRARIES,
)

# RDO starts glance-api without --config-file in every release.
RHEL = replace(
    DEBIAN,
    unit="openstack-glance-api",
    later_files=_FOLDERS,
    log="/var/log/glance/api.log",
    ceph_packages=RHEL_LIBRARIES,
)

DAEMONS = {"debian": DEBIAN, "ubuntu": DEBIAN, "rhel": RHEL}
