"""A CRUSH rule that the stack makes."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from providers.formats.names import CrushName


class CrushRule(SettingsModel):
    """A CRUSH rule for replicated pools. It cannot change; a pool moves to a rule of another name."""

    device_class: CrushName | None = Field(
        None, description="Only OSDs of this class, such as ssd (`ceph osd crush class ls`). Default: any."
    )
    failure_domain: CrushName = Field(
        "host", description="Type of bucket that holds one copy only: osd, host, rack …. Default host."
    )
    root: CrushName = Field("default", description="The bucket whose OSDs are chosen from. Default default.")
    adopt: bool | None = Field(
        None,
        description="Take over a rule that exists and does the same. A rule that was taken over is never deleted. "
        "Default: adopt of the stack.",
    )
