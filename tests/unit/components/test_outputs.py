"""The stack's outputs: what they say of each golden stack, and that they are all that the program exports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.services import SERVICES
from components.stack.declare import declare
from components.stack.graph import Graph
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from docs.examples.gnocchi import GNOCCHI
from providers.formats.keyring import CEPHX_KEY
from providers.models import CephConfDesired, ConfigSectionsDesired, KeyringDesired, SecretDesired, ServiceDesired
from tests.golden.recorder import exported
from tests.golden.variants import variants

from .graph import FSID, settings

ALL = {
    "fsid",
    "release",
    "pools",
    "data_pools",
    "users",
    "secret_uuids",
    "back_ends",
    "hosts",
    "host_groups",
    "adopted",
}
CINDERS = "50d00e58-4fea-567a-8892-dcd3eded998c"


def graph(**changes: Any) -> Graph:
    return wire(settings(SERVICES, **changes), "test")


def golden(name: str) -> Graph:
    parsed = parse(variants()[name])
    assert isinstance(parsed, StackSettings)
    return wire(parsed, "golden")


def test_a_whole_stack() -> None:
    ceph, keyring = "/etc/ceph/ceph.conf", "/etc/ceph/ceph.client.{}.keyring".format
    assert graph().outputs == {
        "fsid": FSID,
        "release": "zed",
        "pools": {"glance": "images", "cinder": "volumes", "cinder_backup": "backups", "nova": "vms"},
        "data_pools": {},
        "users": {"glance": "client.glance", "cinder": "client.cinder", "cinder_backup": "client.cinder-backup"},
        "secret_uuids": {"client.cinder": CINDERS},
        "back_ends": {
            "glance": {"rbd": {"pool": "images"}},
            "cinder": {"ceph": {"volume_backend_name": "ceph", "pool": "volumes"}},
        },
        "hosts": {"controller1": "cinder+cinder_backup+glance", "compute1": "nova", "compute2": "nova"},
        "host_groups": {
            "cinder+cinder_backup+glance": {
                "services": {"glance": "glance-api", "cinder": "cinder-volume", "cinder_backup": "cinder-backup"},
                "files": {
                    "ceph": ceph,
                    "glance": "/etc/glance/glance-api.conf",
                    "cinder": "/etc/cinder/cinder.conf",
                    "cinder_backup": "/etc/cinder/cinder.conf",
                },
                "keyrings": {f"client.{name}": keyring(name) for name in ("glance", "cinder", "cinder-backup")},
            },
            "nova": {
                "services": {"nova": "nova-compute"},
                "files": {"ceph": ceph, "nova": "/etc/nova/nova.conf"},
                "keyrings": {"client.cinder": keyring("cinder")},
            },
        },
        "adopted": {"everything": False, "pools": {}, "data_pools": {}, "users": {}, "volume_types": []},
    }


def test_a_generation_is_one_changed_user_and_one_more_secret() -> None:
    before, after = graph().outputs, graph(cinder__user={"name": "cinder", "generation": 2}).outputs
    assert {name for name in after if after[name] != before[name]} == {"users", "secret_uuids", "host_groups"}
    assert after["users"] == {**before["users"], "cinder": "client.cinder-g2"}
    assert set(after["secret_uuids"]) == {"client.cinder", "client.cinder-g2"}
    for group, found in before["host_groups"].items():
        kept = after["host_groups"][group]["keyrings"]
        assert set(kept) - set(found["keyrings"]) == {"client.cinder-g2"}


def test_further_back_ends_are_further_roles() -> None:
    ceph, ssd = {"pool": {"name": "volumes"}}, {"pool": {"name": "v2"}, "volume_backend_name": "fast"}
    outputs = graph(cinder__pool=None, cinder__backends={"ceph": ceph, "ssd": ssd}).outputs
    assert outputs["pools"] | {"cinder": "volumes", "cinder.ssd": "v2"} == outputs["pools"]
    assert outputs["back_ends"]["cinder"] == {
        "ceph": {"volume_backend_name": "ceph", "pool": "volumes"},
        "ssd": {"volume_backend_name": "fast", "pool": "v2"},
    }


def test_a_control_plane_without_computes_tells_the_secret_that_cinder_names() -> None:
    outputs = graph(nova=None).outputs
    assert outputs["secret_uuids"] == {"client.cinder": CINDERS}
    assert set(outputs["hosts"]) == {"controller1"}


def test_a_user_that_only_guests_have_left_is_no_user_of_its_service_and_its_secret_is_told() -> None:
    outputs = graph(nova__former_user={"name": "nova"}).outputs
    assert "nova" not in outputs["users"]
    assert set(outputs["secret_uuids"]) == {"client.cinder", "client.nova"}


def test_what_is_adopted() -> None:
    types = {"ceph": {"adopt": True}, "b": {}}
    changes: dict[str, Any] = {
        "glance__pool": {"name": "images", "adopt": True},
        "cinder__user": {"name": "cinder", "adopt": True},
        "openstack": {"cloud": "c", "volume_types": types},
    }
    assert graph(**changes).outputs["adopted"] == {
        "everything": False,
        "pools": {"glance": "images"},
        "data_pools": {},
        "users": {"cinder": "client.cinder"},
        "volume_types": ["ceph"],
    }
    everything = graph(adopt=True).outputs["adopted"]
    assert everything["everything"] is True
    assert set(everything["pools"]) == {"glance", "cinder", "cinder_backup", "nova"}


def test_data_pools_are_told_by_the_role_of_the_pool_whose_images_they_hold() -> None:
    data = {"name": "images-data", "adopt": True}
    outputs = graph(glance__pool={"name": "images", "data_pool": data}).outputs
    assert outputs["data_pools"] == {"glance": "images-data"}
    assert outputs["pools"] == graph().outputs["pools"]
    assert (outputs["adopted"]["pools"], outputs["adopted"]["data_pools"]) == ({}, {"glance": "images-data"})


def test_a_newcomer_is_told_of_as_the_others_are() -> None:
    services = (*SERVICES, GNOCCHI)
    wanted = settings(services, gnocchi={"hosts": ["controller1"], "pool": {"name": "metrics"}})
    outputs = wire(wanted, "test", services).outputs
    assert (outputs["pools"]["gnocchi"], outputs["users"]["gnocchi"]) == ("metrics", "client.gnocchi")
    group = outputs["host_groups"][outputs["hosts"]["controller1"]]
    assert group["files"]["gnocchi"] == "/etc/gnocchi/gnocchi.conf"
    assert "client.gnocchi" in group["keyrings"]
    assert group["services"]["gnocchi"]


@pytest.mark.parametrize("name", variants())
def test_the_outputs_tell_what_the_graph_has(name: str) -> None:
    made = golden(name)
    outputs, models = made.outputs, [node.model for node in made.nodes.values()]
    further = outputs.get("clusters", {})
    assert set(outputs) == (ALL | {"clusters"} if further else ALL)
    behind = {cluster["fsid"]: f"@{name}" for name, cluster in further.items()}
    assert json.loads(json.dumps(outputs)) == outputs
    assert not CEPHX_KEY.search(json.dumps(outputs))
    for cluster in (outputs, *further.values()):
        mine = [one for one in models if isinstance(one, SecretDesired) and one.fsid == cluster["fsid"]]
        assert {model.entity: model.uuid for model in mine}.items() <= cluster["secret_uuids"].items()
    for host, group in outputs["hosts"].items():
        found = outputs["host_groups"][group]
        here = [model for model in models if getattr(model, "host", "") == host]
        files = [model.path for model in here if isinstance(model, CephConfDesired | ConfigSectionsDesired)]
        assert sorted(found["files"].values()) == sorted(files)
        keyrings = [model for model in here if isinstance(model, KeyringDesired)]
        assert found["keyrings"] == {f"{one.entity}{behind.get(one.fsid, '')}": one.path for one in keyrings}
        assert set(found["services"].values()) == {model.unit for model in here if isinstance(model, ServiceDesired)}
    assert {getattr(model, "host", "") for model in models if isinstance(model, ServiceDesired)} == set(
        outputs["hosts"]
    )


@pytest.mark.parametrize("name", variants())
def test_a_service_tells_of_each_of_its_back_ends(name: str) -> None:
    parsed = parse(variants()[name])
    assert isinstance(parsed, StackSettings)
    for service in SERVICES:
        if mine := parsed.of(service):
            assert set(service.shown_backends(mine)) == set(service.backends(mine))


def test_the_program_exports_the_outputs_and_a_preview_knows_each_of_them() -> None:
    wanted = graph()
    assert exported(lambda: declare(wanted), "test") == wanted.outputs
