"""`unmanaged_options`: what the program would write and leaves as it is found, and which lines are refused."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack.parse import parse

from .graph import Declared, built, raw


def config(declared: dict[str, Declared], name: str) -> dict[str, Any]:
    return declared[name].inputs


def test_an_unmanaged_option_is_not_written_and_its_neighbours_are() -> None:
    declared = built(cinder__unmanaged_options=["[ceph] rbd_secret_uuid"])
    written = config(declared, "cinder-config-controller1")["sections"]["ceph"]
    assert "rbd_secret_uuid" not in written
    assert written["rbd_user"] == "cinder"


def test_an_unmanaged_list_gets_no_item_of_ours_not_even_where_it_was_absent() -> None:
    inputs = config(built(glance__unmanaged_options=["[DEFAULT] enabled_backends"]), "glance-config-controller1")
    assert inputs["list_items"] == {}
    assert inputs["list_items_if_absent"] == {}
    assert inputs["sections"]["glance_store"] == {"default_backend": "rbd"}


def test_a_section_of_which_nothing_is_left_is_not_written() -> None:
    inputs = config(built(glance__unmanaged_options=["[glance_store] default_backend"]), "glance-config-controller1")
    assert "glance_store" not in inputs["sections"]
    conf = built(cluster__unmanaged_options=["[client.glance] keyring"])["ceph-conf-controller1"].inputs
    assert sorted(conf["sections"]) == ["client.cinder", "client.cinder-backup", "global"]


def test_blanks_and_underscores_name_the_same_option_of_ceph_conf_and_case_the_same_section_of_a_service_s() -> None:
    conf = built(cluster__unmanaged_options=["[global] mon host"])["ceph-conf-compute1"].inputs
    assert list(conf["sections"]["global"]) == ["fsid"]
    declared = built(nova__unmanaged_options=["[LIBVIRT] rbd_user"])
    assert "rbd_user" not in config(declared, "nova-config-compute1")["sections"]["libvirt"]


def test_an_unmanaged_option_restarts_nothing_and_is_not_watched() -> None:
    line = "[libvirt] disk_cachemodes"
    declared, without = (
        built(nova__unmanaged_options=[line]),
        built(nova__unmanaged_options=[line], nova__disk_cachemodes="network=none"),
    )
    restart = declared["nova-compute-compute1"].inputs
    assert restart == without["nova-compute-compute1"].inputs
    assert "disk_cachemodes" not in restart["watch"]["/etc/nova/nova.conf"]["options"]["libvirt"]
    conf = built(cluster__unmanaged_options=["[global] mon_host"])["nova-compute-compute1"].inputs["watch"]
    assert set(conf["/etc/ceph/ceph.conf"]["options"]["global"]) == {"fsid"}


def test_options_may_set_what_is_unmanaged_because_nothing_protects_it() -> None:
    declared = built(
        nova__unmanaged_options=["[libvirt] disk_cachemodes"],
        nova__options={"libvirt": {"disk_cachemodes": "network=none"}},
    )
    assert config(declared, "nova-config-compute1")["sections"]["libvirt"]["disk_cachemodes"] == "network=none"


def test_hosts_where_images_type_is_unmanaged_are_not_refused_for_local_disks() -> None:
    assert built()["preflight-compute1"].inputs.get("refuse_local_disks") is True
    declared = built(nova__unmanaged_options=["[libvirt] images_type"])
    assert not declared["preflight-compute1"].inputs.get("refuse_local_disks")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "a misspelt option",
        {"nova__unmanaged_options": ["[libvirt] disk_cachemode"]},
        "nova.unmanaged_options[0]: names no option that the program would write here; did you mean "
        '"[libvirt] disk_cachemodes"?',
    ),
    (
        "an option of another section",
        {"cinder_backup__unmanaged_options": ["[DEFAULT] backup_driver", "[x] y"]},
        "cinder_backup.unmanaged_options[1]: names no option that the program would write here; it would write "
        "[DEFAULT] backup_driver, [DEFAULT] backup_ceph_conf, [DEFAULT] backup_ceph_user, [DEFAULT] backup_ceph_pool, "
        "[DEFAULT] backup_ceph_chunk_size, [DEFAULT] backup_ceph_stripe_unit, [DEFAULT] backup_ceph_stripe_count, "
        "[DEFAULT] restore_discard_excess_bytes",
    ),
    (
        "an option that only the operator's own options set",
        {
            "glance__unmanaged_options": ["[rbd] rbd_thin_provisioning"],
            "glance__options": {"rbd": {"rbd_thin_provisioning": "true"}},
        },
        "glance.unmanaged_options[0]: is only written because glance.options sets it; take it out there",
    ),
    (
        "an option of the cluster's own client_options",
        {"cluster__unmanaged_options": ["[client] rbd_cache"], "cluster__client_options": {"rbd cache": "true"}},
        "cluster.unmanaged_options[0]: is only written because cluster.client_options sets it; take it out there",
    ),
    (
        "another user's keyring",
        {"cluster__unmanaged_options": ["[client.glanc] keyring"]},
        "cluster.unmanaged_options[0]: names no option that the program would write here; did you mean "
        '"[client.glance] keyring"?',
    ),
    (
        "no section",
        {"glance__unmanaged_options": ["default_backend"]},
        'glance.unmanaged_options[0]: must name a section and an option, such as "[libvirt] disk_cachemodes"',
    ),
]


@pytest.mark.parametrize(("changes", "line"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_line_without_effect_is_refused(changes: dict[str, Any], line: str) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}"]


def test_a_service_without_hosts_keeps_its_lines() -> None:
    assert built(glance__hosts=[], glance__unmanaged_options=["[rbd] rbd_store_pool"])
