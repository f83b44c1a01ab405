"""Examples of files that are the stack's own."""

from __future__ import annotations

import hashlib

from providers import resources
from providers.host.whole_file import WholeFileKind, WholeFileObserved
from tests.unit.examples.by_hand import edit, garbled_journal, remove
from tests.unit.examples.example import STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, file_as, observed_as

PATH = "/etc/ceph/ceph.sources"
TEXT = "Types: deb\nURIs: https://download.example.org/debian\nSuites: bookworm\n"

FILE = Example(
    "file",
    resources.WholeFileProvider,
    {"stack": STACK, "host": "api1", "path": PATH, "content": TEXT},
    update={"content": f"{TEXT}Components: main\n"},
    fixed={"path": "/etc/ceph/other.sources"},
    hostile=[{"path": "x"}],
    drifts=[
        Drift("text", edit("api1", PATH, "bookworm", "trixie"), {"content": TEXT.replace("bookworm", "trixie")},
              [f"write {PATH}"]),
        Drift("gone", remove("api1", PATH), {"content": ""}, [f"write {PATH} (root:root 0644)"]),
    ],
    gone=remove("api1", PATH),
    garble=garbled_journal("api1", "file", PATH),
)  # fmt: skip


def observed(told: Told, text: str | None) -> WholeFileObserved:
    """Return the file with this text; each digest `of TEXT` in the entry is that of the text."""
    entry = entry_as(WholeFileKind, told)
    if entry:
        texts = [digest.removeprefix("of ").replace("\\n", "\n") for digest in entry.record.digests]
        entry = entry.with_record(digests=[hashlib.sha256(text.encode()).hexdigest() for text in texts])
    return observed_as(WholeFileObserved, {"entry": entry}, state=file_as(text, told))
