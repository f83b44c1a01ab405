"""Caps, word for word as documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.services import SERVICES
from components.stack.inventory import take_inventory

from .graph import settings


def caps(service: str, **changes: Any) -> Mapping[str, str]:
    """Return the caps of a service's user in the stack of `graph.RAW`, with some settings replaced."""
    return take_inventory(settings(**changes), "test", SERVICES).users[service].caps.texts


def test_glance_as_cephs_documentation_has_it() -> None:
    assert caps("glance") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=images",
        "mgr": "profile rbd pool=images",
    }


def test_cinder_shared_with_nova_as_cephs_documentation_has_it() -> None:
    assert caps("cinder") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=volumes, profile rbd pool=vms",
    }


def test_backup_as_cephs_documentation_has_it() -> None:
    assert caps("cinder-backup") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=backups",
        "mgr": "profile rbd pool=backups",
    }


def test_backup_as_cinders_documentation_has_it_for_the_osds() -> None:
    assert caps("cinder-backup", cinder_backup__read_volumes=True)["osd"] == (
        "profile rbd pool=backups, profile rbd-read-only pool=volumes"
    )


def test_separate_users_reach_only_their_own_pools() -> None:
    assert caps("cinder", nova__user={"name": "nova"}) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=volumes",
    }
    assert caps("nova", nova__user={"name": "nova"}) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=vms, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=vms",
    }


def test_direct_snapshots_write_images_on_the_osds_only() -> None:
    assert caps("cinder", nova__direct_snapshots=True) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd pool=images",
        "mgr": "profile rbd pool=volumes, profile rbd pool=vms",
    }
    assert caps("nova", nova__user={"name": "nova"}, nova__direct_snapshots=True)["osd"].endswith(
        ", profile rbd pool=images"
    )


def test_clone_v2_lets_glance_see_the_clones_of_its_images() -> None:
    assert caps("glance", glance__clone_v2=True) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=images, profile rbd-read-only pool=volumes, profile rbd-read-only pool=vms",
        "mgr": "profile rbd pool=images",
    }


def test_every_back_end_pool_is_named() -> None:
    backends = {name: {"pool": {"name": name}} for name in ("volumes", "volumes-ssd")}
    assert caps("cinder", cinder__pool=None, cinder__backends=backends, glance=None, nova=None)["osd"] == (
        "profile rbd pool=volumes, profile rbd pool=volumes-ssd"
    )
