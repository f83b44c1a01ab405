"""Examples of the cluster."""

from __future__ import annotations

from providers import resources
from providers.ceph.cluster import ClusterObserved
from tests.sim.site import FSID
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Example
from tests.unit.examples.told import Told, observed_as

CLUSTER = Example(
    "cluster",
    resources.ClusterProvider,
    {"stack": STACK, "fsid": FSID, "mon_hosts": ["[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"]},
    update={"mon_hosts": ["v1:127.0.2.1:6789/0"]},
    fixed={"fsid": FSID.replace("f", "e")},
    hostile=[{"fsid": "x"}, {"mon_hosts": []}, {"mon_hosts": HOSTILE}],
    garble=garbled("mon dump", "[]"),
)


def observed(told: Told, _text: str | None) -> ClusterObserved:
    """Return what the cluster says of itself."""
    return observed_as(ClusterObserved, told)
