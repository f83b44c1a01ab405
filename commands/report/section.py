"""Section: a part of a report, with the rows of one table. The sections stand here in their order in the report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        title: Its heading.
        rows: What its rows are about, such as `restarts`, to say how many are left out.
        head: The titles of its columns, after the hosts.
        hosts: Whether the first column names hosts. Rows that differ in nothing else are then one row.
        rank: How important it is: where not all rows find room, a section with a lower rank gets its room first.
        closed: Whether it is folded away until a reader opens it.
        note: What stands above its rows.
    """

    title: str
    rows: str
    head: tuple[str, ...]
    hosts: bool = True
    rank: int = 0
    closed: bool = False
    note: str = ""


AWAY = Section("What goes away", "things that go away", ("what", "how"), rank=1)
RESTARTS = Section("Services that restart", "restarts", ("service", "because of"), rank=2)
DEFERRED = Section(
    "Restarts that are deferred",
    "deferred restarts",
    ("service", "owed for"),
    rank=2,
    note="The files are written, and these processes go on with what they have read (docs/rolling-out.md).",
)
GUESTS = Section(
    "Guests",
    "rows on guests",
    ("which guests", "what the run means for them"),
    hosts=False,
    rank=3,
    note="A preview does not know which guests run. `python -m commands guests` names them.",
)
CLUSTER = Section(
    "In the cluster", "changes in the cluster", ("what", "field", "was", "will be", "that is"), hosts=False, rank=5
)
OPTIONS = Section("Options that change", "options", ("option", "was", "will be"), rank=6)
KEYS = Section("Keyrings and secrets, by name", "keyrings and secrets", ("what", "change"), rank=7)
CLOUD = Section("In OpenStack", "changes in OpenStack", ("what", "field", "was", "will be"), hosts=False, rank=8)
TAKEN = Section(
    "Taken over in the last run as it was, changed in this one", "things taken over", ("what", "this run does"), rank=9
)
HOSTS = Section("On the hosts besides", "changes on hosts", ("what", "field", "was", "will be"), rank=10)
OTHER = Section("Other changes", "other changes", ("resource", "what differs"), rank=11)
NEW = Section("Options that are new", "options", ("option", "will be"), rank=12, closed=True)

SECTIONS = (AWAY, RESTARTS, DEFERRED, GUESTS, CLUSTER, OPTIONS, KEYS, CLOUD, TAKEN, HOSTS, OTHER, NEW)
