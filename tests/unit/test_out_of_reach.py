"""Options that say where data lies, found with another value: data that is stored there stays in reach. No machine."""

from __future__ import annotations

from typing import Any

import pytest

from providers.errors import Refused
from providers.formats import record
from providers.formats.record import Record
from providers.host.option_file import OptionFileObserved
from providers.openstack.config_sections import ConfigSectionsDesired, ConfigSectionsKind
from providers.reach.answers.file_state import FileState
from tests.unit.components.graph import built

KIND = ConfigSectionsKind()
GLANCE, CINDER, BACKUP, NOVA = (
    "glance-config-controller1",
    "cinder-config-controller1",
    "cinder-backup-config-controller1",
    "nova-config-compute1",
)


def desired(label: str, **changes: Any) -> ConfigSectionsDesired:
    return ConfigSectionsDesired.model_validate(built(**changes)[label].inputs)


def observed(text: str, others: dict[str, Record] | None = None, later: str = "") -> OptionFileObserved:
    def state(content: str) -> FileState:
        return FileState("file", "root", "root", "0640", "d", 0, content)

    return OptionFileObserved("host1", state(text), None, others or {}, {"/later": state(later)} if later else {})


UUID = "457eb676-33da-42ec-9a8c-9293d545c337"
STORES = "enabled_backends = rbd:rbd\n[rbd]\n"
REFUSED = [
    (
        GLANCE,
        "DEFAULT",
        f"{STORES}rbd_store_pool = theirs",
        "[rbd] rbd_store_pool = theirs",
        "glance: {pool: {name: theirs}}",
    ),
    (
        GLANCE,
        "DEFAULT",
        f"{STORES}rbd_store_user = theirs",
        "[rbd] rbd_store_user = theirs",
        "glance: {user: {name: theirs}}",
    ),
    (CINDER, "ceph", "rbd_pool = theirs", "[ceph] rbd_pool = theirs", "cinder: {pool: {name: theirs}}"),
    (CINDER, "CEPH", "rbd_user: 'theirs'", "[ceph] rbd_user = theirs", "cinder: {user: {name: theirs}}"),
    (BACKUP, "DEFAULT", "backup_ceph_pool = b", "[DEFAULT] backup_ceph_pool = b", "cinder_backup: {pool: {name: b}}"),
    (BACKUP, "DEFAULT", "backup_ceph_user = b", "[DEFAULT] backup_ceph_user = b", "cinder_backup: {user: {name: b}}"),
    (NOVA, "libvirt", "images_rbd_pool = theirs", "[libvirt] images_rbd_pool = theirs", "nova: {pool: {name: theirs}}"),
    (NOVA, "libvirt", "rbd_user = theirs", "[libvirt] rbd_user = theirs", "nova: {user: {name: theirs}}"),
    # Without the option the service uses its default pool, and what lies there would be out of reach, too.
    (NOVA, "libvirt", "images_type = rbd", "[libvirt] images_rbd_pool = rbd by default", "nova: {pool: {name: rbd}}"),
    (
        CINDER,
        "ceph",
        "volume_driver = cinder.volume.drivers.rbd.RBDDriver",
        "[ceph] rbd_pool = rbd by default",
        "cinder: {pool: {name: rbd}}",
    ),
]


@pytest.mark.parametrize(
    ("label", "section", "lines", "named", "write"), REFUSED, ids=[named for *_, named, _ in REFUSED]
)
def test_another_pool_or_user_is_refused_by_name_with_the_line_to_write(
    label: str, section: str, lines: str, named: str, write: str
) -> None:
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(label), observed(f"[{section}]\n{lines}\n"))
    path = desired(label).path
    assert str(refused.value) == (
        f"host1: {path} sets {named}, which no stack wrote: what is stored there would be out of reach; write `{write}`"
        f" into the settings, with `adopt: true`, or take that out of {path} first, then run again"
    )


