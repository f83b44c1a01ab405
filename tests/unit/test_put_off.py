"""A run that leaves processes on what they have read takes nothing away that they may still use."""

from __future__ import annotations

from typing import Any

import pytest

from providers.errors import Refused
from providers.formats.keyed import as_keys
from providers.resources import GuardProvider
from tests.sim.site import Managed, Site
from tests.unit.examples.guard import GUARD

WIDE = {"mon": "profile rbd", "osd": "profile rbd pool=volumes, profile rbd pool=vms"}
NARROW = {"mon": "profile rbd", "osd": "profile rbd pool=volumes"}
NOVA = {"images_rbd_pool": "vms", "rbd_user": "cinder"}


def places(user: str = "cinder") -> dict[str, Any]:
    return {host: {"nova": {"libvirt": {**NOVA, "rbd_user": user}}} for host in ("compute1", "compute2")}


@pytest.fixture
def gate(site: Site) -> Managed:
    """The gate of a stack whose users were rotated: the former one may go now, if nothing uses it."""
    for pool in ("volumes", "vms"):
        site.ceph.do_osd_pool_create(pool)
    made = Managed(site, GuardProvider(), {**GUARD.props, "guards": "change"})
    looking(
        made,
        entities=as_keys(["client.cinder", "client.cinder-g2"]),
        caps={"client.cinder": WIDE, "client.cinder-g2": WIDE},
        settings={"client.cinder-g2": "cinder.user"},
        places=places(),
        files={"nova": ["/etc/nova/nova.conf"]},
        monitors=as_keys(["192.0.2.1"]),
    ).up()
    return made


def looking(gate: Managed, **change: Any) -> Managed:
    """Change what the gate looks at."""
    return gate.change(looks_at={**gate.props["looks_at"], **change})


def refused(gate: Managed, words: str, change: dict[str, Any], **how: Any) -> None:
    before, outs, inputs, props = gate.site.everything(), gate.outs, gate.inputs, gate.props
    with pytest.raises(Refused, match=words):
        looking(gate, **change).change(**how).up()
    assert gate.site.everything() == before
    gate.outs, gate.inputs, gate.props = outs, inputs, props


RETIRED: dict[str, Any] = {"entities": as_keys(["client.cinder-g2"]), "caps": {"client.cinder-g2": WIDE}}


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (RETIRED, "user client.cinder"),
        ({"pools": {}}, "pool volumes"),
        ({"secrets": {}}, "a libvirt secret on compute1"),
        ({"caps": {"client.cinder": WIDE, "client.cinder-g2": NARROW}}, "pool vms of client.cinder-g2"),
    ],
)
def test_a_run_that_defers_restarts_takes_nothing_away(gate: Managed, change: dict[str, Any], gone: str) -> None:
    words = rf"restarts of nova are deferred, .* this run takes away \({gone}\): take it away in a maintenance run"
    refused(gate, words, change, deferred={"nova": True})
    assert looking(gate, **change).up() == "update"


def test_a_run_that_defers_restarts_may_add(gate: Managed) -> None:
    added = as_keys(["client.cinder", "client.cinder-g2", "client.nova"])
    assert looking(gate, entities=added).change(deferred={"nova": True}).up() == "update"


def test_a_grant_is_not_narrowed_before_the_last_batch_can_do_without(gate: Managed) -> None:
    narrowed = {"client.cinder": WIDE, "client.cinder-g2": NARROW}
    words = (
        r"client\.cinder-g2 would lose pool vms before the first batch of nova is changed, and hosts that wait may need"
        r" it: keep it with `keep_pools: \[vms\]` under ceph-openstack:cinder\.user, and take that out in a run after"
    )
    refused(gate, words, {"caps": narrowed, "places": places("nova")}, batches={"nova": True})
    assert looking(gate, places=places("nova")).change(batches={"nova": True}).up() == "update"
    assert looking(gate, caps=narrowed).up() == "update"


def test_a_rollout_of_others_is_in_nobodys_way(gate: Managed) -> None:
    narrowed = {"client.cinder": WIDE, "client.cinder-g2": NARROW}
    looking(gate, caps=narrowed, places=places("nova")).change(batches={"glance": True})
    assert gate.up() == "update"


def test_how_a_run_goes_about_it_is_no_change(gate: Managed) -> None:
    for how in ({"deferred": {"nova": True}}, {"batches": {"nova": True}}, {"deferred": None, "batches": None}):
        assert gate.change(**how).up() == "same"
        gate.refresh()
        assert not gate.wants()
