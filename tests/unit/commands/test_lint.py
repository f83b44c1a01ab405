"""lint on a simulated site: what guides left there is named, with the release that dropped it, and nothing else is."""

from __future__ import annotations

import json

import pytest

from commands.flaws_in_caps import flaws_in_caps
from commands.flaws_in_key_files import flaws_in_key_files
from commands.lint.linted import Linted
from commands.lint.looking import look_for_flaws
from commands.lint.report import as_json, as_text, exit_status
from components.services import SERVICES
from components.stack.inventory import take_inventory
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from docs.examples.gnocchi import GNOCCHI
from providers.reach import machines as current_machines
from providers.reach.answers.key_file import KeyFile
from tests.sim.ceph import cephx_key
from tests.sim.site import Site
from tests.unit.commands.conftest import STACK
from tests.unit.components.graph import raw, settings

CINDER_CONF, NOVA_CONF, GLANCE_CONF = "/etc/cinder/cinder.conf", "/etc/nova/nova.conf", "/etc/glance/glance-api.conf"
FLAT = ("volume_driver", "rbd_pool", "rbd_ceph_conf", "rbd_flatten_volume_from_snapshot", "rbd_max_clone_depth",
        "rbd_store_chunk_size", "rados_connect_timeout", "rbd_user", "rbd_secret_uuid")  # fmt: skip
OCATA = "removed in Ocata, zed ignores it; back ends have sections of their own, see cinder.backends"


def lint(site: Site, wanted: StackSettings) -> Linted:
    site.new_run()
    site.steps()
    before = site.everything()
    found = look_for_flaws(take_inventory(wanted, STACK, SERVICES), current_machines.current())
    assert site.everything() == before, "lint changed something"
    for text in (as_text(found), as_json(found, STACK)):
        assert not any(key in text for key in [*site.ceph.keys(), cephx_key(99)])
    return found


def told(found: Linted) -> list[tuple[str, str, str]]:
    return [(flaw.where, flaw.place, flaw.what) for flaw in found.flaws]


def write(site: Site, host: str, path: str, text: str, mode: int = 0o600) -> None:
    file = site.hosts[host].path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def add(site: Site, host: str, path: str, *lines: str) -> None:
    """Write lines at the beginning of a file that begins with [DEFAULT], as a guide's reader would."""
    file = site.hosts[host].path(path)
    text = file.read_text()
    assert text.startswith("[DEFAULT]\n")
    file.write_text("\n".join(["[DEFAULT]", *lines, text.removeprefix("[DEFAULT]\n")]))


def append(site: Site, host: str, path: str, text: str) -> None:
    file = site.hosts[host].path(path)
    file.write_text(file.read_text() + text)


def test_a_stack_that_is_applied_has_no_flaw(wired: Site, wanted: StackSettings) -> None:
    found = lint(wired, wanted)
    assert told(found) == []
    assert found.unseen == ()
    assert exit_status(found) == 0
    assert as_text(found).splitlines()[-1] == "verdict: nothing that is dead or does harm"


def test_every_flat_key_of_cinder_is_named_with_its_line_and_the_release_that_dropped_it(
    wired: Site, wanted: StackSettings
) -> None:
    add(wired, "api1", CINDER_CONF, *(f"{name} = x" for name in FLAT), "glance_api_version = 2")
    found = lint(wired, wanted)
    assert told(found) == [
        *(("api1", f"{CINDER_CONF}:{number} [DEFAULT] {name}", OCATA) for number, name in enumerate(FLAT, start=2)),
        (
            "api1",
            f"{CINDER_CONF}:11 [DEFAULT] glance_api_version",
            "removed in Queens, zed ignores it; leave it out: only version 2 is left",
        ),
    ]
    assert exit_status(found) == 2


