"""Caps, word for word as documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.services import SERVICES
from components.stack.caps_linter import caps_flaws
from components.stack.inventory import take_inventory
from components.stack.wire import wire
from providers.formats.caps import is_readable

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


@pytest.mark.parametrize("release", ["nautilus", "tentacle"])
def test_a_cluster_that_a_run_takes_gets_the_documentation_s_form(release: str) -> None:
    assert caps("cinder", cluster__release=release) == caps("cinder")


def test_luminous_and_mimic_know_no_profile_of_the_manager() -> None:
    for release in ("luminous", "mimic"):
        assert caps("glance", cluster__release=release) == {"mon": "profile rbd", "osd": "profile rbd pool=images"}


def test_before_luminous_there_are_no_profiles_and_the_blocklist_has_its_old_name() -> None:
    assert caps("cinder", cluster__release="jewel") == {
        "mon": 'allow r, allow command "osd blacklist"',
        "osd": "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, "
        "allow rx pool=images",
    }


@pytest.mark.parametrize("release", ["firefly", "luminous"])
def test_the_caps_of_every_form_break_nothing_and_say_that_a_run_refuses_the_cluster(release: str) -> None:
    given = settings(cluster__release=release)
    graph = wire(given, "test")
    for user in take_inventory(given, "test", SERVICES).users.values():
        assert is_readable("osd", user.caps.texts["osd"])
        assert is_readable("mon", user.caps.texts["mon"])
        assert list(caps_flaws(user.caps.texts, graph.users[graph.outputs["fsid"]][user.user.entity])) == []
    assert [notice.setting for notice in graph.notices if notice.name == "cluster-too-old"] == ["cluster.release"]


def test_a_user_with_caps_of_the_settings_keeps_them_whatever_the_release() -> None:
    own = {"mon": "profile rbd", "osd": "profile rbd pool=images"}
    assert caps("glance", cluster__release="jewel", glance__user={"name": "glance", "caps": own}) == own


def test_before_ocata_nova_s_own_user_attaches_volumes_and_has_to_have_their_pools() -> None:
    def told(**changes: Any) -> list[str]:
        notices = wire(settings(**changes), "test").notices
        return [notice.text for notice in notices if notice.name == "nova-attaches-as-its-own-user"]

    own = {"nova__user": {"name": "nova"}}
    assert told(release="newton", **own) == [
        "newton attaches volumes as this user, which may not open them; add volumes to its keep_pools"
    ]
    assert told(release="newton", nova__user={"name": "nova", "keep_pools": ["volumes"]}) == []
    assert told(release="newton") == told(release="ocata", **own) == told(**own) == []
