"""Examples of visible copies."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from providers import resources
from providers.host.file_copy import FileCopyKind, FileCopyObserved
from tests.sim.site import Site
from tests.unit.examples.by_hand import garbled_journal, remove
from tests.unit.examples.example import STACK, Drift, Example, nothing
from tests.unit.examples.told import Told, entry_as, file_as, observed_as

PATH = "/etc/cinder/cinder.conf"


def shipped(site: Site) -> None:
    """Leave a service's file with a password, as its package has it."""
    path = site.hosts["api1"].path(PATH)
    path.write_text("[DEFAULT]\n# by hand\ntransport_url = rabbit://a:b@c\n")
    path.chmod(0o640)


COPY = Example(
    "copy",
    resources.FileCopyProvider,
    {"stack": STACK, "host": "api1", "path": PATH},
    prepare=shipped,
    fixed={"path": "/etc/ceph/other.conf"},
    hostile=[{"path": "x"}, {"path": "/x/"}],
    drifts=[
        Drift("gone", remove("api1", f"{PATH}.0"), {"present": False}, [f"write {PATH}.0 (root:root 0640)"]),
    ],
    gone=remove("api1", f"{PATH}.0"),
    garble=garbled_journal("api1", "copy", PATH),
)

COPY_OF_NOTHING = replace(
    COPY, name="copy of a file that is not there", prepare=nothing, drifts=[], gone=None, has_entry=False
)


def observed(told: Told, text: str | None) -> FileCopyObserved:
    """Return the file with this text; `numbered` tells the text of what lies beside the file."""
    others = {path: entry_as(FileCopyKind, {"entry": entry}) for path, entry in told.get("others", {}).items()}
    owners = {path: tuple(owner) for path, owner in told.get("owners", {}).items()}
    known = {"entry": entry_as(FileCopyKind, told), "others": others, "owners": owners}
    if known["entry"] and known["entry"].record.digest == "that of the copy":
        held = hashlib.sha256(told["numbered"][known["entry"].record.name].encode()).hexdigest()
        known["entry"] = known["entry"].with_record(digest=held)
    numbered = {path: file_as(found, {}) for path, found in told.get("numbered", {}).items()}
    return observed_as(FileCopyObserved, {**known, "numbered": numbered}, state=file_as(text, told))
