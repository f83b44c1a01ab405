"""A volume type in OpenStack itself."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.values import BackendName, Line, OptionValue
from providers.formats.names import ExtraSpecName


class VolumeType(SettingsModel):
    """A Cinder volume type that selects one of the back ends."""

    backend: BackendName | None = Field(
        None,
        description="Back end that the volume type selects, by its name in cinder.backends. Default: the only back "
        "end.",
    )
    description: Line | None = Field(None, description="Description that users see. Default: left alone.")
    public: bool = Field(
        True,
        strict=True,
        description="Whether every project may use the volume type. Which projects may use a private type is left "
        "alone. "
        "Default true.",
    )
    extra_specs: dict[ExtraSpecName, OptionValue] = Field(
        default={}, description="Extra specs besides volume_backend_name. Default: none."
    )
    adopt: bool | None = Field(
        None,
        description="Take over a volume type that exists. A type that was taken over is never deleted. Default: adopt "
        "of the stack.",
    )