OPTIONS = [
    ("api1", CINDER_CONF, "[rbd]\nglance_api_version = 2\n", "[rbd] glance_api_version", "removed in Queens"),
    ("api1", CINDER_CONF, "[ceph]\nrbd_keyring_conf = x\n", "[ceph] rbd_keyring_conf", "removed in Victoria"),
    ("api1", CINDER_CONF, "[ceph]\nrbd_concurrent_flatten_operations = 3\n", "[ceph] rbd_conc", "appeared in 2023.1"),
    ("api1", GLANCE_CONF, "[DEFAULT]\ndefault_store = rbd\n", "[DEFAULT] default_store", "removed in Kilo"),
    (
        "api1",
        GLANCE_CONF,
        "[paste_deploy]\nflavor = keystone+cachemanagement\n",
        "[paste_deploy] flavor",
        "a copy of each image",
    ),
    ("compute1", NOVA_CONF, "[DEFAULT]\nforce_raw_images = False\n", "[DEFAULT] force_raw_images", "since Train"),
    ("compute1", NOVA_CONF, "[DEFAULT]\ndisk_cachemodes = writeback\n", "[DEFAULT] disk_cachemodes", "removed in Juno"),
    ("compute1", NOVA_CONF, "[libvirt]\ndisk_cachemodes = writeback\n", "[libvirt] disk_cachemodes", "drops a mode"),
    ("compute1", NOVA_CONF, "[libvirt]\ninject_password = true\n", "[libvirt] inject_password", "opens the disks"),
    (
        "compute1",
        NOVA_CONF,
        "[libvirt]\ninject_partition = -2\n",
        "[libvirt] inject_partition",
        "default since Icehouse",
    ),
    (
        "compute1",
        NOVA_CONF,
        "[libvirt]\nlibvirt_inject_key = false\n",
        "[libvirt] libvirt_inject_key",
        "removed in Juno",
    ),
    (
        "compute1",
        NOVA_CONF,
        "[libvirt]\nlive_migration_flag = x\n",
        "[libvirt] live_migration_flag",
        "removed in Newton",
    ),
    (
        "compute1",
        NOVA_CONF,
        "[libvirt]\nlibvirt_disk_cachemodes = x\n",
        "[libvirt] libvirt_disk",
        "no release ever had",
    ),
    (
        "compute1",
        "/etc/ceph/ceph.conf",
        "[client.keyring]\nkeyring = /x\n",
        "[client.keyring]",
        "client.keyring and to nobody",
    ),
]


@pytest.mark.parametrize(("host", "path", "text", "place", "words"), OPTIONS, ids=[f"{o[3]} {o[4]}" for o in OPTIONS])
def test_what_guides_wrote_into_files_is_named(
    wired: Site, wanted: StackSettings, host: str, path: str, text: str, place: str, words: str
) -> None:
    append(wired, host, path, text)
    ((where, named, what),) = told(lint(wired, wanted))
    assert where == host
    assert named.startswith(f"{path}:")
    assert place in named
    assert words in what


def test_a_module_as_backup_driver_is_named(wired: Site, wanted: StackSettings) -> None:
    append(wired, "api1", CINDER_CONF, "[DEFAULT]\nbackup_driver = cinder.backup.drivers.ceph\n")
    ((_, place, what),) = told(lint(wired, wanted))
    assert "[DEFAULT] backup_driver" in place
    assert "since Stein the option names a class" in what


def test_a_later_file_is_read_too_and_its_value_counts(wired: Site, wanted: StackSettings) -> None:
    append(wired, "compute1", NOVA_CONF, "[DEFAULT]\nforce_raw_images = False\n")
    write(wired, "compute1", "/etc/nova/nova-compute.conf", "[DEFAULT]\nforce_raw_images = True\nlibvirt_x = y\n")
    assert told(lint(wired, wanted)) == []
    write(wired, "compute1", "/etc/nova/nova-compute.conf", "[libvirt]\nlive_migration_flag = x\n")
    places = [place for _, place, _ in told(lint(wired, wanted))]
    assert "/etc/nova/nova-compute.conf:2 [libvirt] live_migration_flag" in places
    assert len(places) == 2, "the value in nova.conf is in force now"


def test_converted_images_may_stay_as_they_are_where_disks_are_local(wired: Site, wanted: StackSettings) -> None:
    conf = wired.hosts["compute1"].path(NOVA_CONF)
    conf.write_text("[DEFAULT]\nforce_raw_images = False\n\n[libvirt]\nimages_type = qcow2\n")
    assert told(lint(wired, wanted)) == []


