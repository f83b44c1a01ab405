"""Caps, word for word as documented."""

from __future__ import annotations

from components.caps import backup_caps, cinder_caps, glance_caps, nova_caps


def test_glance_as_cephs_documentation_has_it() -> None:
    assert glance_caps("images") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=images",
        "mgr": "profile rbd pool=images",
    }


def test_cinder_shared_with_nova_as_cephs_documentation_has_it() -> None:
    assert cinder_caps(["volumes"], images="images", vms="vms") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=volumes, profile rbd pool=vms",
    }


def test_backup_as_cephs_documentation_has_it() -> None:
    assert backup_caps("backups") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=backups",
        "mgr": "profile rbd pool=backups",
    }


def test_backup_as_cinders_documentation_has_it_for_the_osds() -> None:
    assert backup_caps("backups", volumes=["volumes"])["osd"] == (
        "profile rbd pool=backups, profile rbd-read-only pool=volumes"
    )


def test_separate_users_reach_only_their_own_pools() -> None:
    assert cinder_caps(["volumes"], images="images", vms=None) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=volumes",
    }
    assert nova_caps("vms", images="images") == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=vms, profile rbd-read-only pool=images",
        "mgr": "profile rbd pool=vms",
    }


def test_direct_snapshots_write_images_on_the_osds_only() -> None:
    assert cinder_caps(["volumes"], images="images", vms="vms", write_images=True) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd pool=images",
        "mgr": "profile rbd pool=volumes, profile rbd pool=vms",
    }
    assert nova_caps("vms", images="images", write_images=True)["osd"].endswith(", profile rbd pool=images")


def test_clone_v2_lets_glance_see_the_clones_of_its_images() -> None:
    assert glance_caps("images", clone_parents_of=["volumes", "vms"]) == {
        "mon": "profile rbd",
        "osd": "profile rbd pool=images, profile rbd-read-only pool=volumes, profile rbd-read-only pool=vms",
        "mgr": "profile rbd pool=images",
    }


def test_every_back_end_pool_is_named() -> None:
    assert cinder_caps(["volumes", "volumes-ssd"], images=None, vms=None)["osd"] == (
        "profile rbd pool=volumes, profile rbd pool=volumes-ssd"
    )
