"""discover on clouds that the guides wired: the settings say what is there, and a run with them changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from commands import discover
from commands.__main__ import main
from commands.discover.whole_cloud import whole_cloud
from commands.look_at_all import look_at_all
from components.services import SERVICES
from components.stack.declare import declare
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers import resources
from providers.reach import machines as current_machines
from providers.reach.cluster import key_digest
from tests.guides import guide_000, guide_001, guide_002, guide_003, guide_004
from tests.sim.site import Managed, Site
from tests.sim.systemd import Unit
from tests.sim.wiring import (
    ACCOUNTS,
    CEPH_CONF,
    CINDER_CONF,
    GLANCE_CONF,
    NOVA_CONF,
    OTHER_UUID,
    READY,
    ROOT,
    UUID,
    WIRINGS,
    wire_by_hand,
)
from tests.unit.components.graph import Declared, declared

HOSTS = ["api1", "compute1", "compute2"]
STACK = "dev"
WHOLE = ["000", "002", "003"]
"""The guides of which the whole wiring can be said in settings."""
JOURNALS = ("var/lib/ceph-openstack", "run/ceph-openstack")
Wired = Callable[[str], Site]


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services run as numbers here, because this machine has no user glance."""
    for service in SERVICES:
        account = ACCOUNTS.get(service.name, ROOT)
        daemons = {name: replace(daemon, user=account, group=account) for name, daemon in service.daemons.items()}
        monkeypatch.setattr(service, "daemons", daemons)


@pytest.fixture
def wired(site: Site) -> Wired:
    """Return the site as a guide leaves it."""

    def by(number: str) -> Site:
        wire_by_hand(site, WIRINGS[number])
        site.new_run()
        return site

    return by


def found(site: Site, hosts: list[str] | None = None, release: str = "") -> tuple[str, StackSettings]:
    """Return what discover prints, and the settings that the program makes of it."""
    site.new_run()
    proposal, _ = whole_cloud(current_machines.current(), hosts or HOSTS, STACK, release)
    config = yaml.safe_load(proposal.text())["config"]
    settings = parse({name.removeprefix("ceph-openstack:"): value for name, value in config.items()})
    assert isinstance(settings, StackSettings), settings
    return proposal.text(), settings


def steps_left(settings: StackSettings) -> list[str]:
    """Return what a run with the settings would do or refuse, besides its journal."""
    looked_at = look_at_all(wire(settings, STACK), current_machines.current())
    assert [one for one in looked_at if one.unseen] == []
    return sorted(step for one in looked_at for step in [*one.steps, *([one.refusal] if one.refusal else [])])


def comments(text: str) -> str:
    """Return the comments as one line, without the breaks that the width makes."""
    lines = [line.strip().removeprefix("#").strip() for line in text.splitlines() if line.strip().startswith("#")]
    return " ".join(lines)


def resources_of(settings: StackSettings) -> dict[str, Declared]:
    """Return the resources in an order in which they can be made."""
    left = declared(lambda: declare(wire(settings, STACK)), STACK)
    made: dict[str, Declared] = {}
    while left:
        name = next(name for name, resource in left.items() if not resource.needs & left.keys())
        made[name] = left.pop(name)
    return made


def managed(site: Site, settings: StackSettings) -> dict[str, Managed]:
    """Return the things of the stack that a provider manages, by logical name."""
    things = {}
    for name, resource in resources_of(settings).items():
        kind = getattr(resources, resource.kind, None)
        if kind is not None and issubclass(kind, resources.ManagedResource):
            things[name] = Managed(site, kind.provider(), resource.inputs)
    return things


def without_journals(everything: dict[str, Any]) -> dict[str, Any]:
    files = {path: state for path, state in everything["files"].items() if not any(one in path for one in JOURNALS)}
    return {**everything, "files": files, "cluster": {**everything["cluster"], "store": {}}}


def invocations(site: Site) -> dict[str, str]:
    return {
        f"{name} {unit}": state.invocation
        for name, host in site.hosts.items()
        for unit, state in host.systemd.units.items()
    }


@pytest.mark.parametrize("number", sorted(WIRINGS))
def test_discover_changes_nothing(wired: Wired, number: str) -> None:
    site = wired(number)
    before = site.everything()
    found(site)
    assert site.everything() == before
    assert site.steps() == []