def test_a_file_that_no_service_reads_on_is_named_by_its_line(wired: Site, wanted: StackSettings) -> None:
    append(wired, "api1", GLANCE_CONF, "no option at all\n")
    ((_, place, what),) = told(lint(wired, wanted))
    assert place.startswith(f"{GLANCE_CONF}:")
    assert "no option at all" not in what


def test_keys_and_files_left_behind_are_named_and_never_shown(wired: Site, wanted: StackSettings) -> None:
    key = wired.ceph.users["client.cinder"]["key"]
    write(wired, "compute1", "/etc/ceph/client.cinder.key", key, 0o644)
    write(wired, "compute1", "/etc/ceph/client.nova.key", key, 0o640)
    write(wired, "compute1", "/root/secret.xml", "<secret/>")
    write(wired, "compute1", "/etc/ceph/cinder.uuid.txt", "457eb676-33da-42ec-9a8c-9293d545c337\n")
    write(wired, "ceph1", "/home/deploy/client.cinder.key", cephx_key(99) + "\n")
    write(wired, "compute2", "/etc/ceph/notes", f"key of cinder: {key}\n")
    write(wired, "compute2", "/etc/ceph/rbdmap", "# nothing\n")
    behind = "left behind by a wiring by hand"
    assert set(told(lint(wired, wanted))) == {
        (
            "compute1",
            "/etc/ceph/client.cinder.key",
            f"{behind} and holds the key of client.cinder (everybody may read it); nothing reads it: "
            "`shred --remove` it",
        ),
        (
            "compute1",
            "/etc/ceph/client.nova.key",
            f"{behind} and holds the key of client.cinder; nothing reads it: `shred --remove` it",
        ),
        ("compute1", "/root/secret.xml", f"{behind}; nothing reads it: remove it"),
        ("compute1", "/etc/ceph/cinder.uuid.txt", f"{behind}; nothing reads it: remove it"),
        ("ceph1", "/home/deploy/client.cinder.key", f"{behind} and holds a key; nothing reads it: `shred --remove` it"),
        ("compute2", "/etc/ceph/notes", "holds the key of client.cinder and is no keyring; take the key out"),
    }


