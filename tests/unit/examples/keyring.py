"""Examples of keyrings."""

from __future__ import annotations

from providers import resources
from providers.ceph.keyring import KeyringKind, KeyringObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import chmod, edit, garbled, remove
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, file_as, observed_as, without
from tests.unit.examples.user import with_user

KEYRING = "/etc/ceph/ceph.client.cinder.keyring"

RIGHT = "sha256:" + 64 * "1"


def foreign_keyring(site: Site) -> None:
    path = site.hosts["api1"].path(KEYRING)
    path.write_text(f"[client.cinder]\n\tkey = {site.ceph.users['client.cinder']['key']}\n")
    path.chmod(0o600)


KEYRING_FILE = Example(
    "keyring",
    resources.KeyringFileProvider,
    {
        "stack": STACK,
        "host": "api1",
        "fsid": FSID,
        "entity": "client.cinder",
        "path": KEYRING,
        "owner": "root",
        "group": "daemon",
    },
    prepare=with_user,
    update={"mode": "0600"},
    fixed={"path": "/etc/ceph/other.keyring", "host": "compute1"},
    hostile=[{"path": HOSTILE}, {"entity": "client.a\nb"}, {"mode": "640"}, {"path": "/" + "/x" * 100}],
    drifts=[
        Drift(
            "mode",
            chmod("api1", KEYRING, 0o644),
            {"mode": "0644"},
            [f"chown root:daemon {KEYRING}; chmod 0640 {KEYRING}"],
        ),
        Drift("gone", remove("api1", KEYRING), {"key_state": "missing"}, [f"write {KEYRING} (root:daemon 0640)"]),
        Drift(
            "no keyring",
            edit("api1", KEYRING, "[client", "client"),
            {"key_state": "unreadable"},
            [f"write {KEYRING} (root:daemon 0640)"],
        ),
        Drift(
            "rotated",
            lambda site: site.ceph.rotate("client.cinder"),
            {"key_state": "stale"},
            [f"write {KEYRING} (root:daemon 0640)"],
        ),
    ],
    foreign=foreign_keyring,
    gone=remove("api1", KEYRING),
    garble=garbled("auth ls", "[]"),
    stays=lambda after, theirs: after["files"][f"api1{KEYRING}"][0] == theirs["files"][f"api1{KEYRING}"][0],
)


def observed(told: Told, text: str | None) -> KeyringObserved:
    """Return the file with this text; the cluster's key is `RIGHT`."""
    found = {**without(told, "file"), "entry": entry_as(KeyringKind, told)}
    return observed_as(KeyringObserved, found, wanted=RIGHT, state=file_as(text, told))
