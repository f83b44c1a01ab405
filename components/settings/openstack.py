"""The settings of what the stack keeps in OpenStack itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.image import Image
from components.settings.values import Line
from components.settings.volume_type import VolumeType
from providers.formats.names import VolumeTypeName


class OpenStack(SettingsModel):
    """What the stack keeps in the running OpenStack itself, by its API.

    It needs openstacksdk's clouds.yaml on the machine that runs Pulumi.
    """

    cloud: Line = Field(
        description="Name of the cloud in clouds.yaml, with an administrator's login. Passwords stay in clouds.yaml."
    )
    clouds_file: Line | None = Field(
        None,
        description="Path of clouds.yaml, which may be relative to the project's folder. Default: where openstacksdk "
        "looks (the project's folder, ~/.config/openstack, /etc/openstack).",
    )
    region: Line | None = Field(None, description="Region of the cloud. Default: as in clouds.yaml.")
    interface: Literal["public", "internal", "admin"] | None = Field(
        None, description="Which endpoints to use. Default: as in clouds.yaml."
    )
    volume_types: dict[VolumeTypeName, VolumeType] = Field(
        default={}, description="Cinder volume types by name; {ceph: {}} selects the only back end. Default: none."
    )
    images: dict[Line, Image] = Field(
        default={},
        description="Images, by name or id, whose properties the stack sets: {debian-12: {}}. Default: none.",
    )
