"""A pool of the cluster."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from components.settings.base import SettingsModel
from components.settings.values import Line
from providers.formats.names import PoolName
from providers.formats.numbers import Number, WholeNumber


class Pool(SettingsModel):
    """A pool. What is left out is left to the cluster, and so no drift."""

    name: PoolName = Field(description="Name of the pool. Cannot change.")
    size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies of each object. Default: osd_pool_default_size."
    )
    min_size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies needed to serve a write. Default: derived from size by Ceph."
    )
    pg_num: WholeNumber | None = Field(
        None,
        ge=1,
        le=65536,
        description="Placement groups; only with the autoscaler off. Default: the cluster's.",
    )
    pg_autoscale_mode: Literal["on", "off", "warn"] | None = Field(
        None,
        description="Placement group autoscaler: on, off, warn. Default: the cluster's (on since Octopus).",
    )
    crush_rule: Line | None = Field(None, description="Name of an existing CRUSH rule. Default: the cluster's.")
    target_size_ratio: Number | None = Field(
        None,
        gt=0,
        description="Expected share of the data, a weight among the pools that set it. Default: none.",
    )
    adopt: bool = Field(False, description="Take over a pool that exists; it is never deleted. Default false.")

    @model_validator(mode="after")
    def _consistent(self) -> Pool:
        if self.size is not None and self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size is greater than size: no write would ever be served; lower min_size")
        if self.pg_num is not None and self.pg_autoscale_mode not in ("off", "warn"):
            raise ValueError("pg_num fights the autoscaler; leave it out, or set pg_autoscale_mode to off or warn")
        return self
