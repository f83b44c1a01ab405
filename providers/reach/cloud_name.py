"""CloudName: which OpenStack is meant, as clouds.yaml calls it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CloudName(BaseModel):
    """A cloud by its name in clouds.yaml. How to log in stands in clouds.yaml alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, description="Its name in clouds.yaml.")
    file: str = Field(
        "", description="Path of clouds.yaml on the machine that runs Pulumi. Default: openstacksdk's own search."
    )
    region: str = Field("", description="Region. Default: the one in clouds.yaml.")
    interface: str = Field("", description="Which endpoints: public, internal, admin. Default: as in clouds.yaml.")

    @property
    def where(self) -> str:
        """The cloud as errors name it."""
        return f"cloud {self.name}"