@pytest.mark.parametrize("number", sorted(WIRINGS))
def test_no_key_is_in_the_settings_of_a_cloud(wired: Wired, number: str) -> None:
    site = wired(number)
    text, _ = found(site)
    keys = site.ceph.keys()
    for key in keys:
        assert key not in text
        assert key_digest(key).removeprefix("sha256:") not in text
    assert "pass@" not in text, "a password of nova.conf"


@pytest.mark.parametrize("number", WHOLE)
def test_the_first_plan_is_empty(wired: Wired, number: str) -> None:
    site = wired(number)
    _, settings = found(site)
    site.new_run()
    assert steps_left(settings) == []


@pytest.mark.parametrize("number", WHOLE)
def test_the_first_run_writes_journals_only_and_a_destroy_leaves_the_cloud_as_the_guide_did(
    wired: Wired, number: str
) -> None:
    site = wired(number)
    before, running = site.everything(), invocations(site)
    _, settings = found(site)
    things = managed(site, settings)
    site.steps()
    for thing in things.values():
        thing.up()
    assert site.steps() == []
    assert without_journals(site.everything()) == without_journals(before)
    assert invocations(site) == running
    assert [name for name, thing in things.items() if thing.wants()] == []
    for thing in things.values():
        assert thing.drift() == {}
    for thing in reversed(things.values()):
        thing.destroy()
    assert without_journals(site.everything()) == without_journals(before)
    assert site.everything()["cluster"] == before["cluster"]
    assert invocations(site) == running


GUEST = {"rbd cache": "true", "rbd cache writethrough until flush": "true", "rbd concurrent management ops": "20"}
"""What the document of Ceph writes for guests, and settings can say without a new folder."""


def client_section(site: Site, host: str, lines: str) -> None:
    conf = site.hosts[host].path(CEPH_CONF)
    conf.write_text(f"{conf.read_text().partition('[client]')[0]}[client]\n{lines}")


def test_client_options_of_computes_are_said_in_settings(wired: Wired) -> None:
    text, _ = found(wired("000"))
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    assert raw["ceph-openstack:nova"]["client_options"] == GUEST
    assert "client_options" not in raw["ceph-openstack:cluster"]
    said = comments(text)
    assert "[client] admin socket: left as found: is below /run/ceph, which is closed to qemu's user" in said
    assert "[client] log file: left as found, because a run would make or change the folder /var/log/qemu" in said
    assert "compute1, compute2: /etc/ceph/ceph.conf: [client] admin socket, log file: left as found" in said


def test_a_socket_below_run_is_left_as_found_where_no_boot_makes_its_folder(wired: Wired) -> None:
    site = wired("000")
    for host in ("compute1", "compute2"):
        client_section(site, host, "admin socket = /run/ceph-guests/$pid.asok\n")
        folder = site.hosts[host].path("/run/ceph-guests")
        folder.mkdir()
        folder.chmod(0o770)
    text, settings = found(site)
    assert "left as found, because a run would make or change the folder /run/ceph-guests" in comments(text)
    site.new_run()
    assert [step for step in steps_left(settings) if "restart" not in step] == []


def test_client_options_of_all_hosts_are_the_clusters(wired: Wired) -> None:
    site = wired("000")
    client_section(site, "api1", "rbd_cache = true\nrbd default features = 3\n")
    text, settings = found(site)
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    assert raw["ceph-openstack:cluster"]["client_options"] == {"rbd_cache": "true"}
    assert raw["ceph-openstack:nova"]["client_options"] == {name: GUEST[name] for name in list(GUEST)[1:]}
    assert "api1: /etc/ceph/ceph.conf: [client] rbd default features: left as found" in comments(text)
    site.new_run()
    assert {step.partition(" restart ")[0] for step in steps_left(settings)} == {"systemctl"}, (
        "edited after their start"
    )


def test_client_options_that_hosts_do_not_share_and_keys_are_comments(wired: Wired) -> None:
    site = wired("000")
    key = site.ceph.users["client.admin"]["key"]
    client_section(site, "compute1", f"rbd cache = true\nkey = {key}\nkeyring = /etc/ceph/x\nlog to stderr = a\\#b\n")
    client_section(site, "compute2", f"rbd cache = false\nkey = {key}\nkeyring = /etc/ceph/x\nlog to stderr = a\\#b\n")
    text, settings = found(site)
    assert "client_options" not in yaml.safe_load(text)["config"]["ceph-openstack:nova"]
    left = "/etc/ceph/ceph.conf: [client] rbd cache, key, keyring, log to stderr: left as found"
    assert f"compute1, compute2: {left}" in comments(text)
    assert key not in text
    assert key_digest(key).removeprefix("sha256:") not in text
    site.new_run()
    assert {step.partition(" restart ")[0] for step in steps_left(settings)} == {"systemctl"}, (
        "edited after their start"
    )


