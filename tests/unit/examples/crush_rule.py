"""Examples of CRUSH rules."""

from __future__ import annotations

from providers import resources
from providers.ceph.crush_rule import CrushRuleKind, CrushRuleObserved
from tests.sim.ceph import replicated
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as


def with_a_rule(site: Site) -> None:
    site.ceph.do_osd_crush_rule_create_replicated("fast", "default", "host", **{"class": "ssd"})


CRUSH_RULE = Example(
    "CRUSH rule",
    resources.CrushRuleProvider,
    {"stack": STACK, "fsid": FSID, "name": "fast", "device_class": "ssd"},
    fixed={"name": "other", "device_class": "hdd", "failure_domain": "rack", "root": "other"},
    hostile=[{"name": HOSTILE}, {"name": "-x"}, {"device_class": "a b"}, {"failure_domain": ""}, {"wrong": 1}],
    drifts=[
        Drift(
            "gone",
            lambda site: site.ceph.do_osd_crush_rule_rm("fast"),
            {"present": False},
            ["ceph osd crush rule create-replicated fast default host ssd"],
        ),
    ],
    foreign=with_a_rule,
    gone=lambda site: site.ceph.do_osd_crush_rule_rm("fast"),
    garble=garbled("osd crush rule dump", "[1]"),
)


def observed(told: Told, _text: str | None) -> CrushRuleObserved:
    """Return what the cluster says of a rule; `does` tells what a rule takes and its failure domain."""
    does = told.get("does")
    rule = {"rule_id": 1, "rule_name": "fast", **replicated(*does)} if does else None
    rest = {name: value for name, value in told.items() if name != "does"}
    return observed_as(CrushRuleObserved, {"rule": rule, **rest, "entry": entry_as(CrushRuleKind, told)})
