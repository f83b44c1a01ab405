"""PoolRow: a row of `ceph osd pool ls detail`."""

from __future__ import annotations

from pydantic import Field

from providers.reach.answers.answer import Answer

REPLICATED, ERASURE_CODED = 1, 3
"""The types of pools."""


class PoolOptions(Answer):
    """Options that only pools have on which they were set."""

    target_size_ratio: float | None = None
    compression_mode: str | None = None
    compression_algorithm: str | None = None


class PoolRow(Answer):
    """One pool as the monitors describe it; field names are theirs.

    Attributes:
        pool_id: The pool's number; old monitors leave it out.
        pg_num_target: Where pg_num is going: placement groups are split and merged over time.
        crush_rule: The rule's number.
        type: 1 for a replicated pool, 3 for an erasure-coded one.
        erasure_code_profile: The name of the profile; empty for a replicated pool.
        flags_names: Names with a comma between them. An erasure-coded pool whose objects may be written twice has
            `ec_overwrites`.
        application_metadata: The applications that are enabled, each with its own values.
    """

    pool_name: str
    pool_id: int | None = None
    size: int
    min_size: int
    pg_num: int
    pg_num_target: int | None = None
    pg_autoscale_mode: str | None = None
    crush_rule: int
    type: int = REPLICATED
    erasure_code_profile: str = ""
    flags_names: str = ""
    quota_max_bytes: int = 0
    quota_max_objects: int = 0
    options: PoolOptions = PoolOptions()
    application_metadata: dict[str, object] = Field(default_factory=dict)

    @property
    def overwrites(self) -> bool:
        """Whether objects may be written twice, as images need: always in a replicated pool."""
        return self.type != ERASURE_CODED or "ec_overwrites" in self.flags_names.split(",")