def test_a_client_option_that_was_taken_over_is_looked_at_from_then_on(wired: Wired) -> None:
    site = wired("000")
    _, settings = found(site)
    things = managed(site, settings)
    for thing in things.values():
        thing.up()
    conf = site.hosts["compute1"].path(CEPH_CONF)
    conf.write_text(conf.read_text().replace("rbd cache = true", "rbd cache = false"))
    assert things["ceph-conf-compute1"].drift() != {}
    assert things["ceph-conf-compute2"].drift() == {}


def test_a_boolean_in_other_words_needs_no_line(wired: Wired) -> None:
    site = wired("000")
    assert "show_image_direct_url = True\n" in site.hosts["api1"].path(GLANCE_CONF).read_text()
    text, settings = found(site)
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    assert raw["ceph-openstack:glance"]["show_image_direct_url"] is True
    assert "[DEFAULT] show_image_direct_url" not in raw["ceph-openstack:glance"].get("unmanaged_options", [])
    assert "[DEFAULT] restore_discard_excess_bytes" not in raw["ceph-openstack:cinder_backup"].get("options", {})
    site.new_run()
    assert steps_left(settings) == []


def test_the_document_of_ceph_is_said_as_it_is(wired: Wired) -> None:
    text, settings = found(wired("000"))
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    assert settings.release == "zed"
    assert settings.adopt
    assert list(settings.services) == ["glance", "cinder", "cinder_backup", "nova"]
    assert raw["ceph-openstack:cinder"]["user"] == {
        "name": "cinder",
        "secret_uuid": UUID,
        "secret_usage": "client.cinder secret",
        "caps": dict(WIRINGS["000"].caps["client.cinder"]),
    }
    assert raw["ceph-openstack:glance"]["layout"] == "single_store"
    assert raw["ceph-openstack:nova"]["keyrings"] == {
        "client.cinder": {"owner": "root", "group": "root", "mode": "0644"}
    }
    assert "[global] mon_host" in raw["ceph-openstack:cluster"]["unmanaged_options"]
    assert settings.cluster.mon_hosts == ["[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"]


def test_a_user_and_a_secret_per_service_are_found_by_their_names(wired: Wired) -> None:
    text, _ = found(wired("002"))
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    nova = raw["ceph-openstack:nova"]
    assert nova["pool"]["name"] == "nova-vms"
    assert (nova["user"]["name"], nova["user"]["secret_uuid"]) == ("nova", OTHER_UUID)
    assert nova["user"]["secret_usage"] == "client.nova secret"
    assert nova["keyrings"] == {"client.volumes": {"managed": False}}
    cinder = raw["ceph-openstack:cinder"]
    assert cinder["backends"] == {"rbd": {"pool": {"name": "cinder-volumes", "init": False}}}
    assert cinder["list_position"] == "first"
    glance = raw["ceph-openstack:glance"]
    assert (glance["user"]["name"], glance["store_item"]) == ("images", "glance.store.rbd.Store")
    assert glance["list_position"] == "first"
    assert "cinder_backup" not in text.replace("cinder_backup runs", "")


def test_computes_without_disks_in_a_pool_only_attach(wired: Wired) -> None:
    text, _ = found(wired("003"))
    nova: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:nova"]
    assert nova["attach_only"] == nova["hosts"] == ["compute1", "compute2"]
    assert "pool" not in nova
    assert {"[libvirt] rbd_user", "[libvirt] rbd_secret_uuid"} <= set(nova["unmanaged_options"])
    assert "cinder_backup runs on api1, and is left alone there" in comments(text)