@pytest.mark.parametrize(("label", "section"), [(CINDER, "ceph"), (NOVA, "libvirt")])
def test_another_secret_is_refused_with_the_line_to_write(label: str, section: str) -> None:
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(label), observed(f"[{section}]\nrbd_secret_uuid = {UUID.upper()}\n"))
    path = desired(label).path
    assert str(refused.value) == (
        f"host1: {path} sets [{section}] rbd_secret_uuid = {UUID}, which no stack wrote: guests are started with that"
        f" secret; write `user: {{name: cinder, secret_uuid: {UUID}}}` into the settings, with `adopt: true`, or take"
        f" that out of {path} first, then run again"
    )


@pytest.mark.parametrize(("label", "section"), [(CINDER, "ceph"), (NOVA, "libvirt")])
def test_the_same_secret_is_fine_however_it_is_written(label: str, section: str) -> None:
    mine = desired(label)
    mine.sections[section]["rbd_secret_uuid"] = UUID
    assert KIND.plan(mine, observed(f"[{section}]\nrbd_secret_uuid = {UUID.upper()}\n"))


def test_of_several_back_ends_the_line_names_the_section() -> None:
    backends = {"fast": {"pool": {"name": "fast"}}, "slow": {"pool": {"name": "slow"}}}
    with pytest.raises(Refused, match=r"write `cinder: \{backends: \{slow: \{pool: \{name: theirs\}\}\}\}` into"):
        KIND.plan(
            desired(CINDER, cinder__pool=None, cinder__backends=backends), observed("[slow]\nrbd_pool = theirs\n")
        )


def test_another_ceph_conf_is_refused_with_the_clusters_name_to_write() -> None:
    with pytest.raises(Refused, match=r"write `cluster: \{name: theirs\}` into the settings"):
        KIND.plan(desired(CINDER), observed("[ceph]\nrbd_ceph_conf = /etc/ceph/theirs.conf\n"))


HIDDEN = [
    (CINDER, "ceph", "volume_driver = cinder.volume.drivers.lvm.LVMVolumeDriver", "[ceph] volume_driver"),
    (CINDER, "ceph", "rbd_ceph_conf = /etc/ceph/theirs.conf", "[ceph] rbd_ceph_conf"),
    (CINDER, "ceph", "rbd_cluster_name = theirs", "[ceph] rbd_cluster_name"),
    (CINDER, "ceph", "rbd_pool = no name of a pool/", "[ceph] rbd_pool"),
    (BACKUP, "DEFAULT", "backup_ceph_conf = /etc/ceph/theirs.conf", "[DEFAULT] backup_ceph_conf"),
    (NOVA, "libvirt", "images_rbd_ceph_conf = /etc/ceph/theirs.conf", "[libvirt] images_rbd_ceph_conf"),
]


@pytest.mark.parametrize(("label", "section", "line", "named"), HIDDEN, ids=[named for *_, named in HIDDEN])
def test_what_is_no_name_of_a_pool_or_user_is_refused_and_not_shown(
    label: str, section: str, line: str, named: str
) -> None:
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(label), observed(f"[{section}]\n{line}\n"))
    assert f"sets {named} to another value, which no stack wrote" in str(refused.value)
    assert line.partition(" = ")[2] not in str(refused.value)
    assert ("into the settings" in str(refused.value)) is line.endswith("/theirs.conf")


def test_all_that_is_found_is_named_at_once() -> None:
    text = "[ceph]\nrbd_pool = theirs\nrbd_user = them\nrbd_ceph_conf = /x\n"
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(CINDER), observed(text))
    told = (
        "sets [ceph] rbd_ceph_conf to another value, [ceph] rbd_pool = theirs, [ceph] rbd_user = them, which no stack"
    )
    assert told in str(refused.value)


FINE = [
    (CINDER, "[ceph]\nrbd_pool = volumes\nrbd_user = cinder\nrbd_ceph_conf = /etc/ceph/ceph.conf\n"),
    (CINDER, "[ceph]\nrbd_ceph_conf =\nrbd_max_clone_depth = 9\n"),
    (CINDER, "[other]\nrbd_pool = theirs\n[DEFAULT]\nrbd_pool = theirs\n"),
    (BACKUP, "[DEFAULT]\nbackup_driver = cinder.backup.drivers.nfs.NFSBackupDriver\n"),
    (NOVA, "[libvirt]\nimages_type = default\nvirt_type = kvm\n"),
    # Preflight finds and names servers with disks on the host, because an option says nothing of servers.
    (NOVA, "[libvirt]\nimages_type = qcow2\n"),
]


