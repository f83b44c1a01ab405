"""verify on a simulated site: a stack is wired, each link is broken in turn, and only the rows of that link say so."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from commands.verify.link import Link
from commands.verify.looking import look_at_links
from commands.verify.report import exit_status
from components.services.finding import FindingState
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.reach import machines as current_machines
from tests.sim.ceph import cephx_key
from tests.sim.site import Site
from tests.sim.systemd import Unit
from tests.unit.commands.conftest import STACK, apply
from tests.unit.components.graph import settings

Row = tuple[str, str, str]
SITE: dict[str, Any] = {
    "hosts": {"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
    "glance__hosts": ["api1"],
    "cinder__hosts": ["api1"],
    "cinder_backup__hosts": ["api1"],
}
KEYRING = "/etc/ceph/ceph.client.glance.keyring"
GLANCE = ("rbd ls by", "root as client.glance", "api1")
NOVA1 = ("rbd ls by", "root as client.cinder", "compute1")
NO_API = ("OpenStack's APIs", "", "Keystone")
SECRET1 = ("libvirt secret", "client.cinder", "compute1")


def look(site: Site, wanted: StackSettings) -> list[Link]:
    site.new_run()
    site.steps()
    links = look_at_links(wire(wanted, STACK), current_machines.current())
    assert site.steps() == [], "verify changed something"
    return links


def rows(links: list[Link], state: FindingState) -> set[Row]:
    return {(link.kind, link.name, link.where) for link in links if link.state is state}


def test_a_wired_site_is_whole(wired: Site, wanted: StackSettings) -> None:
    links = look(wired, wanted)
    assert rows(links, FindingState.SKIPPED) == {("OpenStack's APIs", "", "Keystone")}
    assert {link.state for link in links} == {FindingState.OK, FindingState.SKIPPED}
    assert exit_status(links) == 0
    counted = {kind: sum(link.kind == kind for link in links) for kind in {link.kind for link in links}}
    assert counted == {
        "host": 4,
        "cluster": 1,
        "caps": 3,
        "keyring": 5,
        "libvirt secret": 2,
        "rbd ls by": 5,
        "service": 5,
        "driver of": 5,
        "OpenStack's APIs": 1,
    }
    assert next(link.finding.text for link in links if link.name == GLANCE[1]) == "images (0 images)"


def path(site: Site, host: str, inside: str) -> Any:
    return site.hosts[host].path(inside)


def unit(site: Site, host: str, name: str) -> Unit:
    return site.hosts[host].systemd.units[f"{name}.service"]


def other_caps(site: Site) -> None:
    site.ceph.users["client.glance"]["caps"]["osd"] = "profile rbd pool=other"


def no_user(site: Site) -> None:
    site.ceph.do_auth_rm("client.glance")


def no_pool(site: Site) -> None:
    site.ceph.do_osd_pool_delete("backups", "backups", yes_i_really_really_mean_it=True)


def other_key(site: Site) -> None:
    path(site, "api1", KEYRING).write_text(f"[client.glance]\n\tkey = {cephx_key(99)}\n")


def no_keyring(site: Site) -> None:
    path(site, "api1", KEYRING).unlink()


def closed_keyring(site: Site) -> None:
    path(site, "api1", KEYRING).chmod(0o600)


def other_secret(site: Site) -> None:
    for secret in site.hosts["compute1"].libvirt.secrets.values():
        secret["value"] = b"another"


def no_secret(site: Site) -> None:
    site.hosts["compute1"].libvirt.secrets.clear()


def private_secret(site: Site) -> None:
    for secret in site.hosts["compute1"].libvirt.secrets.values():
        secret["private"] = True


def stopped(site: Site) -> None:
    unit(site, "api1", "cinder-volume").stop()


def no_unit(site: Site) -> None:
    unit(site, "api1", "cinder-volume").loaded = False


def not_restarted(site: Site) -> None:
    conf = path(site, "compute2", "/etc/nova/nova.conf")
    conf.write_text(conf.read_text().replace("images_rbd_pool = vms", "images_rbd_pool = other"))


def says_no(site: Site) -> None:
    unit(site, "compute1", "nova-compute").log.append("ERROR Could not determine disk usage: key = " + cephx_key(98))


def says_nothing(site: Site) -> None:
    started = unit(site, "api1", "cinder-volume")
    started.earlier, started.log = ["the process before"], started.log[:1]


def no_package(site: Site) -> None:
    path(site, "compute1", "/usr/lib/x86_64/qemu/block-rbd.so").unlink()


def other_monitors(site: Site) -> None:
    site.ceph.do_mon_dump = lambda: (  # type: ignore[method-assign]
        "",
        '{"fsid": "x", "min_mon_release_name": "pacific",'
        ' "mons": [{"public_addrs": {"addrvec": [{"type": "v1", "addr": "192.0.2.9:1"}]}}]}',
        "",
    )


SERVICE = ("service", "glance-api.service", "api1")
VOLUME, VOLUME_DRIVER = ("service", "cinder-volume.service", "api1"), ("driver of", "cinder-volume.service", "api1")
KEY = ("keyring", "client.glance", "api1")
BREAKS: list[tuple[Callable[[Site], None], dict[Row, str]]] = [
    (other_caps, {("caps", "client.glance", "ceph1"): "osd `profile rbd pool=other`", GLANCE: "caps of client.glance"}),
    (
        no_user,
        {("caps", "client.glance", "ceph1"): "no such user", KEY: "the key", GLANCE: "refuses", SERVICE: "other files"},
    ),
    (no_pool, {("rbd ls by", "root as client.cinder-backup", "api1"): "backups: there is no such pool"}),
    (other_key, {KEY: "does not hold the key", GLANCE: "refuses this key", SERVICE: "other files"}),
    (no_keyring, {KEY: "there is no /etc/ceph", GLANCE: "refuses this key", SERVICE: "other files"}),
    (closed_keyring, {KEY: "mode 0600 instead of 0640", SERVICE: "other files"}),
    (other_secret, {SECRET1: "not the key that the cluster has"}),
    (no_secret, {SECRET1: "there is no secret"}),
    (private_secret, {SECRET1: "it is private"}),
    (stopped, {VOLUME: "is inactive"}),
    (no_unit, {VOLUME: "there is no such unit"}),
    (not_restarted, {("service", "nova-compute.service", "compute2"): "`pulumi up --refresh` restarts it"}),
    (says_no, {("driver of", "nova-compute.service", "compute1"): "Could not determine disk usage"}),
    (says_nothing, {VOLUME_DRIVER: "by 1 processes"}),
    (no_package, {("host", "", "compute1"): "qemu-block-extra not installed"}),
    (other_monitors, {("cluster", "", "ceph1"): "no monitor of this cluster"}),
]


@pytest.mark.parametrize(("act", "expected"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_link_is_its_own_row(
    wired: Site, wanted: StackSettings, act: Callable[[Site], None], expected: dict[Row, str]
) -> None:
    act(wired)
    links = look(wired, wanted)
    assert rows(links, FindingState.BROKEN) == set(expected)
    for link in links:
        assert expected.get((link.kind, link.name, link.where), "") in link.finding.text
        assert not any(key in link.finding.text for key in [*wired.ceph.keys(), cephx_key(98), cephx_key(99)])
    assert rows(links, FindingState.UNSEEN) == set()
    assert exit_status(links) == 2


def test_caps_that_break_something_are_named_by_the_feature(wired: Site, wanted: StackSettings) -> None:
    """A change in the cluster is a broken link; what the settings want is a warning."""
    wired.ceph.users["client.cinder"]["caps"]["osd"] = "profile rbd pool=volumes"
    link = next(link for link in look(wired, wanted) if (link.kind, link.name) == ("caps", "client.cinder"))
    assert link.state is FindingState.BROKEN
    assert "; client.cinder may not read pool vms, so servers' own disks cannot be opened" in link.finding.text
    caps = {"mon": "allow r", "osd": wired.ceph.users["client.glance"]["caps"]["osd"]}
    wired.ceph.users["client.glance"]["caps"] = caps
    user = wanted.services["glance"].user.model_copy(update={"caps": caps})  # type: ignore[attr-defined]
    glance = wanted.services["glance"].model_copy(update={"user": user})
    own = wanted.model_copy(update={"glance": glance})
    link = next(link for link in look(wired, own) if (link.kind, link.name) == ("caps", "client.glance"))
    assert link.state is FindingState.WARNING
    assert link.finding.text.startswith(
        "as wired; client.glance cannot blocklist a dead client, so an image stays locked"
    )


def test_a_host_that_cannot_be_reached_is_one_row_and_leaves_the_others(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["compute1"].reachable = False
    links = look(wired, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert rows(links, FindingState.UNSEEN) == {("host", "", "compute1")}
    assert "5 links there were not looked at" in next(link for link in links if link.where == "compute1").finding.text
    assert ("libvirt secret", "client.cinder", "compute2") in rows(links, FindingState.OK)
    assert exit_status(links) == 3


def test_without_the_cluster_what_needs_it_could_not_be_looked_at(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["ceph1"].reachable = False
    links = look(wired, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert KEY in rows(links, FindingState.UNSEEN)
    assert {GLANCE, SERVICE} <= rows(links, FindingState.OK)
    assert exit_status(links) == 3


def test_another_cluster_is_broken_once_and_keys_are_not_compared_with_it(wired: Site, wanted: StackSettings) -> None:
    wired.ceph.fsid = "00000000-0000-4000-8000-000000000000"
    links = look(wired, wanted)
    broken = rows(links, FindingState.BROKEN)
    assert {kind for kind, _, _ in broken} == {"cluster", "rbd ls by"}
    assert KEY in rows(links, FindingState.UNSEEN)


def test_an_older_agent_or_a_narrow_list_is_no_broken_link(
    wired: Site, wanted: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.errors import StepFailed
    from tests.sim.host import SimHost

    def refuse(self: SimHost, *account: Any) -> None:
        raise StepFailed(f"{self.access.where}: pools as user: not on the list (EPERM)", "EPERM")

    monkeypatch.setattr(SimHost, "pools_as_user", refuse)
    links = look(wired, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert {GLANCE, NOVA1} <= rows(links, FindingState.UNSEEN)


def test_a_log_that_was_rotated_since_the_start_is_no_broken_link(wired: Site, wanted: StackSettings) -> None:
    unit(wired, "api1", "cinder-volume").log.clear()
    links = look(wired, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert rows(links, FindingState.WARNING) == {VOLUME_DRIVER}
    assert exit_status(links) == 0, "every rotation of a log would make the verdict incomplete"


def test_the_driver_of_a_stopped_service_is_no_row_that_could_not_be_looked_at(
    wired: Site, wanted: StackSettings
) -> None:
    stopped(wired)
    links = look(wired, wanted)
    assert VOLUME_DRIVER in rows(links, FindingState.SKIPPED)
    assert rows(links, FindingState.UNSEEN) == set()


WITHOUT_KEYRING = {"client.cinder": {"managed": False}}


def test_a_user_that_only_guests_use_needs_no_keyring_where_the_settings_keep_none(installed: Site) -> None:
    """One guide gives computes no keyring of Cinder's user, because a guest takes that key from libvirt's secret."""
    more = {"nova__user": {"name": "nova"}, "nova__keyrings": WITHOUT_KEYRING}
    wanted = settings(**SITE, **more)
    apply(installed, wanted)
    links = look(installed, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert rows(links, FindingState.SKIPPED) == {(*NOVA1[:2], host) for host in ("compute1", "compute2")} | {NO_API}
    assert "libvirt's secret" in next(
        link.finding.text for link in links if (link.kind, link.name, link.where) == NOVA1
    )
    assert exit_status(links) == 0


def test_a_user_of_the_daemon_itself_needs_its_keyring_whoever_keeps_it(installed: Site) -> None:
    wanted = settings(**SITE, nova__keyrings=WITHOUT_KEYRING)
    apply(installed, wanted)
    assert rows(look(installed, wanted), FindingState.BROKEN) >= {NOVA1}


def test_a_process_that_was_taken_over_older_than_its_files_is_said_to_be_so(installed: Site) -> None:
    wanted = settings(**SITE)
    apply(installed, wanted)
    for journal in installed.root.glob("*/*/lib/ceph-openstack/*/service-*.json"):
        journal.unlink()
    for record in installed.root.glob("*/run/ceph-openstack/*/*.json"):
        record.unlink()
    time.sleep(0.008)
    conf = path(installed, "api1", "/etc/ceph/ceph.conf")
    conf.write_text(conf.read_text() + "# for the next service\n")
    time.sleep(0.008)
    wanted = settings(**SITE, adopt=True)
    apply(installed, wanted)
    links = look(installed, wanted)
    assert rows(links, FindingState.BROKEN) == set()
    assert next(link.finding.text for link in links if (link.kind, link.name, link.where) == SERVICE) == (
        "active, taken over as it runs, started before /etc/ceph/ceph.conf changed last"
    )


def test_nothing_reached_is_no_success(wired: Site, wanted: StackSettings) -> None:
    for host in wired.hosts.values():
        host.reachable = False
    assert exit_status(look(wired, wanted)) == 3
