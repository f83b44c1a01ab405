"""Properties of an image in OpenStack itself."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.values import OptionValue
from providers.formats.names import PropertyName

RBD_GUESTS = {
    "hw_scsi_model": "virtio-scsi",
    "hw_disk_bus": "scsi",
    "hw_qemu_guest_agent": "yes",
    "os_require_quiesce": "yes",
}
"""What Ceph's documentation (rbd-openstack) gives images of guests on RBD."""


class Image(SettingsModel):
    """An image that exists, of which the stack keeps some properties."""

    properties: dict[PropertyName, OptionValue] = Field(
        default=RBD_GUESTS,
        min_length=1,
        description="Properties to set; other properties are left alone. Beware: with os_require_quiesce a snapshot "
        "of a "
        "running server fails when no qemu guest agent runs in the guest. For images without the guest agent set only "
        "hw_scsi_model and hw_disk_bus. Default, as in Ceph's documentation: hw_scsi_model virtio-scsi, hw_disk_bus "
        "scsi, hw_qemu_guest_agent yes, os_require_quiesce yes.",
    )
