"""Examples of properties of images."""

from __future__ import annotations

from providers import resources
from providers.openstack.image_properties import ImagePropertiesKind, ImagePropertiesObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.example import HOSTILE, STACK, Act, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as
from tests.unit.examples.volume_type import CLOUD

SET_IMAGE = "openstack image set --property"


def with_image(site: Site) -> None:
    site.cloud.add_image("debian", hw_disk_bus="virtio", theirs="1")
    site.cloud.add_image("debian", os_hidden=True)


def set_property(**values: str) -> Act:
    return lambda site: site.cloud.image_named("debian").update(values)


IMAGE = Example(
    "image",
    resources.ImagePropertiesProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "cloud": CLOUD,
        "image": "debian",
        "properties": {"hw_disk_bus": "scsi", "hw_scsi_model": "virtio-scsi"},
    },
    prepare=with_image,
    update={"properties": {"hw_scsi_model": "lsilogic", "os_require_quiesce": "yes"}},
    fixed={"image": "other", "fsid": FSID.replace("f", "e")},
    hostile=[
        {"image": HOSTILE},
        {"image": ""},
        {"properties": {}},
        {"properties": {"visibility": "public"}},
        {"properties": {"a/b": "c"}},
        {"properties": {"a": HOSTILE}},
    ],
    drifts=[
        Drift(
            "value",
            set_property(hw_disk_bus="ide"),
            {"properties": {"hw_disk_bus": "ide", "hw_scsi_model": "virtio-scsi"}},
            [f"{SET_IMAGE} hw_disk_bus=scsi debian"],
        ),
        Drift(
            "property gone",
            lambda site: site.cloud.image_named("debian").pop("hw_scsi_model"),
            {"properties": {"hw_disk_bus": "scsi"}},
            [f"{SET_IMAGE} hw_scsi_model=virtio-scsi debian"],
        ),
    ],
    garble=lambda site: site.cloud.garbled.add("/images"),
)


def observed(told: Told, _text: str | None) -> ImagePropertiesObserved:
    """Return what the cloud says of an image; untold, the cloud is `cloud-1` and the image `image-1`."""
    found = {**told, "entry": entry_as(ImagePropertiesKind, told)}
    id_ = "image-1" if "properties" in told else ""
    return observed_as(ImagePropertiesObserved, found, identity="cloud-1", id=id_, properties=None)
