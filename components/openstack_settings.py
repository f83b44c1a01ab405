"""The settings of what the stack keeps in OpenStack itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from providers.formats.names import ExtraSpecName, PropertyName, VolumeTypeName

from .part import Settings
from .values import BackendName, Line, OptionValue


class VolumeType(Settings):
    """A Cinder volume type that selects one of the back ends."""

    backend: BackendName | None = Field(
        None, description="Back end in `cinder` that it selects, by its section. Default: the only one."
    )
    description: Line | None = Field(None, description="What users read of it. Default: left alone.")
    public: bool = Field(
        True,
        strict=True,
        description="Whether every project may use it; to whom a private one is open is left alone. Default true.",
    )
    extra_specs: dict[ExtraSpecName, OptionValue] = Field(
        default={}, description="Extra specs besides volume_backend_name. Default: none."
    )
    adopt: bool = Field(False, description="Take over a type that exists; it is never deleted. Default false.")


RBD_GUESTS = {
    "hw_scsi_model": "virtio-scsi",
    "hw_disk_bus": "scsi",
    "hw_qemu_guest_agent": "yes",
    "os_require_quiesce": "yes",
}
"""What Ceph's documentation (rbd-openstack) gives images of guests on RBD."""


class Image(Settings):
    """An image that exists, of which the stack keeps some properties."""

    properties: dict[PropertyName, OptionValue] = Field(
        default=RBD_GUESTS,
        min_length=1,
        description="Properties; others are left alone. Default, as in Ceph's documentation: hw_scsi_model virtio-scsi, hw_disk_bus "
        "scsi, hw_qemu_guest_agent yes, os_require_quiesce yes. Beware: with os_require_quiesce a snapshot of a running server fails "
        "when no qemu guest agent runs in the guest; for images without one set hw_scsi_model and hw_disk_bus only.",
    )


class OpenStack(Settings):
    """What the stack keeps in the running OpenStack itself, by its API; needs openstacksdk's clouds.yaml on the machine that runs Pulumi."""

    cloud: Line = Field(
        description="Name of the cloud in clouds.yaml, an administrator's. Passwords stay there: none is a setting."
    )
    clouds_file: Line | None = Field(
        None,
        description="clouds.yaml; relative to the project's folder. Default: where openstacksdk looks (here, ~/.config/openstack, "
        "/etc/openstack).",
    )
    region: Line | None = Field(None, description="Region. Default: as in clouds.yaml.")
    interface: Literal["public", "internal", "admin"] | None = Field(
        None, description="Which endpoints to use. Default: as in clouds.yaml."
    )
    volume_types: dict[VolumeTypeName, VolumeType] = Field(
        default={}, description="Cinder volume types by name: {ceph: {}} is one for the only back end. Default: none."
    )
    images: dict[Line, Image] = Field(
        default={}, description="Images by name or id whose properties the stack keeps: {debian-12: {}}. Default: none."
    )
