"""drift on a simulated site: what somebody changed is named with its field, and nothing is changed by looking."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from commands.difference import Difference
from commands.drift.report import as_json, as_text, exit_status
from commands.look_at_all import look_at_all
from commands.looked_at import LookedAt, LookedAtState
from components.services.nova import NOVA
from components.stack.maintenance import for_this_run
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.models import DirectoryDesired
from providers.reach import machines as current_machines
from tests.sim.ceph import cephx_key
from tests.sim.host import SimHost
from tests.sim.site import Site
from tests.unit.commands.conftest import STACK, apply
from tests.unit.components.graph import settings

CINDER_CONF, GLANCE_KEYRING = "/etc/cinder/cinder.conf", "/etc/ceph/ceph.client.glance.keyring"


def look(site: Site, wanted: StackSettings) -> list[LookedAt]:
    site.new_run()
    site.steps()
    before = site.everything()
    found = look_at_all(wire(wanted, STACK), current_machines.current())
    assert site.everything() == before, "drift changed something"
    assert site.steps() == []
    return found


def seen(found: list[LookedAt]) -> dict[str, str]:
    """Return each resource that is not right, with what is printed of it in one text."""
    return {
        looked_at.name: "; ".join(filter(None, [*map(str, looked_at.differences), looked_at.refusal, looked_at.unseen]))
        for looked_at in found
        if looked_at.state is not LookedAtState.RIGHT
    }


def test_a_stack_that_is_applied_has_no_drift(wired: Site, wanted: StackSettings) -> None:
    found = look(wired, wanted)
    assert seen(found) == {}
    assert exit_status(found) == 0
    graph = wire(wanted, STACK)
    assert {"gate", "cluster", "glance-pool", "glance-config-api1", "nova-compute-compute1"} <= {
        looked_at.name for looked_at in found
    }
    assert [looked_at.name for looked_at in found] == [name for name in graph.nodes if name in {x.name for x in found}]
    assert as_text(found).splitlines()[-1] == "verdict: everything is as the settings want it"


def edit(site: Site, host: str, path: str, old: str, new: str) -> None:
    file = site.hosts[host].path(path)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def other_pool(site: Site) -> None:
    edit(site, "api1", CINDER_CONF, "rbd_pool = volumes", "rbd_pool = other")


def no_option(site: Site) -> None:
    edit(site, "api1", CINDER_CONF, "rbd_pool = volumes\n", "")


def no_item(site: Site) -> None:
    edit(site, "api1", CINDER_CONF, "enabled_backends = ceph", "enabled_backends = nfs")


def other_caps(site: Site) -> None:
    site.ceph.users["client.glance"]["caps"]["osd"] = "profile rbd pool=other"


def no_keyring(site: Site) -> None:
    site.hosts["api1"].path(GLANCE_KEYRING).unlink()


def other_mode(site: Site) -> None:
    site.hosts["api1"].path(GLANCE_KEYRING).chmod(0o644)


def other_key(site: Site) -> None:
    site.hosts["api1"].path(GLANCE_KEYRING).write_text(f"[client.glance]\n\tkey = {cephx_key(99)}\n")


def other_secret(site: Site) -> None:
    for secret in site.hosts["compute1"].libvirt.secrets.values():
        secret["value"] = b"another"


def stopped(site: Site) -> None:
    site.hosts["api1"].systemd.units["cinder-volume.service"].stop()


def no_package(site: Site) -> None:
    site.hosts["compute1"].path("/usr/lib/x86_64/qemu/block-rbd.so").unlink()


def no_pool(site: Site) -> None:
    site.ceph.do_osd_pool_delete("backups", "backups", yes_i_really_really_mean_it=True)


STALE = "was started with other files than are there now, or may have been; a restart settles it"
DRIFTS: list[tuple[Callable[[Site], None], dict[str, str]]] = [
    (other_pool, {"cinder-config-api1": "[ceph] rbd_pool = other instead of volumes"}),
    (no_option, {"cinder-config-api1": "[ceph] rbd_pool is absent instead of volumes"}),
    (no_item, {"cinder-config-api1": "[DEFAULT] enabled_backends lacks ceph"}),
    (other_caps, {"glance-user": "caps osd profile rbd pool=other instead of profile rbd pool=images"}),
    (no_keyring, {"glance-keyring-api1": "has no key"}),
    (other_mode, {"glance-keyring-api1": "mode 0644 instead of 0640"}),
    (other_key, {"glance-keyring-api1": "does not hold the key that the cluster has"}),
    (other_secret, {"cinder-secret-compute1": "does not hold the key that the cluster has"}),
    (stopped, {"cinder-volume-api1": "does not run"}),
    (no_package, {"preflight-compute1": "qemu-block-extra not installed"}),
    (no_pool, {"cinder-backup-pool": "is not there; ceph1 (192.0.2.1): pool backups was there and is gone"}),
]


@pytest.mark.parametrize(("act", "expected"), DRIFTS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_somebody_changed_is_named_with_its_field(
    wired: Site, wanted: StackSettings, act: Callable[[Site], None], expected: dict[str, str]
) -> None:
    act(wired)
    found = look(wired, wanted)
    shown = {name: text for name, text in seen(found).items() if text != STALE}
    assert set(shown) == set(expected)
    for name, text in expected.items():
        assert text in shown[name]
    assert exit_status(found) == 2
    for text in (as_text(found), as_json(found, STACK)):
        assert not any(key in text for key in [*wired.ceph.keys(), cephx_key(99)])


def test_a_service_that_reads_a_changed_file_is_stale(wired: Site, wanted: StackSettings) -> None:
    other_pool(wired)
    assert seen(look(wired, wanted))["cinder-volume-api1"] == STALE


def test_a_host_out_of_reach_leaves_no_verdict_and_is_one_row(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["compute1"].reachable = False
    found = look(wired, wanted)
    assert {looked_at.where for looked_at in found if looked_at.unseen} == {"compute1"}
    assert exit_status(found) == 3
    rows = [line for line in as_text(found).splitlines() if line.startswith("compute1") and "could not look" in line]
    assert len(rows) == 1
    assert "resources" in rows[0]
    assert "no route to host" in rows[0]


def test_a_host_out_of_reach_is_asked_for_nothing_else(
    wired: Site, wanted: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that waits for a silent host is missing to the others, so one thread waits for each such host."""
    asked: set[str] = set()
    read = SimHost.read_files

    def noted(self: SimHost, *paths: Any, **words: Any) -> Any:
        asked.add(self.access.name)
        return read(self, *paths, **words)

    monkeypatch.setattr(SimHost, "read_files", noted)
    wired.hosts["compute1"].reachable = False
    look(wired, wanted)
    assert "compute2" in asked
    assert "compute1" not in asked


