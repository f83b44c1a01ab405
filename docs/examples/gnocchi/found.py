"""Where a gnocchi.conf keeps measures on Ceph, as `discover` finds it."""

from __future__ import annotations

from components.services.found import Found
from components.services.service_file import ServiceFile


def found_measures(file: ServiceFile) -> Found | None:
    """Return where measures are, or None when the driver is not that of Ceph."""
    if file.value("storage", "driver") != "ceph":
        return None
    pool, user = file.text("storage", "ceph_pool", "gnocchi"), file.text("storage", "ceph_username")
    return Found(
        place=(pool, user),
        pools={("pool",): pool},
        application="gnocchi",
        conf=file.text("storage", "ceph_conffile", "/etc/ceph/ceph.conf"),
        user=user,
        usual_user="gnocchi",
    )
