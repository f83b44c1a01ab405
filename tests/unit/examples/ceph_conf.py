"""Examples of options in ceph.conf."""

from __future__ import annotations

from providers import resources
from providers.ceph.ceph_conf import CephConfKind
from providers.host.option_file import OptionFileObserved
from tests.sim.site import FSID
from tests.unit.examples.by_hand import edit, garbled_journal, remove
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.keyring import KEYRING
from tests.unit.examples.told import Told, entry_as, file_as, observed_as

CEPH_CONF = Example(
    "cephconf",
    resources.CephConfProvider,
    {
        "stack": STACK,
        "host": "api1",
        "fsid": FSID,
        "component": "client",
        "path": "/etc/ceph/ceph.conf",
        "sections": {"global": {"fsid": FSID}, "client.cinder": {"keyring": KEYRING}},
    },
    update={"sections": {"global": {"fsid": FSID}, "client.glance": {"keyring": "/x"}}},
    fixed={"path": "/etc/ceph/other.conf"},
    hostile=[{"path": "/etc/../x"}, {"path": "relative"}, {"sections": {"a]b": {"c": "d"}}}, {"component": HOSTILE}],
    drifts=[
        Drift(
            "option",
            edit("api1", "/etc/ceph/ceph.conf", KEYRING, "/elsewhere"),
            {"sections": {"global": {"fsid": FSID}, "client.cinder": {"keyring": "/elsewhere"}}},
            ["write /etc/ceph/ceph.conf"],
        ),
        Drift(
            "gone",
            remove("api1", "/etc/ceph/ceph.conf"),
            {"sections": {}},
            ["write /etc/ceph/ceph.conf (root:root 0644)"],
        ),
    ],
    garble=garbled_journal("api1", "cephconf", "/etc/ceph/ceph.conf#client"),
)


def observed(told: Told, text: str | None) -> OptionFileObserved:
    """Return the file with this text; `later` tells the text of each file read after it, `others` the other records."""
    entry = entry_as(CephConfKind, told)
    later = {path: file_as(found, {}) for path, found in told.get("later", {}).items()}
    others = told.get("others", {})
    return observed_as(
        OptionFileObserved, {"entry": entry, "later": later, "others": others}, state=file_as(text, told)
    )
