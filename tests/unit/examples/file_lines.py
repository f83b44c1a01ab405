"""Examples of lines in files of rules."""

from __future__ import annotations

from dataclasses import replace

from providers import resources
from providers.host.file_lines import FileLinesKind, FileLinesObserved
from tests.sim.site import Site
from tests.unit.examples.by_hand import edit, garbled_journal, remove
from tests.unit.examples.example import STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, file_as, observed_as

PATH = "/etc/ceph/guests.conf"
FIRST, SECOND = "d /run/ceph-guests 0770 libvirt-qemu kvm -", "d /run/ceph-logs 0770 libvirt-qemu kvm -"


def another_file(site: Site) -> None:
    """Leave a file of somebody else's, whose last line has no end."""
    path = site.hosts["api1"].path(PATH)
    path.write_text("# by hand\nd /run/other")
    path.chmod(0o640)


LINES = Example(
    "lines",
    resources.FileLinesProvider,
    {"stack": STACK, "host": "api1", "path": PATH, "lines": {FIRST: True, SECOND: True}},
    update={"lines": {SECOND: True, "d /run/third": True}},
    fixed={"path": "/etc/ceph/other.conf"},
    hostile=[{"path": "x"}, {"lines": ["a\nb"]}, {"lines": [" "]}],
    drifts=[
        Drift("a line", edit("api1", PATH, FIRST, "d /else"), {"lines": {SECOND: True}}, [f"write {PATH}"]),
        Drift("gone", remove("api1", PATH), {"lines": {}}, [f"write {PATH} (root:root 0644)"]),
    ],
    gone=remove("api1", PATH),
    garble=garbled_journal("api1", "lines", PATH),
)

LINES_OF_ANOTHER_FILE = replace(
    LINES, name="lines of somebody else's file", prepare=another_file, drifts=LINES.drifts[:1], gone=None
)


def observed(told: Told, text: str | None) -> FileLinesObserved:
    """Return the file with this text; `others` tells the entries of other stacks."""
    others = {path: entry_as(FileLinesKind, {"entry": entry}) for path, entry in told.get("others", {}).items()}
    known = {"entry": entry_as(FileLinesKind, told), "others": others}
    return observed_as(FileLinesObserved, known, state=file_as(text, told))
