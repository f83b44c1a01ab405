"""PoolRow: a row of `ceph osd pool ls detail`."""

from __future__ import annotations

from pydantic import Field

from providers.reach.answers.answer import Answer


class PoolOptions(Answer):
    """Options that only pools have on which they were set."""

    target_size_ratio: float | None = None


class PoolRow(Answer):
    """One pool as the monitors describe it; field names are theirs.

    Attributes:
        pg_num_target: Where pg_num is going: placement groups are split and merged over time.
        crush_rule: The rule's number.
        application_metadata: The applications that are enabled, each with its own values.
    """

    pool_name: str
    size: int
    min_size: int
    pg_num: int
    pg_num_target: int | None = None
    pg_autoscale_mode: str | None = None
    crush_rule: int
    options: PoolOptions = PoolOptions()
    application_metadata: dict[str, object] = Field(default_factory=dict)