def test_a_keyring_that_everybody_may_read_is_named(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["api1"].path("/etc/ceph/ceph.client.glance.keyring").chmod(0o644)
    ((where, place, what),) = told(lint(wired, wanted))
    assert (where, place) == ("api1", "/etc/ceph/ceph.client.glance.keyring")
    assert what == "everybody may read the key of client.glance (mode 0644); `chmod o-rwx` it"


RAW_CAPS = {"mon": "allow r", "osd": "allow class-read object_prefix rbd_children, allow rwx pool=volumes"}


def test_a_guides_caps_are_named_with_what_they_break(wired: Site, wanted: StackSettings) -> None:
    wired.ceph.users["client.cinder"]["caps"] = RAW_CAPS
    found = told(lint(wired, wanted))
    assert [(where, place) for where, place, _ in found] == [
        ("ceph1", "caps of client.cinder, mon"),
        ("ceph1", "caps of client.cinder, osd"),
        ("ceph1", "caps of client.cinder, osd"),
    ]
    whats = [what for _, _, what in found]
    assert whats[0].startswith("cannot blocklist a dead client")
    assert whats[1].startswith("may not read pool vms, so servers' own disks cannot be opened")
    assert whats[2].startswith("may not read pool images, so a volume of an image is a full copy, or fails")


@pytest.mark.parametrize(
    ("caps", "places"),
    [
        ({"mon": "profile rbd", "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images"}, []),
        (RAW_CAPS, ["mon"]),
        ({"mon": 'allow r, allow command "osd blocklist"', "osd": "allow rwx pool=volumes"}, ["osd"]),
        ({"mon": "profile rbd", "osd": "profile rbd"}, ["osd"]),
        ({"mon": "allow *", "osd": "allow *"}, ["osd"]),
        ({"mon": "profile rbd", "osd": "a text of a later release"}, []),
    ],
)
def test_caps_are_judged_by_what_they_grant(caps: dict[str, str], places: list[str]) -> None:
    found = list(flaws_in_caps("ceph1", "client.x", caps))
    assert [flaw.place.rpartition(" ")[2] for flaw in found] == places


def test_a_user_that_has_no_images_is_not_judged_by_what_images_need(wired: Site) -> None:
    services = (*SERVICES, GNOCCHI)
    wanted = settings(
        services,
        hosts={"ceph1": {}, "api1": {}},
        nova=None,
        glance__hosts=["api1"],
        cinder__hosts=["api1"],
        cinder_backup__hosts=["api1"],
        gnocchi={"hosts": ["api1"], "pool": {"name": "metrics"}},
    )
    wired.ceph.do_auth_get_or_create("client.gnocchi", ["mon", "allow r", "osd", "allow rwx pool=metrics"])
    wired.new_run()
    inventory = take_inventory(wanted, STACK, services)
    assert look_for_flaws(inventory, current_machines.current(), services).flaws == ()


def test_a_host_out_of_reach_is_one_row_and_no_verdict(wired: Site, wanted: StackSettings) -> None:
    wired.hosts["compute1"].reachable = False
    found = lint(wired, wanted)
    assert {where for where, _, _ in found.unseen} == {"compute1"}
    assert exit_status(found) == 3
    rows = [line for line in as_text(found).splitlines() if "no route to host" in line]
    assert len(rows) == 1


def test_all_hosts_out_of_reach_are_no_success(wired: Site, wanted: StackSettings) -> None:
    for host in wired.hosts.values():
        host.reachable = False
    assert exit_status(lint(wired, wanted)) == 3


def test_without_the_cluster_a_key_left_behind_is_still_a_key(wired: Site, wanted: StackSettings) -> None:
    write(wired, "compute1", "/etc/ceph/client.cinder.key", wired.ceph.users["client.cinder"]["key"])
    wired.hosts["ceph1"].reachable = False
    found = lint(wired, wanted)
    assert "holds a key;" in told(found)[0][2]
    assert exit_status(found) == 3


def test_equal_rows_of_several_hosts_are_one_and_json_has_each(wired: Site, wanted: StackSettings) -> None:
    for host in ("compute1", "compute2"):
        append(wired, host, NOVA_CONF, "[DEFAULT]\nforce_raw_images = False\n")
    found = lint(wired, wanted)
    (row,) = [line for line in as_text(found).splitlines() if "force_raw_images" in line]
    assert row.startswith("compute1, compute2  /etc/nova/nova.conf:")
    assert "compute1, compute2: 1 finding in 3 places" in as_text(found)
    document = json.loads(as_json(found, STACK))
    assert document["version"] == 1
    assert document["summary"]["flaws"] == len(document["flaws"]) == 2
    assert document["summary"]["status"] == 2


def test_a_defect_of_ours_hides_nothing_else(
    wired: Site, wanted: StackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> None:
        raise KeyError(cephx_key(99))

    append(wired, "compute1", NOVA_CONF, "[DEFAULT]\nforce_raw_images = False\n")
    monkeypatch.setattr("commands.lint.looking.flaws_in_key_files", defect)
    found = lint(wired, wanted)
    assert "report it" in as_text(found)
    assert len(found.flaws) == 1
    assert exit_status(found) == 3


def test_a_keyring_without_a_key_and_an_open_file_without_one_are_no_flaw() -> None:
    def file(path: str, *keys: str) -> KeyFile:
        return KeyFile(path=path, owner="root", group="root", mode="0644", keys=list(keys))

    assert list(flaws_in_key_files("h", [file("/etc/ceph/x.keyring"), file("/etc/ceph/ceph.conf")], {})) == []


@pytest.mark.parametrize("name", FLAT)
def test_settings_may_not_write_what_lint_would_name(name: str) -> None:
    (line,) = parse(raw(cinder__options={"DEFAULT": {name: "x"}}))
    assert OCATA in line
