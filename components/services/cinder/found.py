"""The back ends on Ceph that a cinder.conf names, as `discover` finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from components.services.cinder.options import DRIVER
from components.services.cinder.settings import DEFAULT_BACKEND
from components.services.found import Found, Setting
from components.services.service_file import ServiceFile
from providers.formats.oslo_ini import OSLO


def found_backends(file: ServiceFile) -> Found | None:
    """Return the back ends on Ceph, or None when Cinder has none."""
    enabled = file.items("DEFAULT", "enabled_backends")
    on_ceph = [section for section in enabled if file.value(section, "volume_driver") == DRIVER]
    if not on_ceph:
        return None
    user, secret = _account(file, on_ceph[0])
    mapped = [section for section in on_ceph if _account(file, section) == (user, secret)]
    pools = {section: file.text(section, "rbd_pool", "rbd") for section in mapped}
    names = {section: name for section in mapped if (name := file.text(section, "volume_backend_name"))}
    is_only = mapped == [DEFAULT_BACKEND] and names.get(DEFAULT_BACKEND) in (None, DEFAULT_BACKEND)
    settings: dict[Setting, Any] = {} if is_only else _names(names)
    if _are_first(enabled, mapped):
        settings[("list_position",)] = "first"
    text = (
        "is on Ceph, too, as another user or with another secret, and is left alone: settings have one user for Cinder"
    )
    return Found(
        place=(tuple(sorted(pools.items())), user, secret),
        pools={("pool",) if is_only else ("backends", section, "pool"): pool for section, pool in pools.items()},
        conf=file.text(on_ceph[0], "rbd_ceph_conf"),
        user=user,
        usual_user="cinder",
        secret=secret,
        settings=settings,
        sections=tuple(mapped),
        notes=tuple((f"back end {section} {text}", ()) for section in on_ceph if section not in mapped),
    )


def faults_of_backends(file: ServiceFile) -> Iterator[str]:
    """Yield that no back end is enabled, whatever sections the file has."""
    if not file.items("DEFAULT", "enabled_backends"):
        yield "[DEFAULT] enabled_backends is not set: since Ocata no back end starts without it"


def _account(file: ServiceFile, section: str) -> tuple[str, str]:
    return file.text(section, "rbd_user"), file.text(section, "rbd_secret_uuid").lower()


def _names(names: Mapping[str, str]) -> dict[Setting, Any]:
    """Return the setting of each name that is not the section's."""
    return {("backends", section, "volume_backend_name"): name for section, name in names.items() if name != section}


def _are_first(enabled: list[str], mapped: list[str]) -> bool:
    """Return whether these back ends stand before all others."""
    keys = [OSLO.section_key(section) for section in enabled]
    foreign = [keys.index(OSLO.section_key(section)) for section in enabled if section not in mapped]
    return bool(foreign) and min(foreign) >= len(mapped)
