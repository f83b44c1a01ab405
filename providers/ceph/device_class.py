"""Device classes: the kinds of disks that OSDs say they have, by which rules and erasure codes choose them."""

from __future__ import annotations

from collections.abc import Collection

from providers.errors import Refused


def refuse_unknown_class(where: str, wanted: str | None, classes: Collection[str]) -> None:
    """Raise Refused for a device class that no OSD has, because monitors would refuse the rule or the pool later."""
    if wanted and wanted not in classes:
        raise Refused(
            f"{where}: no OSD of the cluster has the device class {wanted}; it has {', '.join(classes) or 'none'}"
            " (`ceph osd crush class ls`); correct device_class"
        )
