"""An erasure code profile that the stack makes."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from providers.formats.names import CrushName
from providers.formats.numbers import WholeNumber


class ErasureCodeProfile(SettingsModel):
    """An erasure code profile. It cannot change, because a pool keeps what it was made with."""

    k: WholeNumber = Field(ge=2, le=64, description="Into how many parts an object is cut.")
    m: WholeNumber = Field(
        ge=1, le=64, description="How many parts are added, so that as many may be lost. k + m failure domains needed."
    )
    device_class: CrushName | None = Field(
        None, description="Only OSDs of this class, such as hdd (`ceph osd crush class ls`). Default: any."
    )
    failure_domain: CrushName | None = Field(
        None, description="Type of bucket that holds one part only: osd, host, rack …. Default: the cluster's (host)."
    )
    root: CrushName | None = Field(
        None, description="The bucket whose OSDs are chosen from. Default: the cluster's (default)."
    )
    plugin: CrushName | None = Field(
        None, description="What computes the parts: jerasure, isa …. Default: the cluster's."
    )
    technique: CrushName | None = Field(None, description="Technique of the plugin. Default: the plugin's.")
    adopt: bool | None = Field(
        None,
        description="Take over a profile that exists and says the same. A profile that was taken over is never "
        "deleted. Default: adopt of the stack.",
    )
