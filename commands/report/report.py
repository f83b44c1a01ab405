"""Report: a preview as a reader of a pull request wants it, before it is written in any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from commands.report import in_cloud, in_cluster, in_files, of_keys, on_hosts
from commands.report.change import Change
from commands.report.going_away import going_away
from commands.report.guests import guests
from commands.report.picture import picture
from commands.report.preview import Preview
from commands.report.restarting import Edited, edited_options, restarting
from commands.report.row import Row, folded
from commands.report.section import AWAY, DEFERRED, HOSTS, OTHER, RESTARTS, SECTIONS, TAKEN
from commands.report.table import Table
from commands.report.value import Phrase, Value, values
from commands.report.wiring import GATE, Wiring

SERVICE = "host:Service"
ROWS: dict[str, Callable[[Change], Iterator[Row]]] = {
    "ceph:Cluster": in_cluster.cluster,
    "ceph:CrushRule": in_cluster.crush_rule,
    "ceph:ErasureCodeProfile": in_cluster.erasure_code_profile,
    "ceph:Pool": in_cluster.pool,
    "ceph:KeyType": in_cluster.key_type,
    "ceph:CephxUser": in_cluster.user,
    "ceph:KeyringFile": of_keys.keyring,
    "libvirt:LibvirtSecret": of_keys.secret,
    "ceph:CephConf": in_files.options,
    "openstack:ConfigSections": in_files.options,
    "openstack:VolumeType": in_cloud.volume_type,
    "openstack:ImageProperties": in_cloud.image_properties,
    "host:HostDirectory": on_hosts.directory,
    "host:FileCopy": on_hosts.copy,
    "host:FileLabel": on_hosts.label,
    "host:FileLines": on_hosts.lines,
    "host:WholeFile": on_hosts.whole_file,
    "stack:Preflight": on_hosts.preflight,
    "command:remote:Command": on_hosts.command,
}
"""Type to what a change of it says, in the order of the rows. What else a change means is asked of every type."""

QUIET = ("stack:Guard", "stack:Preflight", SERVICE)
"""Types of which a new one needs no row of its own."""


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        preview: What it is made from.
        lead: What a reader has to know first, a sentence each.
        tables: The rows, in the order of the sections.
        picture: The lines of a Mermaid picture of who uses which pool as whom; none if nothing of that changes.
    """

    preview: Preview
    lead: tuple[str, ...]
    tables: tuple[Table, ...]
    picture: tuple[str, ...]

    @classmethod
    def of(cls, preview: Preview) -> Report:
        """Return the report of a preview; of one that failed there is nothing but why."""
        if preview.errors:
            return cls(preview, ("Nothing is known of what a run would do.",), (), ())
        changes = sorted(preview.changes, key=lambda change: (_rank(change.type), change.order))
        edits = edited_options(changes)
        rows = [*(row for change in changes for row in _rows(change, edits)), *guests(changes)]
        drawn = picture(Wiring.of(changes, "old"), Wiring.of(changes, "new"))
        return cls(preview, tuple(_lead(preview, rows)), tuple(_tables(rows)), tuple(drawn))


def _rank(kind: str) -> int:
    order = list(ROWS)
    return order.index(kind) if kind in ROWS else len(order)


def _rows(change: Change, edits: Edited) -> list[Row]:
    """Return all rows of a change. One of which no reader says anything is named at least."""
    if change.type == GATE:
        return []
    rows = [*going_away(change), *_recorded(change)]
    if change.type == SERVICE:
        rows += restarting(change, edits)
    elif change.type in ROWS:
        rows += ROWS[change.type](change)
    return rows or list(_other(change))


def _recorded(change: Change) -> Iterator[Row]:
    if change.type == SERVICE and change.takes_over and change.get("restart_on") == "change":
        what: Phrase = ("service ", Value.of(_thing(change)))
        yield Row(HOSTS, (what, ("recorded as it runs, and not restarted",), (), ()), change.host)


def _thing(change: Change) -> str:
    """Return what a reader calls the thing: its path, unit or UUID if it lies on a host, else its logical name."""
    named = [change.inputs[name] for name in ("path", "unit", "uuid") if isinstance(change.inputs.get(name), str)]
    return named[0] if change.host and named else change.name


def _other(change: Change) -> Iterator[Row]:
    if change.op in ("create", "delete") and change.type in (*QUIET, *ROWS):
        return
    if change.type == SERVICE and change.get("restart_on") == "removal":
        return
    if change.pending:
        yield Row(TAKEN, ((Value.of(_thing(change)),), values(change.pending, "; ")), change.host)
        return
    what: Phrase = (Value.of(change.type), " ", Value.of(_thing(change)))
    fields = [name for name in sorted({*change.old, *change.new}) if change.old.get(name) != change.new.get(name)]
    says: Phrase = values(fields) if change.op == "update" else (f"{change.op}d",)
    yield Row(OTHER, (what, says), change.host)


def _tables(rows: Sequence[Row]) -> Iterator[Table]:
    tables = folded(rows)
    for section in SECTIONS:
        for (of, about), cells in tables.items():
            if of == section:
                yield Table(section, about, tuple(cells))


def _lead(preview: Preview, rows: Sequence[Row]) -> Iterator[str]:
    if not preview.changes:
        return
    services = {(row.host, row.cells[0]) for row in rows if row.section == RESTARTS}
    hosts = _many(len({host for host, _ in services}), "host", "hosts")
    restart = _many(len(services), "service restarts", "services restart")
    yield f"{restart} on {hosts}." if services else "No service restarts."
    put_off = sum(row.section == DEFERRED for row in rows)
    if put_off:
        yield f"{_many(put_off, 'restart is', 'restarts are')} deferred."
    gone = sum(row.section == AWAY for row in rows)
    if gone:
        yield f"{_many(gone, 'thing goes', 'things go')} away."
    left = sum(bool(change.pending) for change in preview.changes)
    if left:
        yield f"{_many(left, 'thing was', 'things were')} taken over as found; from this run on the settings hold."
    found = sum(change.takes_over for change in preview.changes)
    if found:
        things = _many(found, "thing is", "things are")
        yield f"{things} taken over where there already: this run only records them, and the next one changes them."


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