FAULTS = {
    "000": [
        "api1: /etc/cinder/cinder.conf:22 [ceph] glance_api_version: removed in Queens",
        "[DEFAULT] default_store: removed in Kilo",
        "compute1, compute2: /etc/nova/nova.conf:13 [libvirt] live_migration_flag: removed in Newton",
        "caps of client.cinder, mon: cannot blocklist a dead client",
        "api1: /etc/ceph/ceph.client.glance.keyring: everybody may read the key of client.glance",
        "nobody ran `rbd pool init` on pool images",
    ],
    "001": [
        "[client.keyring]: speaks to a user called client.keyring and to nobody else",
        "[DEFAULT] enabled_backends is not set: since Ocata no back end starts without it",
        "[DEFAULT] rbd_store_pool: removed in Kilo",
        "[DEFAULT] libvirt_inject_password: removed in Juno",
        "/root/client.cinder.key: left behind by a wiring by hand and holds the key of client.cinder",
        "glance runs on api1, and is left alone there: its files name nothing on Ceph",
    ],
    "002": [
        "[DEFAULT] disk_cachemodes: removed in Juno",
        "api1, compute1, compute2: /etc/ceph/client.volumes.key: left behind by a wiring by hand and holds the key of",
        "/etc/ceph/cinder.uuid.txt: left behind by a wiring by hand; nothing reads it: remove it",
        "/etc/ceph/cinder.secret.xml",
        "compute1 has no keyring with a key of client.volumes",
    ],
    "003": ["[DEFAULT] glance_api_version: removed in Queens"],
    "004": [
        "[paste_deploy] flavor: glance-api keeps a copy of each image",
        "[DEFAULT] backup_driver: since Stein the option names a class",
        "[DEFAULT] force_raw_images: since Train",
        "[libvirt] libvirt_live_migration_flag: no release ever had this option",
        "cinder runs on api1, and is left alone there",
    ],
}


@pytest.mark.parametrize("number", sorted(FAULTS))
def test_what_is_dead_or_dangerous_is_named_in_comments(wired: Wired, number: str) -> None:
    text, _ = found(wired(number))
    said = comments(text)
    for fault in FAULTS[number]:
        assert fault in said, fault


def test_what_no_release_of_today_reads_is_not_mapped(wired: Wired) -> None:
    _, settings = found(wired("001"))
    assert list(settings.services) == ["cinder_backup"]


