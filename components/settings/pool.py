"""A pool of the cluster."""

from __future__ import annotations

from pydantic import Field, model_validator

from components.settings import pool_fields as fields
from components.settings.base import SettingsModel
from components.settings.data_pool import DataPool
from providers.formats.numbers import WholeNumber
from providers.formats.purge_schedule import PurgeSchedule


class Pool(SettingsModel):
    """A pool. A setting that is left out is the cluster's to choose, so a change of it there is no drift."""

    model_config = fields.PG_NUM_SCHEMA

    name: fields.Name
    size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies of each object. Default: osd_pool_default_size."
    )
    min_size: WholeNumber | None = Field(
        None,
        ge=1,
        le=10,
        description="Copies that have to be there to serve a write. Default: Ceph derives it from size.",
    )
    pg_num: fields.PgNum = None
    pg_autoscale_mode: fields.PgAutoscaleMode = None
    crush_rule: fields.Rule = None
    target_size_ratio: fields.TargetSizeRatio = None
    quota_max_bytes: fields.QuotaMaxBytes = None
    quota_max_objects: fields.QuotaMaxObjects = None
    compression_mode: fields.CompressionMode = None
    compression_algorithm: fields.CompressionAlgorithm = None
    trash_purge_schedule: PurgeSchedule | None = Field(
        None,
        description="How often a manager removes images from the pool's trash whose time there is over, such as 1d, or "
        '"1d 04:00" counted from a time of day. It is the pool\'s only schedule; none for no schedule. Default: left '
        "as it is.",
    )
    init: bool | None = Field(
        None,
        description="Whether to make the pool ready for images (`rbd pool init`) where nobody did. false leaves such a "
        "pool as it is; health complains that its application is not enabled. Default true.",
    )
    data_pool: DataPool | None = Field(
        None,
        description="Erasure-coded pool for the data of images that the service makes from then on, while their names "
        "and metadata are in this pool (rbd_default_data_pool). Default: the data is in this pool, too.",
    )
    adopt: fields.Adopt = None
    shared: fields.Shared = False

    @model_validator(mode="after")
    def _consistent(self) -> Pool:
        if self.size is not None and self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size is greater than size: no write would ever be served; lower min_size")
        fields.refuse_a_fight(self.pg_num, self.pg_autoscale_mode)
        return self
