"""gnocchi-api, as each platform packages it."""

from __future__ import annotations

from dataclasses import replace

from components.services.daemon import Daemon
from components.services.package import DEBIAN_LIBRARIES, RHEL_LIBRARIES

DEBIAN = Daemon(
    unit="gnocchi-api",
    user="gnocchi",
    group="gnocchi",
    conf="/etc/gnocchi/gnocchi.conf",
    later_files=(),
    log="journal",
    ready_lines=(),
    failure_lines=(r"Error connecting to ceph cluster",),
    ceph_packages=DEBIAN_LIBRARIES,
)
RHEL = replace(DEBIAN, unit="openstack-gnocchi-api", ceph_packages=RHEL_LIBRARIES)

DAEMONS = {"debian": DEBIAN, "rhel": RHEL}
