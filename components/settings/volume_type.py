"""A volume type in OpenStack itself."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.values import BackendName, Line, OptionValue
from providers.formats.names import ExtraSpecName


class VolumeType(SettingsModel):
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
