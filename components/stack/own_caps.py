"""Caps that an operator writes for a user instead of the service's: what the service needs and they do not grant."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.ceph_user import CephUser
from components.services.notice import Notice
from components.settings.ceph_releases import is_older
from components.stack.caps_linter import caps_flaws
from components.stack.inventory import Inventory
from components.stack.refusal import path_text

TOO_OLD = "cluster-too-old"


def own_caps(inventory: Inventory) -> Iterator[tuple[str, CephUser]]:
    """Yield each user with caps of the operator's own: the name of the service, and what the service would give."""
    for label, needed in inventory.needed_users.items():
        if needed.user.caps is not None:
            yield inventory.service(label).name, needed


def caps_notice_names(service: str) -> tuple[str, str, str]:
    """Return how notices of a user's caps are called: of blocklisting, of reading a pool, of listing clones."""
    label = service.replace("_", "-")
    return f"{label}-no-blocklist", f"{label}-no-read", f"{label}-no-clones"


def caps_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield what works less well under the caps of the settings, and that the form of an old cluster is for reading."""
    release = inventory.settings.cluster.release
    if release and is_older(release, "nautilus"):
        text = f"{release}: a run refuses a cluster before Nautilus; users' caps have its form, to be given by hand"
        yield Notice("warning", TOO_OLD, path_text((*inventory.cluster_setting, "release")), text)
    for service, needed in own_caps(inventory):
        names = caps_notice_names(service)
        for flaw in caps_flaws(needed.user.caps or {}, needed):
            name = names[0] if flaw.daemon == "mon" else names[1] if flaw.pool else names[2]
            if not flaw.is_fatal:
                text = f"with these caps for {flaw.daemon} {needed.user.entity} {flaw.what}"
                yield Notice("warning", name, f"{service}.{needed.setting}.caps", text)