@pytest.mark.parametrize(("label", "text"), FINE)
def test_what_is_equal_absent_the_services_default_or_about_no_place_is_fine(label: str, text: str) -> None:
    assert KIND.plan(desired(label), observed(text))


THEIRS, OURS = (f"/var/lib/ceph-openstack/{stack}/config-x.json" for stack in ("edge", "test"))


def test_what_another_owner_of_this_stack_wrote_may_change_and_what_another_stack_wrote_may_not() -> None:
    theirs = record.empty()
    theirs["options"].append(
        {"section": "ceph", "option": "rbd_pool", "before": None, "values": ["theirs"], "layer": 1}
    )
    assert KIND.plan(desired(CINDER), observed("[ceph]\nrbd_pool = theirs\n", {OURS: theirs}))
    with pytest.raises(Refused, match=r"stack edge writes \[ceph\] rbd_pool = theirs"):
        KIND.plan(desired(CINDER), observed("[ceph]\nrbd_pool = theirs\n", {THEIRS: theirs}))


def test_what_a_cut_off_run_only_meant_to_write_is_somebody_elses() -> None:
    meant = record.empty()
    meant["options"].append(
        {"section": "ceph", "option": "rbd_pool", "before": None, "values": ["x"], "layer": 1, "unwritten": True}
    )
    with pytest.raises(Refused, match="rbd_pool = theirs"):
        KIND.plan(desired(CINDER), observed("[ceph]\nrbd_pool = theirs\n", {THEIRS: meant}))


def test_what_this_stack_wrote_may_change_and_what_is_found_may_be_taken_over(site: Any) -> None:
    from tests.unit.examples.config_sections import CONFIG

    CONFIG.prepare(site)
    resource = CONFIG.resource(site)
    resource.up()
    resource.change(sections={"ceph": {"rbd_pool": "another"}}).up()
    assert resource.drift() == {}


def test_an_undo_looks_at_no_place() -> None:
    assert KIND.undo(desired(CINDER), observed("[ceph]\nrbd_pool = theirs\n")).steps == []


LOST = [
    ("stores = file,http,swift", "swift"),
    ("stores = file, cinder", "cinder"),
    ("stores = my.own.Driver", "others"),
]


@pytest.mark.parametrize(("line", "named"), LOST)
def test_a_former_store_that_would_be_out_of_reach_is_refused(line: str, named: str) -> None:
    text = f"[glance_store]\n{line}\ndefault_store = file\n"
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(GLANCE), observed(text))
    assert str(refused.value) == (
        f"host1: {desired(GLANCE).path} sets [glance_store] stores with {named}: images there would be out of reach; "
        "make each of them a store in enabled_backends first, or give these images up with `file_store: none` in the "
        "settings, then run again"
    )
    assert KIND.plan(desired(GLANCE, glance__file_store="none"), observed(text))
    assert KIND.plan(desired(GLANCE), observed(f"[DEFAULT]\nenabled_backends = a:file\n{text}"))


@pytest.mark.parametrize("stores", ["", "file,http,rbd", "glance.store.filesystem.Store, glance.store.rbd.Store"])
def test_former_stores_that_stay_in_reach_are_fine(stores: str) -> None:
    assert KIND.plan(desired(GLANCE), observed(f"[glance_store]\nstores = {stores}\n"))


def test_the_default_pool_is_fine_when_the_settings_name_it() -> None:
    text = "[libvirt]\nimages_type = rbd\n"
    assert KIND.plan(desired(NOVA, nova__pool={"name": "rbd"}), observed(text))


def test_a_stacks_own_driver_without_a_pool_is_drift_and_no_other_place() -> None:
    ours = record.empty()
    for option, value in (("images_type", "rbd"), ("images_rbd_pool", "vms")):
        ours["options"].append({"section": "libvirt", "option": option, "before": None, "values": [value], "layer": 1})
    assert KIND.plan(desired(NOVA), observed("[libvirt]\nimages_type = rbd\n", {OURS: ours}))
