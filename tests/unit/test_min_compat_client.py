"""What needs new enough clients is refused by name before anything is changed, and never set silently."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from providers.errors import Refused
from providers.old_inputs import OLD_INPUTS
from providers.resources import GuardProvider
from tests.golden import store
from tests.sim.site import FSID, Managed, Site, wire
from tests.unit.components.graph import built

GATE = "urn:pulumi:golden::ceph-openstack::pulumi-python:dynamic/stack:Guard::gate"
EMPTY: dict[str, Any] = {"pools": {}, "entities": {}, "secrets": {}, "volume_types": {}}


def gate(site: Site) -> Managed:
    looks_at = {**EMPTY, "min_compat_client": {"glance.clone_v2": "mimic"}}
    return Managed(site, GuardProvider(), {"stack": "dev", "fsid": FSID, "guards": "change", "looks_at": looks_at})


@pytest.mark.parametrize(("release", "told"), [("luminous", "luminous"), ("jewel", "jewel"), ("", "none")])
def test_an_older_release_is_refused_with_both_ways_out(site: Site, release: str, told: str) -> None:
    site.ceph.min_compat_client = release
    before = site.everything()
    words = (
        "stack dev: nothing was changed: ceph-openstack:glance.clone_v2 needs clients of mimic or later, and the"
        f" cluster asks for {told} (require_min_compat_client): run `ceph osd set-require-min-compat-client mimic` once"
        " no older client is left, or take glance.clone_v2 out; then run again"
    )
    with pytest.raises(Refused, match=re.escape(words)):
        gate(site).up()
    assert site.everything() == before
    assert site.ceph.min_compat_client == release


@pytest.mark.parametrize("release", ["mimic", "reef", "tentacle"])
def test_a_release_that_is_new_enough_is_let_through(site: Site, release: str) -> None:
    site.ceph.min_compat_client = release
    assert gate(site).up() == "create"


def test_it_is_asked_for_clone_v2_alone_and_not_in_a_cell() -> None:
    assert built(glance__clone_v2=True)["gate"].inputs["looks_at"]["min_compat_client"] == {"glance.clone_v2": "mimic"}
    assert "min_compat_client" not in built()["gate"].inputs["looks_at"]
    keys = {f"client.{name}": {"env": "K"} for name in ("glance", "cinder", "cinder-backup")}
    cell = built(cluster__admin_host=None, cluster__keys=keys, glance__clone_v2=True)
    assert "min_compat_client" not in cell["gate"].inputs["looks_at"]


def shown(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Return whether a preview shows a change from a state's inputs of the gate to those of the program."""
    provider = GuardProvider()
    news = wire(provider.check({}, wire(after)).inputs)
    outs = {**wire(before), "pending": [], OLD_INPUTS: wire(before)}
    changes = provider.diff("x", outs, news).changes
    return wire(before) != news if changes is None else changes


def test_a_state_from_before_previews_empty_and_a_change_is_shown() -> None:
    now = store.read("clone_v2")[GATE]["inputs"]
    before = copy.deepcopy(now)
    del before["looks_at"]["min_compat_client"]
    assert not shown(before, now)
    before["looks_at"]["caps"]["client.glance"]["osd"] = "profile rbd pool=images"
    assert shown(before, now), "clone_v2 was switched on"
    assert shown(now, store.read("whole")[GATE]["inputs"]), "clone_v2 was switched off"
