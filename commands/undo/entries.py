"""What a journal entry stands for: the provider that made the thing, and what that provider's delete needs to know."""

from __future__ import annotations

from typing import Any

from providers.base import ManagedProvider
from providers.ceph import keyring, pool, user
from providers.errors import Refused
from providers.host import directory
from providers.journal.entry import Entry
from providers.libvirt import secret
from providers.openstack import image_properties, volume_type
from providers.resources import (
    CephConfProvider,
    CephxUserProvider,
    ConfigSectionsProvider,
    HostDirectoryProvider,
    ImagePropertiesProvider,
    KeyringFileProvider,
    LibvirtSecretProvider,
    PoolProvider,
    ServiceProvider,
    VolumeTypeProvider,
)

# In the order in which `pulumi destroy` takes them out: what is recorded of a restart, options, keys, and at the end
# the restart itself. In the cluster, what is in the OpenStack goes first, and a user before the pools of its caps.
ORDER = (
    "service-change",
    "config",
    secret.ENTRY,
    keyring.ENTRY,
    "cephconf",
    directory.ENTRY,
    "service-removal",
    image_properties.ENTRY,
    volume_type.ENTRY,
    user.ENTRY,
    pool.ENTRY,
)
Props = dict[str, Any]


def undone_by(entry: Entry, stack: str, host: str) -> tuple[ManagedProvider, Props]:
    """Return the provider and the part of its inputs that says which thing it is; all else is in the entry."""
    here: Props = {"stack": stack, "host": host}
    path, _, component = entry.what.partition("#")
    match entry.kind:
        case "config":
            return ConfigSectionsProvider(), {**here, "fsid": "", "path": path, "component": component}
        case "cephconf":
            return CephConfProvider(), {**here, "fsid": "", "path": path, "component": component}
        case keyring.ENTRY:
            return KeyringFileProvider(), {**here, "fsid": "", "path": entry.what}
        case secret.ENTRY:
            return LibvirtSecretProvider(), {**here, "fsid": "", "uuid": entry.what}
        case directory.ENTRY:
            return HostDirectoryProvider(), {**here, "path": entry.what}
        case "service-change" | "service-removal":
            return ServiceProvider(), {**here, "unit": entry.what, "restart_on": entry.kind.removeprefix("service-")}
        case volume_type.ENTRY:
            return VolumeTypeProvider(), {"stack": stack, "name": entry.what, "cloud": entry.record.get("place")}
        case image_properties.ENTRY:
            return ImagePropertiesProvider(), {"stack": stack, "image": entry.what, "cloud": entry.record.get("place")}
        case user.ENTRY:
            return CephxUserProvider(), {"stack": stack, "entity": entry.what}
        case pool.ENTRY:
            return PoolProvider(), {"stack": stack, "name": entry.what}
    raise Refused(
        f"journal entry of kind {entry.kind} for {entry.what}: not known to this version; use the one that wrote it"
    )


def ordered(entries: list[Entry]) -> list[Entry]:
    """Return the entries in the order in which they are undone."""
    place = {kind: number for number, kind in enumerate(ORDER)}
    return sorted(entries, key=lambda entry: (place.get(entry.kind, len(ORDER)), entry.what))
