"""What a nova.conf says of Ceph, as `discover` finds it."""

from __future__ import annotations

from typing import Any

from components.services.found import Found, Setting
from components.services.neighbours import Neighbours
from components.services.nova.settings import NovaSettings
from components.services.on_host import OnHost


def found_compute(there: OnHost, others: Neighbours) -> Found | None:
    """Return what the compute does with Ceph; None when it has no disks there, and there are no volumes to attach."""
    if there.file.value("libvirt", "images_type") == "rbd":
        return _with_disks(there, others)
    if others.volume_user is None:
        return None
    text = "these have no images_type rbd: servers keep their own disks on the host, and attach volumes from Ceph"
    return Found(
        conf=there.file.text("libvirt", "images_rbd_ceph_conf"),
        settings=_settings(there),
        listed_in=("attach_only",),
        notes=((text, ("attach_only",)),),
    )


def _with_disks(there: OnHost, others: Neighbours) -> Found:
    file = there.file
    pool, user = file.text("libvirt", "images_rbd_pool", "rbd"), file.text("libvirt", "rbd_user")
    secret = file.text("libvirt", "rbd_secret_uuid").lower()
    volumes = others.volume_user.name if others.volume_user else ""
    usual = volumes or "nova"
    local = ", ".join(there.local_disks)
    text = "keep their disks on the host, so they do not start after a hard reboot: move or delete them"
    return Found(
        place=(pool, user, secret),
        pools={("pool",): pool},
        conf=file.text("libvirt", "images_rbd_ceph_conf"),
        user=user,
        usual_user=usual,
        user_is_own=(user or usual) != volumes,
        secret=secret,
        settings=_settings(there),
        # The servers are there already, so the first run must not stop at them.
        exceptions={("local_disks",): "ignore"} if local else {},
        notes=((f"servers {local} on {there.name} {text}", ("local_disks",)),) if local else (),
    )


def _settings(there: OnHost) -> dict[Setting, Any]:
    modes = there.file.text("libvirt", "disk_cachemodes")
    usual = NovaSettings.model_fields["disk_cachemodes"].default
    return {} if modes in ("", usual) else {("disk_cachemodes",): modes}
