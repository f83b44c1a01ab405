"""Examples of directories."""

from __future__ import annotations

from dataclasses import replace

from providers import resources
from providers.host.directory import DirectoryKind, DirectoryObserved
from tests.sim.site import Site
from tests.unit.examples.by_hand import chmod, garbled_journal
from tests.unit.examples.example import STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, file_as, observed_as


def remove_folder(site: Site) -> None:
    site.hosts["api1"].path("/etc/ceph/ours").rmdir()


DIRECTORY = Example(
    "directory",
    resources.HostDirectoryProvider,
    {"stack": STACK, "host": "api1", "path": "/etc/ceph/ours", "group": "daemon", "mode": "0750"},
    update={"mode": "0700"},
    fixed={"path": "/etc/ceph/other"},
    hostile=[{"path": "x"}, {"path": "/x/"}, {"mode": "rwx"}],
    drifts=[
        Drift(
            "mode",
            chmod("api1", "/etc/ceph/ours", 0o777),
            {"mode": "0777"},
            ["chown root:daemon /etc/ceph/ours; chmod 0750 /etc/ceph/ours"],
        ),
        Drift("gone", remove_folder, {"present": False}, ["mkdir /etc/ceph/ours (root:daemon 0750)"]),
    ],
    gone=remove_folder,
    garble=garbled_journal("api1", "directory", "/etc/ceph/ours"),
)

EXISTING = replace(
    DIRECTORY,
    name="directory that exists",
    prepare=lambda site: site.hosts["api1"].path("/etc/ceph/ours").mkdir(mode=0o711),
    drifts=[],
    gone=None,
)


def observed(told: Told, _text: str | None) -> DirectoryObserved:
    """Return what is at the path; `file` tells its attributes, and `others` the entries of other stacks."""
    form = DirectoryKind
    others = {path: entry_as(form, {"entry": entry}) for path, entry in told.get("others", {}).items()}
    file = {"kind": "directory", "digest": "", **told["file"]} if "file" in told else None
    state = file_as(None, {"file": file}) if file else None
    return observed_as(DirectoryObserved, {"entry": entry_as(form, told), "others": others}, state=state)
