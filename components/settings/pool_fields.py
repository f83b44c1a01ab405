"""The settings that replicated and erasure-coded pools have in common, each with its description."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from components.settings.values import Line
from providers.formats.byte_count import ByteCount
from providers.formats.names import PoolName
from providers.formats.numbers import Number, WholeNumber

PG_NUM_SCHEMA = ConfigDict(
    json_schema_extra={
        "if": {"required": ["pg_num"]},
        "then": {
            "required": ["pg_autoscale_mode"],
            "properties": {"pg_autoscale_mode": {"enum": ["off", "warn"]}},
        },
    }
)
"""What `refuse_a_fight` refuses, for an editor."""

Name = Annotated[PoolName, Field(description="Name of the pool, which cannot change.")]
PgNum = Annotated[
    WholeNumber | None,
    Field(
        ge=1,
        le=65536,
        description="Placement groups, only with pg_autoscale_mode off or warn. Default: the cluster's.",
    ),
]
PgAutoscaleMode = Annotated[
    Literal["on", "off", "warn"] | None,
    Field(description="Autoscaler of placement groups: on, off or warn. Default: the cluster's (on since Octopus)."),
]
TargetSizeRatio = Annotated[
    Number | None,
    Field(
        gt=0,
        description="Expected share of the data, as a weight among the pools that set target_size_ratio. Default: "
        "none.",
    ),
]
QuotaMaxBytes = Annotated[
    ByteCount | None,
    Field(
        ge=0,
        description="Bytes, such as 10T, that the pool may hold before replication. A full pool serves no write, so "
        "guests wait. 0 for no such limit. Default: left as it is.",
    ),
]
QuotaMaxObjects = Annotated[
    WholeNumber | None,
    Field(
        ge=0,
        description="Objects that the pool may hold. A full pool serves no write. 0 for no such limit. Default: left "
        "as it is.",
    ),
]
CompressionMode = Annotated[
    Literal["none", "passive", "aggressive", "force"] | None,
    Field(
        description="When OSDs compress what is written from then on: none, passive (where the client hints so), "
        "aggressive (unless the client hints against it) or force. Default: the OSDs' bluestore_compression_mode.",
    ),
]
CompressionAlgorithm = Annotated[
    Literal["lz4", "snappy", "zlib", "zstd"] | None,
    Field(
        description="With what OSDs compress: lz4, snappy, zlib or zstd. Default: the OSDs' "
        "bluestore_compression_algorithm.",
    ),
]
Adopt = Annotated[
    bool | None,
    Field(
        description="Take over a pool that exists. A pool that was taken over is never deleted. Default: adopt of the "
        "stack.",
    ),
]
Shared = Annotated[
    bool,
    Field(
        description="Let several services keep their data in this pool, where they did so already; set it at each of "
        "them, with the same settings. With Cinder also set rbd_exclusive_cinder_pool to false in cinder.options, or "
        "Cinder counts free space wrong. Default false.",
    ),
]
Rule = Annotated[
    Line | None,
    Field(description="Name of a CRUSH rule: one of cluster.crush_rules, or one that exists. Default: the cluster's."),
]


def refuse_a_fight(pg_num: int | None, mode: str | None) -> None:
    """Raise ValueError where the autoscaler would change the number of placement groups that is asked for."""
    if pg_num is not None and mode not in ("off", "warn"):
        raise ValueError("pg_num fights the autoscaler; leave it out, or set pg_autoscale_mode to off or warn")
