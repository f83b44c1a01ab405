"""Several clusters in one stack: each is wired as if it were the only one, and hosts, files and daemons are shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.stack.component import Component
from components.stack.node import Node
from components.stack.parse import parse
from components.stack.wire import wire
from providers.models import (
    CephConfDesired,
    ConfigSectionsDesired,
    GuardDesired,
    KeyringDesired,
    SecretDesired,
    ServiceDesired,
    UserDesired,
)
from tests.golden.variants import CHANGES

from .graph import FSID, raw, settings

SEVERAL = CHANGES["several_clusters"]
WEST = SEVERAL["clusters"]["west"]


def models(kind: type[Any], **changes: Any) -> dict[str, Any]:
    graph = wire(settings(**{**SEVERAL, **changes}), "test")
    return {name: node.model for name, node in graph.nodes.items() if isinstance(node.model, kind)}


def is_changed(node: Node) -> bool:
    """Whether a run changes something by the node, which a component is not."""
    return not isinstance(node.model, Component)


def all_needs(nodes: Mapping[str, Node], name: str) -> set[str]:
    """Return all that comes before a node."""
    found = set(nodes[name].needs)
    return found.union(*(all_needs(nodes, other) for other in found))


def test_each_cluster_has_users_of_the_same_names_with_its_own_pools_in_their_caps() -> None:
    users = models(UserDesired)
    assert {name: user.fsid for name, user in users.items()} == {
        "glance-user": FSID,
        "cinder-user": FSID,
        "west.glance-user": WEST["fsid"],
        "west.cinder-user": WEST["fsid"],
        "west.cinder-backup-user": WEST["fsid"],
    }
    assert users["cinder-user"].caps["osd"] == (
        "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images"
    )
    assert users["west.cinder-user"].caps["osd"] == (
        "profile rbd pool=fast, profile rbd pool=west-vms, profile rbd-read-only pool=west-images"
    )


def test_each_host_reads_every_cluster_that_it_has_to_do_with() -> None:
    confs = {(conf.host, conf.path, conf.fsid) for conf in models(CephConfDesired).values()}
    hosts = ("controller1", "compute1", "compute2")
    assert confs == {(host, "/etc/ceph/ceph.conf", FSID) for host in hosts} | {
        (host, "/etc/ceph/west.conf", WEST["fsid"]) for host in hosts
    }
    keyrings = {keyring.path for keyring in models(KeyringDesired).values() if keyring.host == "controller1"}
    assert keyrings == {
        "/etc/ceph/ceph.client.glance.keyring",
        "/etc/ceph/ceph.client.cinder.keyring",
        "/etc/ceph/west.client.glance.keyring",
        "/etc/ceph/west.client.cinder.keyring",
        "/etc/ceph/west.client.cinder-backup.keyring",
    }


def test_every_compute_attaches_volumes_of_every_cluster() -> None:
    secrets = models(SecretDesired)
    assert {(secret.host, secret.fsid) for secret in secrets.values()} == {
        (host, fsid) for host in ("compute1", "compute2") for fsid in (FSID, WEST["fsid"])
    }
    assert len({secret.uuid for secret in secrets.values()}) == len({one.usage for one in secrets.values()}) == 2


def test_a_pinned_secret_is_that_of_the_stacks_own_cluster() -> None:
    pinned = {"name": "cinder", "secret_uuid": "457eb676-33da-42ec-9a8c-9293d545c337", "secret_usage": "x"}
    secrets = models(SecretDesired, cinder__user=pinned)
    assert {secret.uuid for secret in secrets.values() if secret.fsid == FSID} == {pinned["secret_uuid"]}
    assert pinned["secret_uuid"] not in {secret.uuid for secret in secrets.values() if secret.fsid != FSID}


def test_the_files_speak_of_both_clusters() -> None:
    files = models(ConfigSectionsDesired)
    glance, cinder = files["glance-config-controller1"], files["cinder-config-controller1"]
    assert glance.list_items == {"DEFAULT": {"enabled_backends": ["rbd:rbd", "west:rbd"]}}
    assert glance.sections["glance_store"] == {"default_backend": "rbd"}
    assert glance.sections["west"]["rbd_store_ceph_conf"] == "/etc/ceph/west.conf"
    assert cinder.list_items == {"DEFAULT": {"enabled_backends": ["ceph", "fast"]}}
    assert cinder.sections["ceph"]["rbd_cluster_name"] == "ceph"
    assert cinder.sections["fast"]["rbd_cluster_name"] == "west"
    assert cinder.sections["fast"]["rbd_secret_uuid"] != cinder.sections["ceph"]["rbd_secret_uuid"]
    assert files["cinder-backup-config-controller1"].sections["DEFAULT"]["backup_ceph_conf"] == "/etc/ceph/west.conf"


@pytest.mark.parametrize(("host", "conf", "pool", "store"), [("compute1", "ceph", "vms", "rbd"),
                                                             ("compute2", "west", "west-vms", "west")])  # fmt: skip
def test_a_compute_has_the_options_of_the_cluster_of_its_disks(host: str, conf: str, pool: str, store: str) -> None:
    options = models(ConfigSectionsDesired)[f"nova-config-{host}"].sections["libvirt"]
    assert options["images_rbd_ceph_conf"] == f"/etc/ceph/{conf}.conf"
    assert options["images_rbd_pool"] == pool
    assert options["images_rbd_glance_store_name"] == store


def test_glance_tells_of_every_place_of_an_image_where_it_tells_of_one() -> None:
    """The direct URL is that of the first store, so elsewhere nothing would be a clone (seen on the lab)."""
    told = models(ConfigSectionsDesired, glance__show_image_direct_url=True)["glance-config-controller1"].sections
    assert told["DEFAULT"] == {"show_image_direct_url": "true", "show_multiple_locations": "true"}
    untold = models(ConfigSectionsDesired)["glance-config-controller1"].sections
    assert "DEFAULT" not in untold
    one = models(ConfigSectionsDesired, glance__show_image_direct_url=True, glance__stores={})
    assert one["glance-config-controller1"].sections["DEFAULT"] == {"show_image_direct_url": "true"}


def test_a_release_without_stores_by_name_gets_none_in_nova() -> None:
    options = models(ConfigSectionsDesired, release="ussuri")["nova-config-compute2"].sections["libvirt"]
    assert "images_rbd_glance_store_name" not in options


def test_a_daemon_is_restarted_for_files_of_each_cluster_and_knows_whose_key_a_keyring_holds() -> None:
    watch = models(ServiceDesired)["cinder-volume-controller1"].watch
    assert {path: file.fsid for path, file in watch.items()} == {
        "/etc/ceph/ceph.conf": None,
        "/etc/ceph/ceph.client.cinder.keyring": None,
        "/etc/ceph/west.conf": None,
        "/etc/ceph/west.client.cinder.keyring": WEST["fsid"],
        "/etc/cinder/cinder.conf": None,
    }
    assert models(ServiceDesired)["cinder-volume-controller1"].ready.workers.count == 2


def test_the_gate_of_a_cluster_looks_at_what_is_there() -> None:
    guards = models(GuardDesired)
    own, west = guards["gate"].looks_at, guards["west.gate"].looks_at
    assert sorted(own.pools) == ["images", "vms", "volumes"]
    assert sorted(west.pools) == ["backups", "fast", "west-images", "west-vms"]
    assert own.clusters == {"west": WEST["fsid"]}
    assert west.clusters is None
    assert list(own.places["compute1"]) == ["nova"]
    assert "compute2" not in own.places
    assert west.places["compute2"]["nova"]["libvirt"]["images_rbd_pool"] == "west-vms"
    assert set(west.places["controller1"]) == {"glance", "cinder", "cinder-backup"}


def test_all_comes_after_both_gates_and_goes_after_both_guards() -> None:
    nodes = wire(settings(**SEVERAL), "test").nodes
    assert nodes["gate"].needs == {"west.gate"}
    assert {name for name, node in nodes.items() if is_changed(node) and "gate" not in all_needs(nodes, name)} == {
        "west.gate",
        "gate",
    }
    for guard in ("guard", "west.guard"):
        assert {name for name, node in nodes.items() if isinstance(node.model, UserDesired)} <= nodes[guard].needs
    assert "west.guard" in nodes["guard"].needs


def test_a_cluster_that_nothing_uses_has_its_gate_only() -> None:
    """So that the run that takes it out of use looks at what is there, and the later run needs no way in."""
    graph = wire(settings(clusters=SEVERAL["clusters"]), "test")
    assert [name for name in graph.nodes if name.startswith("west.")] == ["west.gate", "west.guard"]
    assert graph.outputs["clusters"]["west"]["pools"] == {}
    gate = graph.nodes["gate"].model
    assert isinstance(gate, GuardDesired)
    assert gate.looks_at.clusters is None


def test_the_outputs_tell_what_is_on_a_further_cluster() -> None:
    graph = wire(settings(**SEVERAL), "test")
    west = graph.outputs["clusters"]["west"]
    assert west["pools"] == {
        "glance": "west-images",
        "cinder.fast": "fast",
        "cinder_backup": "backups",
        "nova": "west-vms",
    }
    assert graph.outputs["back_ends"]["cinder"]["fast"] == {
        "volume_backend_name": "fast",
        "pool": "fast",
        "cluster": "west",
    }
    assert {account.conf for account in graph.accounts} == {"/etc/ceph/ceph.conf", "/etc/ceph/west.conf"}


@pytest.mark.parametrize("changes", [
    {"glance__stores": {}},
    {"cinder__backends": {"ceph": {"pool": {"name": "volumes"}}}, "nova__user": {"name": "nova"}},
    {"cinder_backup__cluster": ""},
    {"nova__clusters": {}},
    {"nova__user": {"name": "nova"}},
    {"nova__user": {"name": "nova"}, "nova__direct_snapshots": True},
    {"cinder__backends": {"fast": {"pool": {"name": "fast"}, "cluster": "west"}}, "nova__user": {"name": "nova"}},
    {"nova__clusters": {"west": {"hosts": ["compute1", "compute2"], "pool": {"name": "w"}}}, "nova__pool": None},
    {"cinder": None, "cinder_backup": None, "nova__user": {"name": "nova"}},
    {"glance": None},
    {
        "cluster__erasure_code_profiles": {"ec21": {"k": 2, "m": 1}},
        "nova__user": {"name": "nova"},
        "cinder__backends": {
            "ceph": {"pool": {"name": "volumes", "data_pool": {"name": "data", "erasure_code_profile": "ec21"}}},
            "fast": {"pool": {"name": "fast", "data_pool": {"name": "more"}}, "cluster": "west"},
        },
    },
    {"nova": None},
    {"cinder__user": {"name": "cinder", "generation": 2, "keep_pools": ["old"]}},
    {"cinder__keyrings": {"client.cinder": {"path": "/srv/cinder.keyring"}}},
    {"nova__attach_only": ["compute1"], "nova__pool": None},
])  # fmt: skip
def test_any_part_may_be_on_one_cluster_only(changes: dict[str, Any]) -> None:
    given = {name: value for name, value in {**SEVERAL, **changes}.items() if value != ""}
    graph = wire(settings(**given), "test")
    files = [
        (node.model.host, node.model.path) for node in graph.nodes.values() if isinstance(node.model, KeyringDesired)
    ]
    assert len(files) == len(set(files)), "two keyrings would be one file"


@pytest.mark.parametrize(("changes", "where", "words"), [
    ({"cinder__backends": {"ceph": {"pool": {"name": "volumes"}}}}, "nova.clusters.west.pool",
     "is on clusters.west, where no user may open it"),
    ({"cinder__backends": {"fast": {"pool": {"name": "fast"}, "cluster": "west"}}}, "nova.pool",
     "is on cluster, where no user may open it, because the user that nova shares has nothing there; set nova.user"),
    ({"clusters": {"west": {**WEST, "name": "ceph"}}}, "clusters.west.name", '"ceph" is the name of cluster, too'),
    ({"clusters": {"west": {**WEST, "fsid": FSID}}}, "clusters.west.fsid", "is the fsid of cluster, too"),
    ({"clusters": {"west": {**WEST, "mon_hosts": raw()["cluster"]["mon_hosts"]}}}, "clusters.west.mon_hosts",
     "127.0.2.1:3300, 127.0.2.1:6789 is a monitor of cluster, too"),
    ({"clusters": {"west": {**WEST, "admin_conf": "/etc/ceph/ceph.conf"}}}, "clusters.west.admin_conf",
     "/etc/ceph/ceph.conf on ceph1 is that of cluster, too"),
    ({"clusters": {"west": {**WEST, "admin_host": "ceph9"}}}, "clusters.west.admin_host", 'did you mean "ceph1"?'),
    ({"clusters": {"east": WEST}}, "cinder.backends.fast.cluster", '"west" is not in clusters; did you mean "east"?'),
    ({"clusters": {"west": {key: value for key, value in WEST.items() if key != "admin_host"}}}, "clusters.west.keys",
     "client.cinder (cinder.user) is missing, and there is no clusters.west.admin_host"),
    ({"nova__clusters": {"west": {"hosts": ["compute3"], "pool": {"name": "w"}}}}, "nova.clusters.west.hosts[0]",
     '"compute3" is not in nova.hosts'),
    ({"nova__attach_only": ["compute2"]}, "nova.clusters.west.hosts[0]", '"compute2" is in nova.attach_only, too'),
    ({"nova__clusters": {"west": {"hosts": ["compute1", "compute2"], "pool": {"name": "w"}}}}, "nova.pool",
     "all hosts are in nova.attach_only or nova.clusters"),
    ({"glance__layout": "single_store"}, "glance.stores", "needs layout multi_store"),
    ({"glance__stores": {"rbd": {"pool": {"name": "i"}, "cluster": "west"}}}, "glance.stores.rbd", "glance.backend"),
    ({"glance__stores": {one: {"pool": {"name": one}, "cluster": "west"} for one in ("a", "b")}},
     "glance.stores.b.cluster", '"west" has store a already'),
    ({"glance__stores": {"task": {"pool": {"name": "i"}, "cluster": "west"}}}, "glance.stores.task",
     "meaning of its own"),
    ({"nova__clusters": {"west": {"hosts": ["compute2"], "pool": {"name": "fast"}}}}, "nova.clusters.west.pool.name",
     '"fast" is already the pool of cinder.backends.fast.pool'),
])  # fmt: skip
def test_bad_input_is_refused_by_name(changes: dict[str, Any], where: str, words: str) -> None:
    found = parse(raw(**{**SEVERAL, **changes}))
    assert isinstance(found, list)
    assert any(line.startswith(f"ceph-openstack:{where}: ") and words in line for line in found), found
