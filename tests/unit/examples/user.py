"""Examples of cephx users."""

from __future__ import annotations

from providers import resources
from providers.ceph.user import UserKind, UserObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as

CAPS = {"mon": "profile rbd", "osd": "profile rbd pool=volumes"}


def with_user(site: Site) -> None:
    site.ceph.add_user("client.cinder", CAPS)


def foreign_user(site: Site) -> None:
    site.ceph.add_user("client.cinder", {"mon": "allow r"})


USER = Example(
    "user",
    resources.CephxUserProvider,
    {"stack": STACK, "fsid": FSID, "entity": "client.cinder", "caps": CAPS},
    update={"caps": {**CAPS, "mgr": "profile rbd pool=volumes"}},
    fixed={"entity": "client.other"},
    hostile=[
        {"entity": HOSTILE},
        {"entity": "client.admin"},
        {"caps": {}},
        {"caps": {"mon\nx": "allow r"}},
        {"caps": {"mon": "allow r\nosd"}},
        {"caps": {"mon": ""}},
    ],
    drifts=[
        Drift(
            "caps",
            lambda site: site.ceph.do_auth_caps("client.cinder", ["mon", "allow r"]),
            {"caps": {"mon": "allow r"}},
            ["ceph auth caps client.cinder mon 'profile rbd' osd 'profile rbd pool=volumes'"],
        ),
        Drift(
            "gone",
            lambda site: site.ceph.do_auth_rm("client.cinder"),
            {"present": False},
            ["ceph auth get-or-create client.cinder mon 'profile rbd' osd 'profile rbd pool=volumes'"],
        ),
    ],
    foreign=foreign_user,
    gone=lambda site: site.ceph.do_auth_rm("client.cinder"),
    garble=garbled("auth ls", '{"auth_dump": [{"entity": "client.cinder"}]}'),
)


def observed(told: Told, _text: str | None) -> UserObserved:
    """Return what the cluster says of a user."""
    return observed_as(UserObserved, {**told, "entry": entry_as(UserKind, told)})
