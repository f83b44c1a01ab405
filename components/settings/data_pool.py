"""An erasure-coded pool that holds the data of images whose names and metadata are in another pool."""

from __future__ import annotations

from pydantic import Field, model_validator

from components.settings import pool_fields as fields
from components.settings.base import SettingsModel
from components.settings.values import Line
from providers.formats.names import CrushName
from providers.formats.numbers import WholeNumber


class DataPool(SettingsModel):
    """An erasure-coded data pool. It holds data of images that are made from then on; others stay where they are."""

    model_config = fields.PG_NUM_SCHEMA

    name: fields.Name
    erasure_code_profile: CrushName = Field(
        "default",
        description="Profile that the pool is made with: one of cluster.erasure_code_profiles, or one that exists. A "
        "pool keeps its profile. Default default, which each cluster has.",
    )
    min_size: WholeNumber | None = Field(
        None,
        ge=1,
        le=128,
        description="Parts that have to be there to serve a write, from k to k + m. Default: Ceph derives it.",
    )
    pg_num: fields.PgNum = None
    pg_autoscale_mode: fields.PgAutoscaleMode = None
    crush_rule: Line | None = Field(
        None,
        description="Name of a CRUSH rule for erasure-coded pools that exists. Default: a rule that the cluster makes "
        "along with the pool, of the profile.",
    )
    target_size_ratio: fields.TargetSizeRatio = None
    quota_max_bytes: fields.QuotaMaxBytes = None
    quota_max_objects: fields.QuotaMaxObjects = None
    compression_mode: fields.CompressionMode = None
    compression_algorithm: fields.CompressionAlgorithm = None
    adopt: fields.Adopt = None
    shared: bool = Field(
        False,
        description="Let several services, or back ends, keep data in this pool; set it at each of them, with the same "
        "settings. Default false.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> DataPool:
        fields.refuse_a_fight(self.pg_num, self.pg_autoscale_mode)
        return self