def test_a_host_out_of_reach_is_named_and_no_service_has_it(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = wired("000")
    site.hosts["compute2"].reachable = False
    monkeypatch.setattr(discover, "Machines", lambda _settings: current_machines.current())
    assert main(["discover", "ceph1", "--hosts", "api1,compute1", "--hosts", "compute2"]) == 3
    printed = capsys.readouterr()
    assert "compute2 COULD NOT BE LOOKED AT" in comments(printed.out)
    assert "no route to host" in comments(printed.out)
    assert "warning: compute2 was not looked at" in printed.err
    assert yaml.safe_load(printed.out)["config"]["ceph-openstack:nova"]["hosts"] == ["compute1"]


def test_a_whole_look_ends_0(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wired("003")
    monkeypatch.setattr(discover, "Machines", lambda _settings: current_machines.current())
    file = tmp_path / "Pulumi.prod.yaml"
    assert main(["discover", "ceph1", "--hosts", "api1,compute1,compute2", "-o", str(file)]) == 0
    assert yaml.safe_load(file.read_text())["config"]["ceph-openstack:release"] == "zed"
    assert capsys.readouterr().out == ""


def test_a_failure_leaves_no_file(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wired("003").hosts["ceph1"].reachable = False
    monkeypatch.setattr(discover, "Machines", lambda _settings: current_machines.current())
    assert main(["discover", "ceph1", "--hosts", "api1", "-o", str(tmp_path / "Pulumi.prod.yaml")]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "no route to host" in capsys.readouterr().err


def test_an_edited_file_is_refused_before_any_host_is_read(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, file = wired("003"), tmp_path / "Pulumi.prod.yaml"
    monkeypatch.setattr(discover, "Machines", lambda _settings: current_machines.current())
    file.write_text("config: {}\n")
    site.cut.done.clear()
    assert main(["discover", "ceph1", "--hosts", "api1", "-o", str(file)]) == 1
    assert "is not as discover left it" in capsys.readouterr().err
    assert site.cut.done == []
    assert file.read_text() == "config: {}\n"


def test_hosts_are_given_by_name_and_address() -> None:
    parsed = discover._hosts(["api1=192.0.2.11, compute1", "compute2=local"])
    assert parsed == {"api1": "192.0.2.11", "compute1": "compute1", "compute2": "local"}


def test_what_is_no_name_of_a_host_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", "ceph1", "--hosts", "a b"]) == 1
    assert "--hosts: 'a b' is no name of a host" in capsys.readouterr().err


# Clouds that no guide wires ------------------------------------------------------------------------------------------


def edit(site: Site, host: str, path: str, old: str, new: str) -> None:
    place = site.hosts[host].path(path)
    assert old in place.read_text()
    place.write_text(place.read_text().replace(old, new))
    for unit in site.hosts[host].systemd.units.values():
        unit.start()


def test_an_option_that_may_be_set_is_taken_by_its_value(wired: Wired) -> None:
    site = wired("003")
    edit(site, "api1", CINDER_CONF, "rbd_max_clone_depth = 5", "rbd_max_clone_depth = 3")
    text, settings = found(site)
    raw: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:cinder"]
    assert raw["options"] == {"ceph": {"rbd_max_clone_depth": "3"}}
    assert "as found; the program's own value is 5" in text
    assert steps_left(settings) == []


def test_an_option_on_which_two_hosts_differ_is_left_alone(wired: Wired) -> None:
    site = wired("000")
    edit(site, "compute2", NOVA_CONF, "hw_disk_discard = unmap", "hw_disk_discard = ignore")
    text, _ = found(site)
    nova: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:nova"]
    assert nova["unmanaged_options"] == ["[libvirt] hw_disk_discard"]
    assert "found: ignore on compute2. Without this line: unmap" in comments(text)


def test_a_free_option_on_which_two_hosts_differ_is_left_alone(wired: Wired) -> None:
    site = wired("003")
    for path in (CINDER_CONF, "/etc/ceph/ceph.client.cinder.keyring"):
        place = site.hosts["compute1"].path(path)
        place.parent.mkdir(exist_ok=True)
        place.write_text(site.hosts["api1"].path(path).read_text())
        os.chown(place, int(ACCOUNTS["cinder"]), int(ACCOUNTS["cinder"]))
    site.hosts["compute1"].systemd.add("cinder-volume.service", Unit(log=READY["cinder-volume"].split("\n")))
    edit(site, "compute1", CINDER_CONF, "rbd_max_clone_depth = 5", "rbd_max_clone_depth = 3")
    text, settings = found(site)
    cinder: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:cinder"]
    assert cinder["hosts"] == ["api1", "compute1"]
    assert "options" not in cinder
    assert "[ceph] rbd_max_clone_depth" in cinder["unmanaged_options"]
    assert steps_left(settings) == []


def test_cache_modes_that_all_computes_have_become_the_setting(wired: Wired) -> None:
    site = wired("000")
    for host in ("compute1", "compute2"):
        edit(site, host, NOVA_CONF, 'disk_cachemodes="network=writeback"', "disk_cachemodes = network=none")
    text, settings = found(site)
    nova: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:nova"]
    assert nova["disk_cachemodes"] == "network=none"
    assert "unmanaged_options" not in nova
    assert steps_left(settings) == []


def test_servers_with_local_disks_are_accepted_and_named(wired: Wired) -> None:
    site = wired("000")
    site.hosts["compute1"].libvirt.local_disks["instance-7"] = ["/var/lib/nova/instances/7/disk"]
    text, settings = found(site)
    assert yaml.safe_load(text)["config"]["ceph-openstack:nova"]["local_disks"] == "ignore"
    assert "servers instance-7 on compute1 keep their disks on the host" in comments(text)
    assert steps_left(settings) == []


def test_local_disks_of_a_host_that_only_attaches_are_no_news(wired: Wired) -> None:
    site = wired("003")
    site.hosts["compute1"].libvirt.local_disks["instance-7"] = ["/var/lib/nova/instances/7/disk"]
    assert "local_disks" not in found(site)[0]


def test_a_host_with_another_pool_is_left_out_and_named(wired: Wired) -> None:
    site = wired("000")
    site.hosts["compute3"] = site.hosts["compute2"]
    edit(site, "compute2", NOVA_CONF, "images_rbd_pool = vms", "images_rbd_pool = fast")
    site.hosts["api1"].systemd.add("nova-compute.service", Unit())
    (site.hosts["api1"].path("/etc/nova")).mkdir()
    site.hosts["api1"].path(NOVA_CONF).write_text(site.hosts["compute1"].path(NOVA_CONF).read_text())
    text, settings = found(site)
    assert settings.services["nova"].hosts == ["api1", "compute1"]
    assert "compute2 is left out: its file names another pool, user or secret" in comments(text)


def test_keyrings_on_which_two_hosts_differ_are_left_alone(wired: Wired) -> None:
    site = wired("000")
    site.hosts["compute2"].path("/etc/ceph/ceph.client.cinder.keyring").chmod(0o600)
    text, settings = found(site)
    assert yaml.safe_load(text)["config"]["ceph-openstack:nova"]["keyrings"] == {"client.cinder": {"managed": False}}
    assert steps_left(settings) == []


def test_a_stale_keyring_is_named_and_left_alone(wired: Wired) -> None:
    site = wired("003")
    site.ceph.rotate("client.glance")
    text, _ = found(site)
    assert "/etc/ceph/ceph.client.glance.keyring on api1 holds another key than the cluster has" in comments(text)
    assert yaml.safe_load(text)["config"]["ceph-openstack:glance"]["keyrings"] == {"client.glance": {"managed": False}}


def test_a_secret_with_another_users_key_is_named(wired: Wired) -> None:
    site = wired("002")
    secrets = site.hosts["compute2"].libvirt.secrets
    secrets[UUID]["value"] = secrets[OTHER_UUID]["value"]
    said = comments(found(site)[0])
    assert f"secret {UUID} on compute2 holds the key of client.nova, not that of client.volumes" in said


def test_a_store_of_several_is_found_by_its_id(wired: Wired) -> None:
    site = wired("003")
    site.hosts["api1"].path(GLANCE_CONF).write_text(
        "[DEFAULT]\nenabled_backends = local:file, fast:rbd\n[glance_store]\ndefault_backend = fast\n"
        "[fast]\nrbd_store_pool = images\nrbd_store_user = glance\nrbd_store_ceph_conf = /etc/ceph/ceph.conf\n"
        "[local]\nfilesystem_store_datadir = /var/lib/glance/images\n"
    )
    site.hosts["api1"].systemd.units["glance-api.service"].start()
    text, settings = found(site)
    glance: dict[str, Any] = yaml.safe_load(text)["config"]["ceph-openstack:glance"]
    assert (glance["backend"], glance["file_store"]) == ("fast", "none")
    assert "layout" not in glance
    assert steps_left(settings) == []


def test_caps_that_a_service_cannot_work_with_are_named_and_left_to_the_program(wired: Wired) -> None:
    site = wired("003")
    site.ceph.do_auth_caps("client.glance", ["mon", "profile rbd", "osd", "profile rbd-read-only pool=images"])
    text, settings = found(site)
    assert "the caps in the cluster cannot be said here, so they will change: glance.user.caps.osd" in comments(text)
    assert "glance" in settings.services
    assert [step.partition(" mgr")[0] for step in steps_left(settings)] == ["ceph auth caps client.glance"]


def test_a_pool_that_two_services_share_is_said_to_be_shared(wired: Wired) -> None:
    site = wired("003")
    edit(site, "api1", GLANCE_CONF, "rbd_store_pool = images", "rbd_store_pool = volumes")
    site.ceph.do_auth_caps("client.glance", ["mon", "profile rbd", "osd", "profile rbd pool=volumes"])
    text, settings = found(site)
    raw: dict[str, Any] = yaml.safe_load(text)["config"]
    pools = [raw[f"ceph-openstack:{service}"]["pool"] for service in ("glance", "cinder")]
    assert pools == [{"name": "volumes", "shared": True}] * 2
    assert steps_left(settings) == []
    assert "RBD pools that no service below names: backups (empty), images (empty), vms (empty)" in comments(text)


def test_one_user_for_two_services_is_said_to_be_more_than_settings_can_say(wired: Wired) -> None:
    site = wired("003")
    edit(site, "api1", GLANCE_CONF, "rbd_store_user = glance", "rbd_store_user = cinder")
    text, settings = found(site)
    assert "cinder is left alone, because settings cannot say what is there" in comments(text)
    assert "cinder" not in settings.services


def test_a_service_that_does_not_run_is_left_alone(wired: Wired) -> None:
    site = wired("000")
    site.hosts["api1"].systemd.units["cinder-backup.service"].stop()
    text, settings = found(site)
    assert "cinder_backup" not in settings.services
    assert "cinder_backup is installed and does not run, so it is left alone" in comments(text)


def test_a_file_that_its_service_refuses_is_named(wired: Wired) -> None:
    site = wired("000")
    site.hosts["api1"].path(GLANCE_CONF).write_text("rbd_store_pool = images\n[DEFAULT\n")
    text, settings = found(site)
    assert "glance" not in settings.services
    assert f"{GLANCE_CONF}: line" in comments(text)


def test_an_operating_system_that_is_not_known_is_left_out(wired: Wired) -> None:
    site = wired("000")
    site.hosts["compute2"].path("/etc/os-release").write_text('ID=guix\nPRETTY_NAME="GNU Guix"\n')
    text, settings = found(site)
    assert settings.services["nova"].hosts == ["compute1"]
    assert "compute2 runs GNU Guix, and settings have one platform: left out" in comments(text)


def test_hosts_of_the_rhel_family_are_read_by_their_own_units_and_files(wired: Wired) -> None:
    site = wired("003")
    for name in HOSTS:
        host = site.hosts[name]
        host.path("/etc/os-release").write_text('NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\n')
        host.systemd.units = {f"openstack-{unit}": state for unit, state in host.systemd.units.items()}
    later = site.hosts["api1"].path("/etc/glance/glance-api.conf.d/10-store.conf")
    later.parent.mkdir()
    later.write_text("[glance_store]\nrbd_store_pool = fast\n")
    text, settings = found(site)
    assert settings.platform == "rhel"
    assert list(settings.services) == ["glance", "cinder", "nova"]
    assert yaml.safe_load(text)["config"]["ceph-openstack:glance"]["pool"] == {"name": "fast"}
    assert "the cluster has no pool fast: the first run would make it, empty" in comments(text)


def test_a_pool_that_another_stack_keeps_is_not_taken(wired: Wired) -> None:
    site = wired("003")
    site.ceph.store["ceph-openstack/prod/pool/images"] = "{}"
    text, _ = found(site)
    assert "pool images is kept by stack prod: one pool cannot be two stacks'" in comments(text)
    assert yaml.safe_load(text)["config"]["ceph-openstack:glance"]["pool"] == {"name": "images", "adopt": False}


def test_the_release_is_that_of_the_packages(wired: Wired) -> None:
    site = wired("003")
    for host in HOSTS:
        site.hosts[host].packages = {"python3-nova": "3:31.0.0-1", "python3-cinder": "2:26.0.0-1"}
    site.hosts["compute2"].packages = {"python3-nova": "3:25.0.0-1"}
    text, settings = found(site)
    assert settings.release == "2025.1"
    assert "compute2 has the packages of Yoga" in comments(text)
    assert found(site, release="2025.2")[1].release == "2025.2"


def test_a_release_of_long_ago_is_that_of_the_packages(wired: Wired) -> None:
    site = wired("003")
    for host in HOSTS:
        site.hosts[host].packages = {"python3-cinder": "2:20.0.0-1"}
    text, settings = found(site)
    assert settings.release == "yoga"
    assert "packages" not in comments(text)


def test_a_group_of_root_is_read_by_its_name(wired: Wired) -> None:
    """Keyrings of root:glance 0640 are how careful operators do it."""
    site = wired("003")
    os.chown(site.hosts["api1"].path("/etc/ceph/ceph.client.glance.keyring"), 0, int(ACCOUNTS["glance"]))
    site.hosts["api1"].path("/etc/ceph/ceph.client.glance.keyring").chmod(0o640)
    text, _ = found(site)
    assert yaml.safe_load(text)["config"]["ceph-openstack:glance"]["keyrings"] == {"client.glance": {"owner": "root"}}


@pytest.mark.parametrize("guide", [guide_000, guide_001, guide_002, guide_003, guide_004])
def test_the_simulated_wirings_are_those_of_the_lab(guide: ModuleType) -> None:
    wiring, typed = WIRINGS[guide.GUIDE.number], guide.GUIDE
    assert {entity: dict(caps) for entity, caps in wiring.caps.items()} == typed.caps
    assert set(wiring.pools) == set(typed.pools)
    assert dict(wiring.secrets.values()) == typed.secrets


def test_the_ready_lines_of_the_wirings_are_those_of_the_services() -> None:
    assert set(READY) == {service.daemons["debian"].unit for service in SERVICES}
