"""guests: what each running guest still uses of Ceph, on the simulated site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commands.__main__ import main
from commands.guests import report
from commands.guests.host_guests import HostGuests
from commands.guests.looking import look_at_guests
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.models import SecretDesired
from providers.reach import machines as current_machines
from tests.sim.site import Site
from tests.unit.commands.conftest import STACK
from tests.unit.components.graph import settings

HOSTS: dict[str, Any] = {
    "hosts": {"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
    "cluster__mon_hosts": ["192.0.2.1:6789", "[v2:[fd00::2]:3300/0,v1:[fd00::2]:6789/0]"],
    "glance__hosts": ["api1"],
    "cinder__hosts": ["api1"],
    "cinder_backup__hosts": ["api1"],
}


@pytest.fixture
def shared() -> StackSettings:
    """One user for volumes and disks, as most guides have it."""
    return settings(**HOSTS)


@pytest.fixture
def own() -> StackSettings:
    """A user of its own for Nova."""
    return settings(**HOSTS, nova__user={"name": "nova"})


def uuid_of(wanted: StackSettings, entity: str) -> str:
    models = [node.model for node in wire(wanted, STACK).nodes.values()]
    return next(model.uuid for model in models if isinstance(model, SecretDesired) and model.entity == entity)


def disk(pool: str, user: str, secret: str, *monitors: str, usage: str = "") -> dict[str, Any]:
    named = {"pool": pool, "image": "i", "user": user, "secret": secret, "usage": usage}
    return {**named, "monitors": list(monitors or ("192.0.2.1:6789",))}


def guest(*disks: dict[str, Any], name: str = "instance-1", started: float = 0.0) -> dict[str, Any]:
    return {"name": name, "uuid": f"uuid-of-{name}", "started": started, "disks": list(disks)}


def look(site: Site, wanted: StackSettings) -> list[HostGuests]:
    site.steps()
    found = look_at_guests(wire(wanted, STACK), wanted.cluster.mon_hosts, current_machines.current())
    assert site.steps() == []
    return found


def old(site: Site, wanted: StackSettings) -> list[list[str]]:
    (first, _) = look(site, wanted)
    return [list(seen.old) for one in first.guests for seen in one.disks]


def test_a_guest_as_it_would_be_started_now_is_not_old(site: Site, shared: StackSettings) -> None:
    secret = uuid_of(shared, "client.cinder")
    disks = disk("vms", "cinder", secret), disk("volumes", "cinder", secret, "[fd00::2]:6789", "[fd00::9]:6789")
    site.hosts["compute1"].libvirt.guests = [guest(*disks)]
    assert old(site, shared) == [[], []]
    assert report.exit_status(look(site, shared)) == 0
    assert "as the settings have it" in report.as_table(look(site, shared))


def test_a_guest_of_the_shared_user_is_old_once_nova_has_a_user_of_its_own(
    site: Site, shared: StackSettings, own: StackSettings
) -> None:
    cinder, nova = uuid_of(shared, "client.cinder"), uuid_of(own, "client.nova")
    site.hosts["compute1"].libvirt.guests = [guest(disk("vms", "cinder", cinder), disk("volumes", "cinder", cinder))]
    assert old(site, own) == [["user cinder instead of nova", f"secret {cinder} instead of {nova}"], []]
    looked = look(site, own)
    assert report.exit_status(looked) == 2
    text = report.as_table(looked)
    assert "1 running guest: 1 old" in text
    assert "instance-1 uuid-of-instance-1" in text
    assert "reboot --hard" in text
    assert "reboot --hard" in text
    (row,) = json.loads(report.as_json(looked))["hosts"][0]["guests"]
    assert row["old"] is True
    assert row["disks"][0]["secret"] == cinder
    assert row["disks"][0]["old"][0] == "user cinder instead of nova"
    site.hosts["compute1"].libvirt.guests = [guest(disk("vms", "nova", nova), disk("volumes", "cinder", cinder))]
    assert report.exit_status(look(site, own)) == 0


def test_a_secret_may_be_named_by_its_usage(site: Site, shared: StackSettings) -> None:
    models = [node.model for node in wire(shared, STACK).nodes.values()]
    usage = next(model.usage for model in models if isinstance(model, SecretDesired))
    site.hosts["compute1"].libvirt.guests = [
        guest(disk("vms", "cinder", "", usage=usage), disk("vms", "cinder", "", usage="client.cinder secret"))
    ]
    first, second = old(site, shared)
    assert first == []
    assert second[0].startswith("secret client.cinder secret instead of ")


def test_a_guest_that_knows_no_monitor_of_the_settings_is_old(site: Site, shared: StackSettings) -> None:
    secret = uuid_of(shared, "client.cinder")
    site.hosts["compute1"].libvirt.guests = [guest(disk("vms", "cinder", secret, "192.0.2.8:6789", "192.0.2.9:6789"))]
    assert old(site, shared) == [["no monitor but 192.0.2.8, 192.0.2.9"]]


def test_a_disk_of_another_stack_or_none_in_ceph_is_not_old(site: Site, shared: StackSettings) -> None:
    site.hosts["compute1"].libvirt.guests = [guest(disk("theirs", "them", "x")), guest(name="instance-2")]
    assert old(site, shared) == [[]]
    text = report.as_table(look(site, shared))
    assert "not of this stack" in text
    assert "no disk in Ceph" in text


def test_a_guest_started_before_ceph_conf_changed_is_said_and_is_no_verdict(site: Site, shared: StackSettings) -> None:
    conf = site.hosts["compute1"].path("/etc/ceph/ceph.conf")
    conf.write_text("[global]\n")
    changed = conf.stat().st_ctime
    mine = disk("vms", "cinder", uuid_of(shared, "client.cinder"))
    site.hosts["compute1"].libvirt.guests = [
        guest(mine, name="a", started=changed - 9),
        guest(mine, name="b", started=changed + 9),
        guest(mine, name="c"),
    ]
    looked = look(site, shared)
    assert [seen.is_before_conf for seen in looked[0].guests] == [True, False, None]
    assert report.exit_status(looked) == 0
    assert report.as_table(looked).count("changes of [client] since then are not in force") == 1


def test_a_host_that_could_not_be_looked_at_leaves_no_verdict(site: Site, shared: StackSettings) -> None:
    site.hosts["compute1"].libvirt.guests = [guest(disk("vms", "nobody", "x"))]
    site.hosts["compute2"].reachable = False
    looked = look(site, shared)
    assert report.exit_status(looked) == 3
    assert "could not look: compute2 (192.0.2.1): cannot connect" in report.as_table(looked)
    assert json.loads(report.as_json(looked))["hosts"][1]["could_not_look"].startswith("compute2")
    site.hosts["compute1"].reachable = False
    site.new_run()
    assert report.exit_status(look(site, shared)) == 3


def test_no_guest_at_all_is_well(site: Site, shared: StackSettings) -> None:
    assert report.exit_status(look(site, shared)) == 0
    assert "0 running guests: 0 old" in report.as_table(look(site, shared))


def test_a_stack_without_computes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # `--project` goes there, and the folder of this process is put back afterwards
    (tmp_path / "Pulumi.yaml").write_text("name: ceph-openstack\n")
    config = {
        "release": "zed",
        "ssh": {"user": "deploy"},
        "hosts": {"ceph1": {}, "api1": {}},
        "cluster": {"fsid": "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501", "mon_hosts": ["192.0.2.1"], "admin_host": "ceph1"},
        "glance": {"hosts": ["api1"], "pool": {"name": "images"}},
    }
    document = {"config": {f"ceph-openstack:{name}": value for name, value in config.items()}}
    (tmp_path / "Pulumi.one.yaml").write_text(json.dumps(document))
    assert main(["guests", "--stack", "one", "--project", str(tmp_path)]) == 1
    assert "has no compute host" in capsys.readouterr().err
