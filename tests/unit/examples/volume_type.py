"""Examples of volume types."""

from __future__ import annotations

from typing import Any

from providers import resources
from providers.openstack.volume_type import VolumeTypeKind, VolumeTypeObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.example import HOSTILE, STACK, Act, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as

CLOUD = {"name": "lab", "file": "clouds.yaml"}
SET = "openstack volume type set"
CREATE = (
    "openstack volume type create --public --description 'on Ceph'"
    " --property volume_backend_name=ceph --property x:y=1 ceph"
)


def set_spec(name: str, value: str) -> Act:
    return lambda site: site.cloud.type_named("ceph")["extra_specs"].update({name: value})


def set_type(**values: Any) -> Act:
    return lambda site: site.cloud.type_named("ceph").update(values)


def unset_spec(site: Site) -> None:
    del site.cloud.type_named("ceph")["extra_specs"]["volume_backend_name"]


VOLUME_TYPE = Example(
    "volumetype",
    resources.VolumeTypeProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "cloud": CLOUD,
        "name": "ceph",
        "description": "on Ceph",
        "extra_specs": {"volume_backend_name": "ceph", "x:y": "1"},
    },
    update={"extra_specs": {"volume_backend_name": "ceph2"}, "public": False, "description": None},
    fixed={"name": "other", "fsid": FSID.replace("f", "e")},
    hostile=[
        {"name": HOSTILE},
        {"extra_specs": {}},
        {"extra_specs": {"a\nb": "c"}},
        {"extra_specs": {"a": "b\nc"}},
        {"cloud": {"name": "lab", "password": "x"}},
        {"cloud": {"name": ""}},
    ],
    drifts=[
        Drift(
            "backend",
            set_spec("volume_backend_name", "nfs"),
            {"extra_specs": {"volume_backend_name": "nfs", "x:y": "1"}},
            [f"{SET} --property volume_backend_name=ceph ceph"],
        ),
        Drift(
            "spec gone",
            unset_spec,
            {"extra_specs": {"x:y": "1"}},
            [f"{SET} --property volume_backend_name=ceph ceph"],
        ),
        Drift("private", set_type(is_public=False), {"public": False}, [f"{SET} --public ceph"]),
        Drift("description", set_type(description=None), {"description": ""}, [f"{SET} --description 'on Ceph' ceph"]),
        Drift("gone", lambda site: site.cloud.types.clear(), {"present": False}, [CREATE]),
    ],
    foreign=lambda site: site.cloud.add_type("ceph", False, "theirs", volume_backend_name="lvm", theirs="1"),
    gone=lambda site: site.cloud.types.clear(),
    garble=lambda site: site.cloud.garbled.add("/types"),
    stays=lambda after, _: (
        [row["extra_specs"] for row in after["cloud"]["types"]] == [{"volume_backend_name": "nfs", "theirs": "1"}]
    ),
)


def observed(told: Told, _text: str | None) -> VolumeTypeObserved:
    """Return what the cloud says of a type; untold, the cloud is `cloud-1` and the type `type-1`."""
    found = {**told, "entry": entry_as(VolumeTypeKind, told)}
    id_ = "type-1" if told.get("values") else ""
    return observed_as(VolumeTypeObserved, found, identity="cloud-1", id=id_, values=None)
