"""What an operator writes under `ceph-openstack:cinder`."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from components.settings.base import SettingsModel
from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import SecretUser
from components.settings.values import BackendName, Line, ListPosition
from providers.formats.names import ClusterName

DEFAULT_BACKEND = "ceph"
"""Name of the only back end when the settings have `pool` instead of `backends`."""


class CinderBackend(SettingsModel):
    """A back end of Cinder's."""

    pool: Pool = Field(description="Pool for the volumes of this back end.")
    cluster: ClusterName | None = Field(
        None, description="The cluster of the pool, by its name in clusters. Default: the stack's own `cluster`."
    )
    volume_backend_name: Line | None = Field(
        None, description="Name by which volume types select this back end. Default: the name of its section."
    )


class CinderSettings(ServiceSettings):
    """cinder-volume and its back ends: either `pool` for a single back end, or `backends`.

    The base class adds `hosts`, on which cinder-volume runs, and `options`, further options of cinder.conf.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["pool"]},
            "then": {"properties": {"backends": {"maxProperties": 0}}},
            "else": {"required": ["backends"], "properties": {"backends": {"minProperties": 1}}},
        }
    )

    pool: Pool | None = Field(
        None, description="Pool for volumes, if there is a single back end. Short for backends: {ceph: {pool: …}}."
    )
    backends: dict[BackendName, CinderBackend] = Field(
        default={}, description="Back ends by the name of their section in cinder.conf, each with a pool of its own."
    )
    layout: Literal["sections", "flat"] = Field(
        "sections",
        description="How cinder.conf has the back end: sections, in enabled_backends with a section of its own; or "
        "flat, as guides up to Juno have it, in [DEFAULT], which Ocata dropped. A volume keeps the name of its back "
        "end's host, which is another one with flat; so leave a cloud flat until its volumes were moved. Default "
        "sections.",
    )
    list_position: ListPosition = Field(
        "last",
        description="Where the back ends are put in enabled_backends: first or last. A back end that is there stays "
        "where it is. Default last.",
    )
    user: SecretUser = Field(SecretUser(name="cinder"), description="Cinder's cephx user. Default {name: cinder}.")

    @model_validator(mode="after")
    def _pool_or_backends(self) -> CinderSettings:
        if (self.pool is None) == (not self.backends):
            raise ValueError("needs either `pool`, or `backends` when there are several")
        if self.is_flat and self.pool is None:
            raise ValueError("has layout flat, which has a single back end without a section: write `pool` instead")
        return self

    @property
    def is_flat(self) -> bool:
        """Whether the only back end is in [DEFAULT]."""
        return self.layout == "flat"

    @property
    def flat_pool(self) -> str | None:
        """Name of the pool of the only back end; None when there may be several."""
        return self.pool.name if self.pool else None

    @property
    def all_backends(self) -> dict[str, CinderBackend]:
        """Every back end by the name of its section; the single back end of `pool` is called `ceph`."""
        return dict(self.backends) if self.pool is None else {DEFAULT_BACKEND: CinderBackend(pool=self.pool)}

    def backend_name(self, section: str) -> str:
        """Return the name by which volume types select the back end of a section."""
        return self.all_backends[section].volume_backend_name or section
