"""PurgeSchedules: when the trash of pools is purged, as `rbd trash purge schedule list` has it."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class PurgeScheduleItem(Answer):
    """One of a pool's schedules: an interval such as `1d`, and the time of day that it is counted from."""

    interval: str
    start_time: str | None = None


class PurgeSchedules(Answer):
    """The schedules of one pool, or of one namespace of it.

    Attributes:
        name: `pool/`, `pool/namespace/`, or an empty text for the schedule of all pools.
        schedule: The pool's schedules.
    """

    name: str
    schedule: list[PurgeScheduleItem]
