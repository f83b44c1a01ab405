"""drift says what the gate would refuse now: the next run would end there, before anything is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from commands.drift.gate import with_gate
from commands.drift.report import as_json, as_text, exit_status
from commands.look_at_all import look_at_all
from commands.looked_at import LookedAt, LookedAtState
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.reach import machines as current_machines
from tests.sim.host import SimHost
from tests.sim.site import Site
from tests.unit.commands.conftest import STACK
from tests.unit.components.graph import settings

HOSTS: dict[str, Any] = {"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}}
SERVICES: dict[str, Any] = {"glance__hosts": ["api1"], "cinder__hosts": ["api1"], "cinder_backup__hosts": ["api1"]}


def look(site: Site, wanted: StackSettings) -> list[LookedAt]:
    site.new_run()
    site.steps()
    before = site.everything()
    machines = current_machines.current()
    found = with_gate(look_at_all(wire(wanted, STACK), machines), machines)
    assert site.everything() == before, "drift changed something"
    assert site.steps() == []
    return found


def gate(found: list[LookedAt]) -> LookedAt:
    (one,) = [looked_at for looked_at in found if looked_at.name == "gate"]
    return one


def own_user() -> StackSettings:
    """Settings that give Nova a user of its own, which takes Nova's pool from Cinder's user."""
    return settings(hosts=HOSTS, **SERVICES, nova__user={"name": "nova"})


def test_a_stack_that_is_applied_passes_the_gate(wired: Site, wanted: StackSettings) -> None:
    wired.ceph.opened("client.cinder", "vms", "a", "compute1")
    found = look(wired, wanted)
    assert gate(found).state is LookedAtState.RIGHT
    assert exit_status(found) == 0


def test_a_user_who_would_lose_a_pool_under_guests_is_named(wired: Site) -> None:
    wired.ceph.opened("client.cinder", "vms", "a", "compute1")
    found = look(wired, own_user())
    assert gate(found).state is LookedAtState.DIFFERS
    assert gate(found).refusal.startswith(
        "`pulumi up` would end before anything is changed: "
        "client.cinder would lose pool vms, where 1 image is open from compute1 (1): keep the grant with `keep_pools:"
    )
    assert exit_status(found) == 2
    (row,) = [line for line in as_text(found).splitlines() if "would lose pool" in line]
    assert row.startswith("the stack")
    assert gate(found).refusal in row
    (plain,) = [row for row in json.loads(as_json(found, STACK))["resources"] if row["name"] == "gate"]
    assert (plain["result"], plain["refusal"]) == ("differs", gate(found).refusal)


def test_nobody_loses_a_pool_that_nobody_uses(wired: Site) -> None:
    assert gate(look(wired, own_user())).state is LookedAtState.RIGHT


def test_a_store_that_would_be_repointed_is_named(wired: Site, wanted: StackSettings) -> None:
    conf = wired.hosts["api1"].path("/etc/cinder/cinder.conf")
    conf.write_text(conf.read_text().replace("rbd_pool = volumes", "rbd_pool = elsewhere"))
    assert gate(look(wired, wanted)).state is LookedAtState.RIGHT, "this stack wrote the option, so it is only drift"
    wired.hosts["api1"].path("/var/lib/ceph-openstack/dev/config-%2Fetc%2Fcinder%2Fcinder.conf%23cinder.json").unlink()
    found = look(wired, wanted)
    assert "[ceph] rbd_pool = elsewhere" in gate(found).refusal
    assert exit_status(found) == 2


def guest(name: str, *monitors: str) -> dict[str, Any]:
    disk = {"pool": "vms", "image": name, "user": "cinder", "secret": "", "usage": "", "monitors": list(monitors)}
    return {"name": name, "uuid": name, "started": 1.0, "disks": [disk]}


def test_a_guest_that_knows_only_monitors_that_go_is_named(wired: Site, wanted: StackSettings) -> None:
    (address,) = wanted.cluster.mon_hosts
    known = "127.0.2.1"
    assert known in address
    wired.hosts["compute1"].libvirt.guests = [guest("i-1", f"{known}:6789")]
    assert gate(look(wired, wanted)).state is LookedAtState.RIGHT
    moved = settings(hosts=HOSTS, **SERVICES, cluster__mon_hosts=["192.0.2.77:6789"])
    found = look(wired, moved)
    assert gate(found).refusal.partition(": ")[2] == f"monitor {known} is the only one that guest i-1 on compute1 knows"
    both = settings(hosts=HOSTS, **SERVICES, cluster__mon_hosts=[address, "192.0.2.77:6789"])
    assert gate(look(wired, both)).state is LookedAtState.RIGHT


def test_guests_that_could_not_be_listed_leave_no_verdict(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["compute1"].libvirt.guests = [{"name": "in a form that nobody knows"}]
    wired.ceph.opened("client.cinder", "vms", "a", "compute1")
    moved = settings(hosts=HOSTS, **SERVICES, nova__user={"name": "nova"}, cluster__mon_hosts=["192.0.2.77:6789"])
    found = look(wired, moved)
    assert gate(found).state is LookedAtState.UNSEEN
    assert exit_status(found) == 3
    (row,) = [line for line in as_text(found).splitlines() if line.startswith("the stack") and "could not look" in line]
    assert "client.cinder would lose pool vms" in row
    assert "whether a guest there needs a monitor that goes was not looked at" in row


def test_a_host_out_of_reach_is_asked_for_nothing_else(
    wired: Site, wanted: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    read = SimHost.read_files

    def noted(self: SimHost, *paths: Any, **words: Any) -> Any:
        asked.add(self.access.name)
        return read(self, *paths, **words)

    monkeypatch.setattr(SimHost, "read_files", noted)
    wired.hosts["compute1"].reachable = False
    found = look(wired, wanted)
    assert "compute1" not in asked
    assert gate(found).state is LookedAtState.RIGHT
    assert exit_status(found) == 3


def test_without_the_admin_host_nobody_knows_what_the_gate_would_say(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["ceph1"].reachable = False
    found = look(wired, wanted)
    assert gate(found).state is LookedAtState.UNSEEN
    assert exit_status(found) == 3
