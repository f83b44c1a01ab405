"""Examples of erasure code profiles."""

from __future__ import annotations

from providers import resources
from providers.ceph.erasure_code_profile import ErasureCodeProfileKind, ErasureCodeProfileObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as


def with_a_profile(site: Site) -> None:
    site.ceph.do_osd_erasure_code_profile_set("ec21", ["k=2", "m=1", "crush-failure-domain=osd"])


ERASURE_CODE_PROFILE = Example(
    "erasure code profile",
    resources.ErasureCodeProfileProvider,
    {"stack": STACK, "fsid": FSID, "name": "ec21", "k": 2, "m": 1, "failure_domain": "osd"},
    fixed={"name": "other", "k": 4, "m": 2, "failure_domain": "host"},
    hostile=[{"name": HOSTILE}, {"k": 1}, {"m": 0}, {"k": "two"}, {"plugin": "a b"}, {"wrong": 1}],
    drifts=[
        Drift(
            "gone",
            lambda site: site.ceph.do_osd_erasure_code_profile_rm("ec21"),
            {"present": False},
            ["ceph osd erasure-code-profile set ec21 k=2 m=1 crush-failure-domain=osd"],
        ),
    ],
    foreign=with_a_profile,
    gone=lambda site: site.ceph.do_osd_erasure_code_profile_rm("ec21"),
    garble=garbled("osd dump", '{"blocklist": 1}'),
)


def observed(told: Told, _text: str | None) -> ErasureCodeProfileObserved:
    """Return what the cluster says of a profile."""
    return observed_as(
        ErasureCodeProfileObserved, {"parameters": None, **told, "entry": entry_as(ErasureCodeProfileKind, told)}
    )
