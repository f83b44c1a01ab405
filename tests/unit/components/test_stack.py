"""The graph of a stack: what is in it, under which names, with which inputs, and in which order."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.services import SERVICES
from components.services.nova import NOVA
from components.services.secret_identity import secret_uuid
from providers import resources

from .graph import FSID, Declared, before, built, raw, settings

COMPONENTS = {"cluster-side", "ceph-client", *(service.label for service in SERVICES)}


@pytest.fixture(scope="module")
def whole() -> dict[str, Declared]:
    return built()


def test_what_belongs_to_no_service_alone_has_no_component(whole: dict[str, Declared]) -> None:
    """Which resources there are, below which component, is in the golden graphs."""
    for name, resource in whole.items():
        if resource.kind in ("Service", "Guard", "Preflight"):
            assert resource.parent not in COMPONENTS, name


def test_every_resource_names_the_stack_and_all_but_host_things_the_cluster(whole: dict[str, Declared]) -> None:
    for name, resource in whole.items():
        if name in COMPONENTS:
            continue
        assert resource.inputs["stack"] == "test", name
        if resource.kind not in ("HostDirectory", "Preflight", "Service"):
            assert resource.inputs["fsid"] == FSID, name


def test_the_providers_accept_every_input(whole: dict[str, Declared]) -> None:
    second = {"name": "cinder", "generation": 2}
    for declared in (whole, built(cinder__user=second, nova__client_options={"log file": "/var/log/qemu/x.log"})):
        for name, resource in declared.items():
            if resource.kind in dir(resources):
                outcome = getattr(resources, resource.kind).provider().check({}, resource.inputs)
                assert not outcome.failures, (name, [failure.reason for failure in outcome.failures])


def test_no_input_holds_a_way_to_a_host(whole: dict[str, Declared]) -> None:
    text = json.dumps([resource.inputs for resource in whole.values()])
    assert "127.0.2.11" not in text
    assert "deploy" not in text


def test_pools_wait_for_the_cluster_and_not_for_each_other(whole: dict[str, Declared]) -> None:
    for name, resource in whole.items():
        if resource.kind == "Pool":
            assert resource.needs == {"cluster"}, name


def test_users_wait_for_the_pools_their_caps_name(whole: dict[str, Declared]) -> None:
    assert whole["glance-user"].needs == {"cluster", "glance-pool"}
    assert whole["cinder-user"].needs == {"cluster", "cinder-pool", "nova-pool", "glance-pool"}
    assert whole["cinder-backup-user"].needs == {"cluster", "cinder-backup-pool"}


def test_all_edits_on_a_host_come_before_its_restarts_and_none_of_another_host(whole: dict[str, Declared]) -> None:
    for host, units in {
        "controller1": ["glance-api", "cinder-volume", "cinder-backup"],
        "compute1": ["nova-compute"],
        "compute2": ["nova-compute"],
    }.items():
        edits = {
            name
            for name, resource in whole.items()
            if resource.inputs.get("host") == host and resource.kind not in ("Service", "Guard", "Preflight")
        }
        others = {name for name, resource in whole.items() if resource.inputs.get("host") not in (host, None)}
        for unit in units:
            assert edits <= whole[f"{unit}-{host}"].needs
            assert not before(whole, f"{unit}-{host}") & others


def test_removal_restarts_come_before_every_file_of_their_host_and_after_the_users(whole: dict[str, Declared]) -> None:
    removal = {
        "glance-api-removal-controller1",
        "cinder-volume-removal-controller1",
        "cinder-backup-removal-controller1",
    }
    for name, resource in whole.items():
        if resource.inputs.get("host") == "controller1" and resource.kind not in ("Service", "Preflight"):
            assert removal <= before(whole, name), name
    assert whole["glance-api-removal-controller1"].needs == {"glance-user", "preflight-controller1"}
    assert whole["cinder-volume-removal-controller1"].needs == {"cinder-user", "preflight-controller1"}
    assert whole["cinder-backup-removal-controller1"].needs == {
        "cinder-user",
        "cinder-backup-user",
        "preflight-controller1",
    }


def test_keyrings_and_secrets_wait_for_their_user(whole: dict[str, Declared]) -> None:
    assert "glance-user" in whole["glance-keyring-controller1"].needs
    assert "cinder-user" in whole["cinder-secret-compute1"].needs
    assert "cinder-secret-compute1" in whole["nova-config-compute1"].needs


def test_the_guard_comes_last(whole: dict[str, Declared]) -> None:
    assert before(whole, "guard") == set(whole) - COMPONENTS - {"guard"}
    uuid = secret_uuid(FSID, "client.cinder")
    assert whole["guard"].inputs["looks_at"] == {
        "pools": {"images": True, "volumes": True, "backups": True, "vms": True},
        "entities": {"client.glance": True, "client.cinder": True, "client.cinder-backup": True},
        "secrets": {"compute1": {uuid: True}, "compute2": {uuid: True}},
        "volume_types": {},
    }


def test_the_gate_comes_first_so_that_a_refusal_comes_before_any_change(whole: dict[str, Declared]) -> None:
    for name in whole:
        assert name == "gate" or name in COMPONENTS or "gate" in before(whole, name), name
    gate, guard = whole["gate"].inputs, whole["guard"].inputs
    assert (gate["guards"], guard["guards"]) == ("change", "removal")
    assert gate.keys() == guard.keys()
    assert guard["looks_at"].items() <= gate["looks_at"].items()
    assert gate["looks_at"].keys() - guard["looks_at"].keys() == {"places", "files", "caps", "settings", "monitors"}


def test_the_gate_knows_what_will_be_written_by_the_names_that_a_reader_knows(whole: dict[str, Declared]) -> None:
    gate = whole["gate"].inputs["looks_at"]
    assert set(gate["places"]) == {"controller1", "compute1", "compute2"}
    assert set(gate["places"]["controller1"]) == {"glance", "cinder", "cinder-backup"}
    assert gate["places"]["compute1"]["nova"]["libvirt"] == {
        "images_rbd_pool": "vms",
        "images_rbd_ceph_conf": "/etc/ceph/ceph.conf",
        "rbd_user": "cinder",
        "rbd_secret_uuid": secret_uuid(FSID, "client.cinder"),
    }
    assert gate["files"]["nova"] == ["/etc/nova/nova.conf", "/etc/nova/nova-compute.conf"]
    assert gate["caps"] == {
        whole[name].inputs["entity"]: whole[name].inputs["caps"]
        for name in ("glance-user", "cinder-user", "cinder-backup-user")
    }
    assert gate["settings"] == {
        "client.glance": "glance.user",
        "client.cinder": "cinder.user",
        "client.cinder-backup": "cinder_backup.user",
    }
    assert gate["monitors"] == {"[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]": True}


def test_ceph_conf_has_the_cluster_and_a_keyring_line_per_user_of_the_host(whole: dict[str, Declared]) -> None:
    assert whole["ceph-conf-controller1"].inputs["sections"] == {
        "global": {"fsid": FSID, "mon_host": "[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"},
        "client.glance": {"keyring": "/etc/ceph/ceph.client.glance.keyring"},
        "client.cinder": {"keyring": "/etc/ceph/ceph.client.cinder.keyring"},
        "client.cinder-backup": {"keyring": "/etc/ceph/ceph.client.cinder-backup.keyring"},
    }
    assert set(whole["ceph-conf-compute1"].inputs["sections"]) == {"global", "client.cinder"}


def test_keyrings_belong_to_the_daemon_that_reads_them(whole: dict[str, Declared]) -> None:
    def owner(name: str) -> tuple[str, str, str]:
        return tuple(whole[name].inputs[key] for key in ("owner", "group", "mode"))

    assert owner("glance-keyring-controller1") == ("glance", "glance", "0640")
    assert owner("cinder-backup-keyring-controller1") == ("cinder", "cinder", "0640")
    assert owner("cinder-keyring-compute1") == ("nova", "nova", "0640")


def test_one_host_for_all_lets_cinder_and_nova_read_one_keyring() -> None:
    keyring = built(nova__hosts=["controller1"])["cinder-keyring-controller1"].inputs
    assert (keyring["owner"], keyring["group"]) == ("cinder", "nova")


def test_glance_api_conf(whole: dict[str, Declared]) -> None:
    config = whole["glance-config-controller1"].inputs
    assert config["path"] == "/etc/glance/glance-api.conf"
    assert config["sections"] == {
        "glance_store": {"default_backend": "rbd"},
        "file_before_ceph": {"filesystem_store_datadir": "/var/lib/glance/images"},
        "rbd": {
            "rbd_store_pool": "images",
            "rbd_store_user": "glance",
            "rbd_store_ceph_conf": "/etc/ceph/ceph.conf",
            "rbd_store_chunk_size": "8",
        },
    }
    assert config["list_items"] == {"DEFAULT": {"enabled_backends": "rbd:rbd"}}
    assert config["list_items_if_absent"] == {"DEFAULT": {"enabled_backends": "file_before_ceph:file"}}


def test_glance_takes_the_places_of_direct_snapshots() -> None:
    config = built(nova__direct_snapshots=True)["glance-config-controller1"].inputs
    assert config["sections"]["DEFAULT"] == {"show_multiple_locations": "true"}


def test_cinder_conf_is_shared_by_two_components(whole: dict[str, Declared]) -> None:
    volume, backup = (whole[f"{name}-config-controller1"].inputs for name in ("cinder", "cinder-backup"))
    assert volume["path"] == backup["path"] == "/etc/cinder/cinder.conf"
    assert (volume["component"], backup["component"]) == ("cinder", "cinder-backup")
    assert volume["list_items"] == {"DEFAULT": {"enabled_backends": "ceph"}}
    assert volume["sections"]["ceph"]["volume_driver"] == "cinder.volume.drivers.rbd.RBDDriver"
    assert volume["sections"]["ceph"]["rbd_secret_uuid"] == secret_uuid(FSID, "client.cinder")
    assert backup["sections"]["DEFAULT"]["backup_driver"] == "cinder.backup.drivers.ceph.CephBackupDriver"
    assert backup["sections"]["DEFAULT"]["backup_ceph_user"] == "cinder-backup"


def test_nova_conf(whole: dict[str, Declared]) -> None:
    config = whole["nova-config-compute1"].inputs
    assert config["later_files"] == ["/etc/nova/nova-compute.conf"]
    assert config["sections"] == {
        "libvirt": {
            "images_type": "rbd",
            "images_rbd_pool": "vms",
            "images_rbd_ceph_conf": "/etc/ceph/ceph.conf",
            "rbd_user": "cinder",
            "rbd_secret_uuid": secret_uuid(FSID, "client.cinder"),
            "disk_cachemodes": "network=writeback",
            "hw_disk_discard": "unmap",
        }
    }


def test_the_secret_is_the_same_on_every_compute(whole: dict[str, Declared]) -> None:
    first, second = (whole[f"cinder-secret-{host}"].inputs for host in ("compute1", "compute2"))
    assert (
        first["uuid"]
        == second["uuid"]
        == whole["nova-config-compute1"].inputs["sections"]["libvirt"]["rbd_secret_uuid"]
    )
    assert first["usage"] == f"client.cinder of ceph {FSID}"


def test_a_service_reads_its_own_files_only(whole: dict[str, Declared]) -> None:
    glance = whole["glance-api-controller1"].inputs["watch"]
    keyring = "/etc/ceph/ceph.client.glance.keyring"
    assert {path: file["dialect"] for path, file in glance.items()} == {
        "/etc/ceph/ceph.conf": "ceph",
        keyring: "keyring",
        "/etc/glance/glance-api.conf": "oslo",
    }
    config = whole["glance-config-controller1"].inputs
    assert glance["/etc/ceph/ceph.conf"]["options"] == {
        "global": whole["ceph-conf-controller1"].inputs["sections"]["global"],
        "client.glance": {"keyring": keyring},
    }
    assert glance[keyring] == {
        "dialect": "keyring",
        "entity": "client.glance",
        "owner": "glance",
        "group": "glance",
        "mode": "0640",
    }
    assert glance["/etc/glance/glance-api.conf"] == {
        "dialect": "oslo",
        "options": config["sections"],
        "list_items": {"DEFAULT": {"enabled_backends": "file_before_ceph:file,rbd:rbd"}},
    }
    nova = whole["nova-compute-compute1"].inputs["watch"]
    assert nova["/etc/nova/nova.conf"]["later_files"] == ["/etc/nova/nova-compute.conf"]
    backup = whole["cinder-backup-controller1"].inputs["watch"]
    assert set(backup) == {
        "/etc/ceph/ceph.conf",
        "/etc/ceph/ceph.client.cinder.keyring",
        "/etc/ceph/ceph.client.cinder-backup.keyring",
        "/etc/cinder/cinder.conf",
    }
    assert set(backup["/etc/cinder/cinder.conf"]["options"]) == {"DEFAULT"}


def test_a_value_that_may_be_a_password_is_not_repeated_and_a_change_of_it_restarts() -> None:
    def watched(password: str) -> dict[str, Any]:
        options = {"rbd": {"a_password": password, "other": "x"}}
        unchecked = [f"[rbd] {name}" for name in options["rbd"]]
        declared = built(glance__options=options, glance__unchecked_options=unchecked)
        file: dict[str, Any] = declared["glance-api-controller1"].inputs["watch"]["/etc/glance/glance-api.conf"]
        return file

    first, second = watched("hunter2"), watched("hunter3")
    assert "hunter" not in str(first)
    assert first["options"]["rbd"]["a_password"] == "(not shown)"
    assert first["options"]["rbd"]["other"] == "x"
    assert first.pop("digest") != second.pop("digest")
    assert first == second


def leaves(value: Any, above: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {above: value}
    return {
        path: leaf for name, part in value.items() for path, leaf in leaves(part, f"{above} {name}".strip()).items()
    }


def restarted_for(old: dict[str, Declared], new: dict[str, Declared]) -> dict[str, set[str]]:
    """Return unit -> what it would be restarted for: the file, the section and the option."""
    services = [name for name, resource in old.items() if resource.kind == "Service" and name in new]
    found = {}
    for name in services:
        before, after = (leaves(graph[name].inputs["watch"]) for graph in (old, new))
        found[name] = {path for path in {**before, **after} if before.get(path) != after.get(path)}
    return {name: paths for name, paths in found.items() if paths}


@pytest.mark.parametrize(
    ("change", "restarts"),
    [
        (
            {"glance__options": {"rbd": {"rbd_thin_provisioning": True}}},
            {"glance-api-controller1": {"/etc/glance/glance-api.conf options rbd rbd_thin_provisioning"}},
        ),
        (
            {"cinder_backup__options": {"DEFAULT": {"backup_ceph_chunk_size": 1}}},
            {"cinder-backup-controller1": {"/etc/cinder/cinder.conf options DEFAULT backup_ceph_chunk_size"}},
        ),
        (
            {"nova__disk_cachemodes": "network=none"},
            {
                f"nova-compute-{host}": {"/etc/nova/nova.conf options libvirt disk_cachemodes"}
                for host in ("compute1", "compute2")
            },
        ),
        ({"glance__pool": {"name": "images", "size": 2}}, {}),
        ({"hosts__compute1": {"address": "192.0.2.1"}}, {}),
    ],
)
def test_a_change_restarts_what_reads_it(
    whole: dict[str, Declared], change: dict[str, Any], restarts: dict[str, set[str]]
) -> None:
    assert restarted_for(whole, built(**change)) == restarts


def test_adding_a_service_does_not_restart_the_others() -> None:
    assert restarted_for(built(cinder_backup=None), built()) == {}


def test_taking_one_of_two_back_ends_out_is_an_update_ahead_of_the_restart() -> None:
    two = {"ceph": {"pool": {"name": "volumes"}}, "ceph-ssd": {"pool": {"name": "volumes-ssd"}}}
    both = built(cinder__pool=None, cinder__backends=two)
    single = built(cinder__pool=None, cinder__backends={"ceph": two["ceph"]})
    assert both["cinder-pool-ceph-ssd"].inputs["name"] == "volumes-ssd"
    assert both["cinder-config-controller1"].inputs["list_items"]["DEFAULT"]["enabled_backends"] == "ceph,ceph-ssd"
    assert set(both) - set(single) == {"cinder-pool-ceph-ssd"}
    found = restarted_for(both, single)
    assert set(found) == {"cinder-volume-controller1"}
    assert "/etc/cinder/cinder.conf list_items DEFAULT enabled_backends" in found["cinder-volume-controller1"]
    assert "/etc/cinder/cinder.conf options ceph-ssd rbd_pool" in found["cinder-volume-controller1"]
    assert not any(" options ceph " in path for path in found["cinder-volume-controller1"])
    assert (
        both["cinder-user"].inputs["caps"]["osd"].startswith("profile rbd pool=volumes, profile rbd pool=volumes-ssd")
    )


def test_pool_is_short_for_one_back_end_called_ceph(whole: dict[str, Declared]) -> None:
    assert whole == built(cinder__pool=None, cinder__backends={"ceph": {"pool": {"name": "volumes"}}})


def test_a_renamed_pool_or_user_keeps_its_logical_name() -> None:
    renamed = built(glance__pool={"name": "other"}, glance__user={"name": "someone"})
    assert set(renamed) == set(built())


def test_a_user_of_novas_own_gets_its_own_keyring_and_secret_beside_cinders() -> None:
    own = built(nova__user={"name": "nova"})
    assert set(own) - set(built()) == {
        "nova-user",
        *(f"nova-{what}-{host}" for what in ("keyring", "secret") for host in ("compute1", "compute2")),
    }
    assert own["nova-config-compute1"].inputs["sections"]["libvirt"]["rbd_user"] == "nova"
    assert own["nova-user"].inputs["caps"]["osd"] == "profile rbd pool=vms, profile rbd-read-only pool=images"
    assert "vms" not in own["cinder-user"].inputs["caps"]["osd"]


def test_rotation_makes_a_second_user_and_moves_the_services_to_it(whole: dict[str, Declared]) -> None:
    second = {"name": "cinder", "generation": 2}
    both = built(cinder__user=second)
    new = set(both) - set(whole)
    assert new == {
        "cinder-user-g2",
        *(f"cinder-keyring-g2-{host}" for host in ("controller1", "compute1", "compute2")),
        *(f"cinder-secret-g2-{host}" for host in ("compute1", "compute2")),
    }
    assert not set(whole) - set(both)
    assert both["cinder-user-g2"].inputs["entity"] == "client.cinder-g2"
    assert both["cinder-user-g2"].inputs["caps"] == both["cinder-user"].inputs["caps"]
    assert both["cinder-keyring-g2-compute1"].inputs["path"] == "/etc/ceph/ceph.client.cinder-g2.keyring"
    assert both["cinder-config-controller1"].inputs["sections"]["ceph"]["rbd_user"] == "cinder-g2"
    assert both["nova-config-compute1"].inputs["sections"]["libvirt"]["rbd_user"] == "cinder-g2"
    watch = both["cinder-volume-controller1"].inputs["watch"]
    assert watch["/etc/ceph/ceph.client.cinder-g2.keyring"]["entity"] == "client.cinder-g2"
    assert "/etc/ceph/ceph.client.cinder.keyring" not in watch

    retired = built(cinder__user={**second, "keep_previous": False})
    assert set(both) - set(retired) == {name.replace("-g2", "") for name in new}
    assert restarted_for(both, retired) == {}, "retiring a user restarts nobody"


def test_adopted_things_are_not_guarded_for_they_stay() -> None:
    adopted = built(glance__pool={"name": "images", "adopt": True}, glance__user={"name": "glance", "adopt": True})
    assert adopted["glance-pool"].inputs["adopt"] is True
    assert adopted["glance-keyring-controller1"].inputs["adopt"] is True
    assert "images" not in adopted["guard"].inputs["looks_at"]["pools"]
    assert "client.glance" not in adopted["guard"].inputs["looks_at"]["entities"]


def test_a_pinned_secret_uuid_is_the_one_everywhere_until_rotation() -> None:
    pinned = "11111111-2222-3333-4444-555555555555"
    first = built(cinder__user={"name": "cinder", "secret_uuid": pinned})
    assert first["cinder-secret-compute1"].inputs["uuid"] == pinned
    assert first["cinder-config-controller1"].inputs["sections"]["ceph"]["rbd_secret_uuid"] == pinned
    second = built(cinder__user={"name": "cinder", "secret_uuid": pinned, "generation": 2})
    assert second["cinder-secret-compute1"].inputs["uuid"] == pinned
    assert second["cinder-secret-g2-compute1"].inputs["uuid"] == secret_uuid(FSID, "client.cinder-g2")


def test_guest_options_go_to_computes_with_the_folders_they_need() -> None:
    guests = built(
        cluster__client_options={"rbd concurrent management ops": 20},
        nova__client_options={
            "admin socket": "/var/lib/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok",
            "log file": "/var/log/qemu/qemu-guest-$pid.log",
        },
    )
    assert guests["guest-socket-directory-compute1"].inputs["path"] == "/var/lib/ceph-guests"
    log = guests["guest-log-directory-compute1"].inputs
    assert (log["path"], log["owner"], log["group"]) == ("/var/log/qemu", "libvirt-qemu", "kvm")
    assert guests["ceph-conf-compute1"].inputs["sections"]["client"]["log_file"] == "/var/log/qemu/qemu-guest-$pid.log"
    assert guests["ceph-conf-controller1"].inputs["sections"]["client"] == {"rbd_concurrent_management_ops": "20"}
    assert "guest-log-directory-controller1" not in guests


def test_hosts_are_looked_at_first(whole: dict[str, Declared]) -> None:
    for name, resource in whole.items():
        host = resource.inputs.get("host")
        if host and resource.kind != "Preflight":
            assert f"preflight-{host}" in before(whole, name), name
    controller, compute = (whole[f"preflight-{host}"].inputs for host in ("controller1", "compute1"))
    assert sorted(controller["packages"]) == ["ceph-common", "python3-rados", "python3-rbd"]
    assert sorted(compute["packages"]) == ["ceph-common", "python3-rados", "python3-rbd", "qemu-block-extra"]
    assert (controller["refuse_local_disks"], compute["refuse_local_disks"]) == (False, True)
    assert sorted(built(cinder=None, cinder_backup=None, nova=None)["preflight-controller1"].inputs["packages"]) == [
        "python3-rados",
        "python3-rbd",
    ]
    assert built(nova__local_disks="ignore")["preflight-compute1"].inputs["refuse_local_disks"] is False


def test_attach_only_computes_have_everything_for_volumes_and_keep_their_disks(whole: dict[str, Declared]) -> None:
    some = built(nova__attach_only=["compute2"])
    assert set(some) == set(whole)
    assert some["nova-config-compute1"].inputs == whole["nova-config-compute1"].inputs
    assert some["nova-config-compute2"].inputs["sections"] == {
        "libvirt": {
            "rbd_user": "cinder",
            "rbd_secret_uuid": secret_uuid(FSID, "client.cinder"),
            "disk_cachemodes": "network=writeback",
        }
    }
    assert some["preflight-compute2"].inputs["refuse_local_disks"] is False
    assert some["preflight-compute1"].inputs["refuse_local_disks"] is True


def test_a_stack_of_attach_only_computes_has_no_pool_for_their_disks(whole: dict[str, Declared]) -> None:
    none = built(nova__attach_only=["compute1", "compute2"], nova__pool=None)
    assert set(whole) - set(none) == {"nova-pool"}
    assert "vms" not in json.dumps([resource.inputs for resource in none.values()])
    assert "cinder-secret-compute1" in none
    assert "cinder-keyring-compute1" in none


def test_attach_only_computes_attach_as_cinders_user_beside_novas_own() -> None:
    own = built(nova__user={"name": "nova"}, nova__attach_only=["compute2"])
    users = [own[f"nova-config-{host}"].inputs["sections"]["libvirt"]["rbd_user"] for host in ("compute1", "compute2")]
    assert users == ["nova", "cinder"]


def test_a_cell_has_computes_and_nothing_of_the_cluster() -> None:
    cell = built(
        glance=None,
        cinder_backup=None,
        cinder__hosts=[],
        cluster__admin_host=None,
        cluster__keys={"client.cinder": {"env": "CINDER_KEY"}},
    )
    kinds = {resource.kind for resource in cell.values()}
    assert not kinds & {"Cluster", "Pool", "CephxUser", "ClusterSide"}
    looks_at = cell["guard"].inputs["looks_at"]
    assert looks_at["pools"] == {}
    assert looks_at["entities"] == {}
    assert set(looks_at["secrets"]) == {"compute1", "compute2"}
    assert cell["nova-config-compute1"].inputs["sections"]["libvirt"]["images_rbd_pool"] == "vms"


def test_rhel_has_its_own_units_and_users() -> None:
    rhel = built(platform="rhel")
    assert rhel["openstack-nova-compute-compute1"].inputs["unit"] == "openstack-nova-compute"
    assert rhel["nova-config-compute1"].inputs["later_files"] == [
        "/etc/nova/nova.conf.d",
        "/etc/nova/nova-compute.conf.d",
    ]


def test_readiness_is_asked_of_the_service_itself(whole: dict[str, Declared]) -> None:
    ready = whole["cinder-volume-controller1"].inputs["ready"]
    assert ready["log"] == "/var/log/cinder/cinder-volume.log"
    assert ready["workers"]["count"] == 1
    two = {"ceph": {"pool": {"name": "volumes"}}, "ceph2": {"pool": {"name": "volumes2"}}}
    several = built(cinder__pool=None, cinder__backends=two)
    assert several["cinder-volume-controller1"].inputs["ready"]["workers"]["count"] == 2
    assert whole["cinder-volume-removal-controller1"].inputs["ready"]["lines"] == {}
    assert whole["cinder-volume-removal-controller1"].inputs["watch"] == {
        "/etc/cinder/cinder.conf": {"dialect": "oslo"}
    }


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"glance__show_image_direct_url": True}, "keep this endpoint private"),
        ({"nova__direct_snapshots": True}, "keep this endpoint private"),
        ({"glance": None}, "disks from images are full copies"),
        ({"cinder_backup": raw()["cinder_backup"]}, "another backup_driver"),
    ],
)
def test_warnings(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], warning: str) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, **_: said.append(text))
    built(cinder_backup=None)
    assert said == []
    built(**{"cinder_backup": None, **change})
    assert len(said) == 1
    assert warning in said[0]
    assert said[0].startswith("ceph-openstack:")


def test_advice_on_images_where_there_is_something_to_clone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, **_: said.append(text))
    built(glance__show_image_direct_url=True)
    assert len(said) == 1
    assert "only raw images are cloned" in said[0]
    built(glance=None)
    built(cinder=None, cinder_backup=None, nova=None)
    assert len(said) == 1


def test_each_service_may_be_left_out() -> None:
    for service in ("glance", "cinder_backup", "nova"):
        names = built(**{service: None})
        assert not [name for name in names if name.startswith(service.replace("_", "-"))], service
    alone = built(cinder=None, cinder_backup=None, nova__user={"name": "nova"})
    assert not [name for name in alone if name.startswith("cinder")]


def test_fifteen_hundred_resources_can_be_declared() -> None:
    hosts: dict[str, Any] = {f"compute{number}": {} for number in range(1, 211)}
    big = built(hosts={**raw()["hosts"], **hosts}, nova__hosts=list(hosts))
    assert len(big) > 1480
    assert len(big["guard"].needs) > 1470
    assert settings(hosts={**raw()["hosts"], **hosts}, nova__hosts=list(hosts)).of(NOVA)


OPENSTACK = {"cloud": "prod", "volume_types": {"ceph": {}, "fast": {"extra_specs": {"a:b": 1}, "adopt": True}}}


def test_volume_types_come_after_their_back_end_and_nothing_else_waits_for_them() -> None:
    declared = built(openstack=OPENSTACK)
    made = {name for name, resource in declared.items() if resource.kind == "VolumeType"}
    assert made == {"volume-type-ceph", "volume-type-fast"}
    assert "cinder-volume-controller1" in declared["volume-type-ceph"].needs
    assert not any("compute" in name for name in before(declared, "volume-type-ceph"))
    assert {name for name in declared if made & before(declared, name)} == {"guard"}


def test_a_volume_type_selects_its_back_end_by_its_name() -> None:
    backends = {"ceph": {"pool": {"name": "v"}}, "ssd": {"pool": {"name": "s"}, "volume_backend_name": "SSD"}}
    types = {"slow": {"backend": "ceph"}, "fast": {"backend": "ssd", "extra_specs": {"a:b": 1}}}
    declared = built(cinder__pool=None, cinder__backends=backends, openstack={"cloud": "prod", "volume_types": types})
    specs = {
        name: resource.inputs["extra_specs"] for name, resource in declared.items() if resource.kind == "VolumeType"
    }
    assert specs == {
        "volume-type-slow": {"volume_backend_name": "ceph"},
        "volume-type-fast": {"volume_backend_name": "SSD", "a:b": "1"},
    }


def test_the_guards_know_the_volume_types_that_would_go_or_go_back() -> None:
    declared = built(openstack={**OPENSTACK, "region": "one"})
    for name in ("gate", "guard"):
        assert set(declared[name].inputs["looks_at"]["volume_types"]) == {"ceph", "fast"}
        assert declared[name].inputs["cloud"] == {"name": "prod", "region": "one"}
    assert "cloud" not in built()["guard"].inputs


def test_images_come_after_their_store_and_have_what_ceph_s_documentation_says() -> None:
    declared = built(openstack={"cloud": "prod", "images": {"debian 12": {}, "x": {"properties": {"a": "b"}}}})
    image = declared["image-properties-debian 12"]
    assert "glance-api-controller1" in image.needs
    assert image.inputs["image"] == "debian 12"
    assert image.inputs["properties"] == {
        "hw_scsi_model": "virtio-scsi",
        "hw_disk_bus": "scsi",
        "hw_qemu_guest_agent": "yes",
        "os_require_quiesce": "yes",
    }
    assert declared["image-properties-x"].inputs["properties"] == {"a": "b"}
