"""What stands under `ceph-openstack:cinder`."""

from __future__ import annotations

from pydantic import Field, model_validator

from components.settings.base import SettingsModel
from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import SecretUser
from components.settings.values import BackendName, Line

FIRST = "ceph"
"""The back end that `pool` stands for."""


class CinderBackend(SettingsModel):
    """One Cinder back end."""

    pool: Pool = Field(description="Pool for its volumes.")
    volume_backend_name: Line | None = Field(
        None, description="Name that volume types select it by. Default: the name of its section."
    )


class CinderSettings(ServiceSettings):
    """cinder-volume and its back ends: `pool` for one, `backends` for several."""

    pool: Pool | None = Field(None, description="Pool for volumes; short for backends: {ceph: {pool: …}}.")
    backends: dict[BackendName, CinderBackend] = Field(
        default={}, description="Back ends by section name, each with a pool of its own."
    )
    user: SecretUser = Field(SecretUser(name="cinder"), description="Its cephx user. Default {name: cinder}.")

    @model_validator(mode="after")
    def _pool_or_backends(self) -> CinderSettings:
        if (self.pool is None) == (not self.backends):
            raise ValueError("needs either `pool`, or `backends` when there are several")
        return self

    @property
    def all_backends(self) -> dict[str, CinderBackend]:
        """Every back end by the name of its section; `pool` stands for one called `ceph`."""
        return dict(self.backends) if self.pool is None else {FIRST: CinderBackend(pool=self.pool)}

    def backend_name(self, section: str) -> str:
        """Return the name that volume types select the back end of a section by."""
        return self.all_backends[section].volume_backend_name or section