def test_drift_beside_a_host_out_of_reach_is_printed_and_no_verdict(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["compute1"].reachable = False
    other_pool(wired)
    found = look(wired, wanted)
    assert "[ceph] rbd_pool = other instead of volumes" in as_text(found)
    assert exit_status(found) == 3


def test_all_hosts_out_of_reach_are_no_success(wired: Site, wanted: StackSettings) -> None:
    for host in wired.hosts.values():
        host.reachable = False
    found = look(wired, wanted)
    assert exit_status(found) == 3
    assert as_text(found).splitlines()[-1] == "no verdict, because not everything could be looked at"


def test_without_the_admin_host_what_needs_no_key_is_looked_at_all_the_same(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["ceph1"].reachable = False
    states = {looked_at.name: looked_at.state for looked_at in look(wired, wanted)}
    assert states["glance-config-api1"] is LookedAtState.RIGHT
    assert states["glance-pool"] is states["glance-keyring-api1"] is LookedAtState.UNSEEN


def test_another_cluster_is_a_difference_and_no_key_is_compared_with_it(wired: Site, wanted: StackSettings) -> None:
    wired.ceph.fsid = "00000000-0000-4000-8000-000000000000"
    found = {looked_at.name: looked_at for looked_at in look(wired, wanted)}
    assert "speaks for cluster 00000000" in found["cluster"].refusal
    assert found["cluster"].state is LookedAtState.DIFFERS
    assert found["glance-keyring-api1"].state is LookedAtState.UNSEEN


def test_what_was_never_applied_is_said_to_be_so_and_counts_as_drift(installed: Site, wanted: StackSettings) -> None:
    found = look(installed, wanted)
    states = {looked_at.name: looked_at.state for looked_at in found}
    assert states["glance-pool"] is states["glance-config-api1"] is states["glance-api-api1"] is LookedAtState.UNMADE
    assert exit_status(found) == 2
    text = as_text(found)
    assert "not made by this stack yet: `pulumi up` would do: ceph osd pool create" in text
    assert text.splitlines()[-2].split(": ")[1].startswith("5 right, ")  # the gate, the cluster, three preflights


def test_what_exists_and_is_nobodys_is_not_made_by_this_stack(installed: Site, wanted: StackSettings) -> None:
    installed.ceph.do_osd_pool_create("images")
    found = {looked_at.name: looked_at for looked_at in look(installed, wanted)}
    assert found["glance-pool"].state is LookedAtState.UNMADE
    assert "set `adopt: true` to take it over" in found["glance-pool"].refusal


def test_a_setting_that_was_not_applied_yet_is_drift(wired: Site) -> None:
    changed = settings(
        hosts={"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
        glance__hosts=["api1"],
        cinder__hosts=["api1"],
        cinder_backup__hosts=["api1"],
        glance__pool={"name": "images", "size": 3},
    )
    found = look(wired, changed)
    assert set(seen(found)) == {"glance-pool"}


def test_equal_rows_of_several_hosts_are_one(wired: Site, wanted: StackSettings) -> None:
    for host in ("compute1", "compute2"):
        edit(wired, host, "/etc/nova/nova.conf", "images_rbd_pool = vms", "images_rbd_pool = other")
    lines = [line for line in as_text(look(wired, wanted)).splitlines() if "images_rbd_pool" in line]
    assert len(lines) == 1
    assert lines[0].startswith("compute1, compute2  options of nova in /etc/nova/nova.conf")


def test_json_has_a_summary_the_places_and_every_resource(wired: Site, wanted: StackSettings) -> None:
    other_pool(wired)
    document = json.loads(as_json(look(wired, wanted), STACK))
    assert document["version"] == 1
    assert document["summary"]["status"] == 2
    assert document["summary"]["resources"] == len(document["resources"])
    assert document["places"]["compute1"]["differs"] == 0
    (config,) = [row for row in document["resources"] if row["name"] == "cinder-config-api1"]
    assert config["differences"] == [{"field": "[ceph] rbd_pool", "wanted": "volumes", "found": "other"}]
    assert config["where"] == "api1"


def test_progress_is_told_after_each_resource(wired: Site, wanted: StackSettings) -> None:
    wired.new_run()
    told: list[tuple[int, int]] = []
    found = look_at_all(wire(wanted, STACK), current_machines.current(), lambda done, of: told.append((done, of)))
    assert told == [(number, len(found)) for number in range(1, len(found) + 1)]


MODEL = DirectoryDesired(stack=STACK, host="h", path="/x")


def resource(**changes: Any) -> LookedAt:
    return LookedAt("x", "options", "api1", MODEL, **changes)


def test_a_value_that_may_be_a_password_is_shown_by_nobody() -> None:
    found = [
        resource(differences=(Difference("[DEFAULT] transport_url", "rabbit://u:secret1@h", "rabbit://u:secret2@h"),))
    ]
    for text in (as_text(found), as_json(found, STACK), repr(found)):
        assert "secret" not in text
    assert "[DEFAULT] transport_url = (not shown) instead of (not shown)" in as_text(found)


def test_a_resource_of_which_only_the_journal_is_missing_says_so() -> None:
    assert "`pulumi up` would write its journal, and nothing else" in as_text([resource(records=True)])


def test_a_defect_of_ours_is_one_row_and_not_a_success(
    wired: Site, wanted: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: Any) -> None:
        raise KeyError(cephx_key(98))

    monkeypatch.setattr("providers.ceph.pool.PoolKind.plan", defect)
    found = look(wired, wanted)
    text = as_text(found)
    assert "report it" in text
    assert cephx_key(98) not in text
    assert exit_status(found) == 3


def test_an_adopted_thing_that_differs_is_named_until_it_is_improved(installed: Site) -> None:
    installed.ceph.do_osd_pool_create("images")
    wanted = settings(
        hosts={"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
        glance__hosts=["api1"],
        cinder__hosts=["api1"],
        cinder_backup__hosts=["api1"],
        glance__pool={"name": "images", "size": 3, "adopt": True},
    )
    before = look(installed, wanted)
    assert {looked_at.name: looked_at.state for looked_at in before}["glance-pool"] is LookedAtState.UNMADE
    assert (
        "not made by this stack yet: it is there, and the next `pulumi up` takes it over as it is; application,"
        " size other than wanted" in as_text(before)
    )
    apply(installed, wanted)
    found = {looked_at.name: looked_at for looked_at in look(installed, wanted)}
    assert found["glance-pool"].state is LookedAtState.DIFFERS


def test_a_whole_cloud_that_is_taken_over_is_looked_at_before_and_after(installed: Site) -> None:
    """Options of files, too, are first recorded, and then drift until the settings or the files are changed."""
    conf = installed.hosts["api1"].path(CINDER_CONF)
    conf.write_text("[DEFAULT]\nenabled_backends = ceph\n\n[ceph]\nrbd_max_clone_depth = 3\nrbd_pool = volumes\n")
    wanted = settings(
        hosts={"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
        glance=None,
        cinder__hosts=["api1"],
        cinder_backup=None,
        nova=None,
        adopt=True,
    )
    before = {looked_at.name: looked_at for looked_at in look(installed, wanted)}
    assert before["cinder-config-api1"].state is LookedAtState.UNMADE
    assert before["cinder-config-api1"].adopts
    apply(installed, wanted)
    after = {looked_at.name: looked_at for looked_at in look(installed, wanted)}
    assert after["cinder-config-api1"].state is LookedAtState.DIFFERS
    shown = [str(difference) for difference in after["cinder-config-api1"].differences]
    assert "[ceph] rbd_max_clone_depth = 3 instead of 5" in shown
    assert after["cinder-pool"].state is LookedAtState.RIGHT


def test_a_deferred_restart_is_named_and_is_no_other_drift(wired: Site, wanted: StackSettings) -> None:
    assert "DEFERRED" not in as_text(look(wired, wanted))
    mine = wanted.of(NOVA)
    assert mine
    deferring = mine.model_copy(update={"restart": "deferred", "hw_disk_discard": "ignore"})
    changed = wanted.model_copy(update={"nova": deferring})
    apply(wired, changed)
    found = look(wired, changed)
    assert {looked_at.name: looked_at.state for looked_at in found if looked_at.state is not LookedAtState.RIGHT} == {
        "nova-compute-compute1": LookedAtState.DEFERRED,
        "nova-compute-compute2": LookedAtState.DEFERRED,
    }
    text = as_text(found)
    row = (
        r"compute1, compute2  service nova-compute\.service  restart deferred  goes on with what it has read before; a "
        r"maintenance run does: systemctl restart nova-compute\.service\n"
    )
    assert re.search(row, text), text
    assert text.splitlines()[-1].startswith("verdict: all files are as the settings want them, and processes go on")
    assert exit_status(found) == 2
    told = json.loads(as_json(found, STACK))
    assert told["summary"]["deferred"] == 2
    assert [row["deferred"] for row in told["resources"] if row["result"] == "deferred"] == [
        ["systemctl restart nova-compute.service"]
    ] * 2
    apply(wired, for_this_run(changed, {"CEPH_OPENSTACK_RESTART": "now"}))
    assert seen(look(wired, changed)) == {}


def test_other_drift_is_not_hidden_by_a_deferred_restart(wired: Site, wanted: StackSettings) -> None:
    mine = wanted.of(NOVA)
    assert mine
    changed = wanted.model_copy(
        update={"nova": mine.model_copy(update={"restart": "deferred", "hw_disk_discard": "ignore"})}
    )
    apply(wired, changed)
    wired.hosts["compute1"].systemd.units["nova-compute.service"].stop()
    found = look(wired, changed)
    assert {looked_at.name: looked_at.state for looked_at in found if looked_at.state is not LookedAtState.RIGHT} == {
        "nova-compute-compute1": LookedAtState.DIFFERS,
        "nova-compute-compute2": LookedAtState.DEFERRED,
    }
    assert as_text(found).splitlines()[-1].startswith("verdict: something differs")
