"""FoundCinder: the back ends on Ceph that a cinder.conf names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commands.discover.service_file import ServiceFile
from providers.formats.oslo_ini import OSLO

RBD_DRIVER = "cinder.volume.drivers.rbd.RBDDriver"


@dataclass(frozen=True)
class FoundCinder:
    """The back ends on Ceph of one host.

    Attributes:
        pools: Section of a back end to its pool.
        names: Section of a back end to its `volume_backend_name`, for those that have one.
        user: The user's name without `client.`; empty when no option names one.
        secret: The secret's UUID; empty when no option names one.
        conf: Path of ceph.conf; empty when no option names one.
        others: Sections of back ends on Ceph with another user or secret, which the settings cannot have.
        first: Whether these back ends stand before all others in `enabled_backends`.
    """

    pools: Mapping[str, str]
    names: Mapping[str, str]
    user: str
    secret: str
    conf: str
    others: tuple[str, ...] = ()
    first: bool = False

    @property
    def place(self) -> tuple[object, ...]:
        """What has to be the same on all hosts of the service, because the settings say it once."""
        return tuple(sorted(self.pools.items())), self.user, self.secret


def found_cinder(file: ServiceFile) -> FoundCinder | None:
    """Return the back ends on Ceph, or None when Cinder has none."""
    enabled = file.items("DEFAULT", "enabled_backends")
    on_ceph = [section for section in enabled if file.value(section, "volume_driver") == RBD_DRIVER]
    if not on_ceph:
        return None

    def account(section: str) -> tuple[str, str]:
        return file.text(section, "rbd_user"), file.text(section, "rbd_secret_uuid").lower()

    mapped = [section for section in on_ceph if account(section) == account(on_ceph[0])]
    names = {section: file.text(section, "volume_backend_name") for section in mapped}
    keys = [OSLO.section_key(section) for section in enabled]
    foreign = [keys.index(OSLO.section_key(section)) for section in enabled if section not in mapped]
    return FoundCinder(
        pools={section: file.text(section, "rbd_pool", "rbd") for section in mapped},
        names={section: name for section, name in names.items() if name},
        user=account(on_ceph[0])[0],
        secret=account(on_ceph[0])[1],
        conf=file.text(on_ceph[0], "rbd_ceph_conf"),
        others=tuple(section for section in on_ceph if section not in mapped),
        first=bool(foreign) and min(foreign) >= len(mapped),
    )
