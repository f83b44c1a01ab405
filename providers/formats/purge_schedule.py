"""When the trash of a pool is purged: an interval, and perhaps a time of day to count from, as `rbd` takes them.

`1d 04:00` is what `rbd trash purge schedule add --pool P 1d 04:00` is given. The manager says the same interval in its
own words (`24h` is `1d`), so that here every schedule has one form.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from providers.formats.written import written

NONE = "none"
"""No schedule."""

_UNITS = {"d": 24 * 60, "h": 60, "m": 1, "": 1}
_INTERVAL = r"0*[1-9][0-9]{0,5}[dhm]?"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:00)?(Z|[+-][0-9]{2}:[0-5][0-9])?"
_PATTERN = rf"{_INTERVAL}( {_TIME})?"
_MUST = "must be an interval, such as 1d, 12h or 90m, perhaps with a time of day behind it (1d 04:00), or `none`"


def _purge_schedule(text: str) -> str:
    if text == NONE:
        return text
    if not re.fullmatch(_PATTERN, text):
        raise ValueError(f"{_MUST}; write one")
    interval, _, start = text.partition(" ")
    return item(interval, start)


def item(interval: str, start: str | None) -> str:
    """Return a schedule in its one form: `1d`, or `90m 04:00:00+01:00` with a time of day.

    Args:
        interval: The interval, such as `1440m`.
        start: The time of day; none, or an empty text, where the intervals are counted from midnight.
    """
    number, unit = int(interval.rstrip("dhm")), interval[-1] if interval[-1] in "dhm" else ""
    minutes = number * _UNITS[unit]
    size, name = next((size, name) for name, size in _UNITS.items() if name and minutes % size == 0)
    time = re.fullmatch(r"(\d\d:\d\d)(?::\d\d)?(.*)", start or "")
    shown = f" {time[1]}:00{time[2].replace('Z', '+00:00')}" if time else ""
    return f"{minutes // size}{name}{shown}"


PurgeSchedule = Annotated[str, AfterValidator(_purge_schedule), written(rf"(none|{_PATTERN})", _MUST)]
"""A schedule in its one form, or `none`."""
