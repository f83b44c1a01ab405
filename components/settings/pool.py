"""A pool of the cluster."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from components.settings.base import SettingsModel
from components.settings.values import Line
from providers.formats.names import PoolName
from providers.formats.numbers import Number, WholeNumber


class Pool(SettingsModel):
    """A pool. A setting that is left out is the cluster's to choose, so a change of it there is no drift."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["pg_num"]},
            "then": {
                "required": ["pg_autoscale_mode"],
                "properties": {"pg_autoscale_mode": {"enum": ["off", "warn"]}},
            },
        }
    )

    name: PoolName = Field(description="Name of the pool, which cannot change.")
    size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies of each object. Default: osd_pool_default_size."
    )
    min_size: WholeNumber | None = Field(
        None,
        ge=1,
        le=10,
        description="Copies that have to be there to serve a write. Default: Ceph derives it from size.",
    )
    pg_num: WholeNumber | None = Field(
        None,
        ge=1,
        le=65536,
        description="Placement groups, only with pg_autoscale_mode off or warn. Default: the cluster's.",
    )
    pg_autoscale_mode: Literal["on", "off", "warn"] | None = Field(
        None,
        description="Autoscaler of placement groups: on, off or warn. Default: the cluster's (on since Octopus).",
    )
    crush_rule: Line | None = Field(None, description="Name of an existing CRUSH rule. Default: the cluster's.")
    target_size_ratio: Number | None = Field(
        None,
        gt=0,
        description="Expected share of the data, as a weight among the pools that set target_size_ratio. Default: "
        "none.",
    )
    init: bool | None = Field(
        None,
        description="Whether to make the pool ready for images (`rbd pool init`) where nobody did. false leaves such a "
        "pool as it is; health complains that its application is not enabled. Default true.",
    )
    adopt: bool | None = Field(
        None,
        description="Take over a pool that exists. A pool that was taken over is never deleted. Default: adopt of the "
        "stack.",
    )
    shared: bool = Field(
        False,
        description="Let several services keep their data in this pool, where they did so already; set it at each of "
        "them, with the same settings. With Cinder also set rbd_exclusive_cinder_pool to false in cinder.options, or "
        "Cinder counts free space wrong. Default false.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Pool:
        if self.size is not None and self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size is greater than size: no write would ever be served; lower min_size")
        if self.pg_num is not None and self.pg_autoscale_mode not in ("off", "warn"):
            raise ValueError("pg_num fights the autoscaler; leave it out, or set pg_autoscale_mode to off or warn")
        return self
