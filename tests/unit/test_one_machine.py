"""One machine under two names is refused, because the machine's files would be managed twice."""

from __future__ import annotations

import json
import re

import pytest

from providers import resources
from providers.errors import Refused
from providers.reach import machines as current_machines
from providers.reach.machines import Machines
from tests.sim.site import FSID, Managed, SimSettings, Site

CONF = "/etc/ceph/ceph.conf"


def one_machine(site: Site) -> None:
    site.hosts["compute1"].root = site.hosts["api1"].root
    site.hosts["compute1"].machine_id = site.hosts["api1"].machine_id


def ceph_conf(site: Site, host: str, entity: str) -> Managed:
    props = {
        "stack": "dev",
        "host": host,
        "fsid": FSID,
        "component": "ceph-client",
        "path": CONF,
        "sections": {"global": {"fsid": FSID}, entity: {"keyring": f"/etc/ceph/ceph.{entity}.keyring"}},
    }
    return Managed(site, resources.CephConfProvider(), props)


def test_a_second_name_is_refused_in_the_same_run_before_anything_is_read_or_changed_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_machine(site)
    first = Managed(site, resources.PreflightProvider(), {"stack": "dev", "host": "api1"})
    first.up()
    monkeypatch.setattr(site, "new_run", lambda: None)
    with pytest.raises(Refused) as refused:
        ceph_conf(site, "compute1", "client.cinder").up()
    assert str(refused.value) == (
        "compute1 (192.0.2.1): is the same machine as api1 by its machine-id and host key, and what is there would be "
        "managed twice; use one name for it in ceph-openstack:hosts, or give a copy of a machine an id of its own with "
        "`rm /etc/machine-id && systemd-machine-id-setup`, then run again"
    )
    assert not site.hosts["api1"].path(CONF).exists()


def test_a_second_name_is_refused_in_a_later_run_in_which_the_first_has_nothing_to_do(site: Site) -> None:
    one_machine(site)
    first = ceph_conf(site, "api1", "client.glance")
    first.up()
    text = site.hosts["api1"].path(CONF).read_text()
    told = re.escape(f"compute1 (192.0.2.1): {CONF} is managed under the name api1 by this stack: ")
    with pytest.raises(Refused, match=told + "it is one machine under two names; use one of them"):
        ceph_conf(site, "compute1", "client.cinder").up()
    assert site.hosts["api1"].path(CONF).read_text() == text
    assert first.drift() == {}
    first.destroy()
    assert not site.hosts["api1"].path(CONF).exists()


def test_a_machine_without_an_id_is_told_from_others_by_nothing(site: Site) -> None:
    for host in site.hosts.values():
        host.machine_id = ""
    Managed(site, resources.PreflightProvider(), {"stack": "dev", "host": "api1"}).up()
    current_machines.current().refuse_second_name("compute1")


def test_a_stack_that_an_earlier_version_gave_two_names_can_be_destroyed(site: Site) -> None:
    one_machine(site)
    first, second = ceph_conf(site, "api1", "client.glance"), ceph_conf(site, "compute1", "client.cinder")
    first.up()
    for entry in site.root.rglob("*.json"):
        entry.write_text(json.dumps({**json.loads(entry.read_text()), "host": ""}))
    second.up()
    second.destroy()
    first.destroy()
    assert not site.hosts["api1"].path(CONF).exists()


def test_a_host_that_was_renamed_goes_on_under_its_new_name(site: Site) -> None:
    first = ceph_conf(site, "api1", "client.glance")
    first.up()
    one_machine(site)
    del site.hosts["api1"]
    ceph_conf(site, "compute1", "client.cinder").up()


def one_run(site: Site, monkeypatch: pytest.MonkeyPatch, without: str) -> None:
    """Do all that follows in one run, whose settings no longer name one of the hosts."""
    access = {name: host.access for name, host in site.hosts.items() if name != without}
    machines = Machines(SimSettings(access, "ceph1", machines=site.hosts), lambda _place: site.cloud, site.clock)
    current_machines.replace_current(machines)
    monkeypatch.setattr(site, "new_run", lambda: None)


def test_a_renamed_host_keeps_what_the_new_name_has_found(
    site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The deletion under the old name took the new name's options out, while the state said that they were there."""
    one_machine(site)
    old, new = ceph_conf(site, "api1", "client.glance"), ceph_conf(site, "compute1", "client.glance")
    old.up()
    text = site.hosts["api1"].path(CONF).read_text()
    one_run(site, monkeypatch, without="api1")
    new.up()
    old.destroy()
    assert site.hosts["compute1"].path(CONF).read_text() == text
    assert new.drift() == {}
    assert "warning: api1 is called compute1 now" in capfd.readouterr().err
    new.destroy()
    assert not site.hosts["compute1"].path(CONF).exists()


def test_a_host_that_left_the_settings_for_good_is_put_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a name under which the same run has worked keeps what is there: a destroy after a rename takes all off."""
    one_machine(site)
    old = ceph_conf(site, "api1", "client.glance")
    old.up()
    one_run(site, monkeypatch, without="api1")
    old.destroy()
    assert not site.hosts["compute1"].path(CONF).exists()
