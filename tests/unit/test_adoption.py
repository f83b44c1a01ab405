"""A cloud wired by a guide: the first run touches nothing, later ones improve it, a destroy gives it back."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from providers.ceph.pool_settings import SETTINGS
from providers.errors import Refused
from tests.sim.host import Killed
from tests.sim.site import FSID, Managed, Site
from tests.sim.systemd import Unit
from tests.unit.examples.ceph_conf import CEPH_CONF
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.directory import EXISTING
from tests.unit.examples.keyring import KEYRING, KEYRING_FILE
from tests.unit.examples.pool import POOL
from tests.unit.examples.secret import SECRET, UUID
from tests.unit.examples.service import READY, REMOVAL, SERVICE
from tests.unit.examples.user import USER

GUIDES_CINDER = (
    "[DEFAULT]\n# by the guide\nenabled_backends = lvm\nglance_api_version = 2\n\n"
    "[ceph]\nrbd_pool = volumes\nrbd_user=cinder\nrbd_max_clone_depth = 3\n"
)
GUIDES_CONF = f"[global]\nfsid = {FSID}\nmon host = 192.0.2.1\n\n[client.cinder]\nkeyring = {KEYRING}\n"
CEPH = "/etc/ceph/ceph.conf"
API, OTHER = "cinder-volume.service", "cinder-api.service"
IN_CEPH_CONF = {"dialect": "ceph", "options": {"client.cinder": {"keyring": KEYRING}}}
WATCH: dict[str, dict[str, Any]] = {
    CONF: {
        "dialect": "oslo",
        "options": {"ceph": {"rbd_max_clone_depth": "3"}},
        "list_items": {"DEFAULT": {"enabled_backends": ""}},
    },
    CEPH: IN_CEPH_CONF,
    KEYRING: {"dialect": "keyring"},
}
IMPROVED = {**WATCH, CONF: {**WATCH[CONF], "options": {"ceph": {"rbd_max_clone_depth": "5"}}}}
OTHERS = {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"glance_api_version": "2"}}}}
SECTIONS = {"ceph": {"rbd_pool": "volumes", "rbd_user": "cinder", "rbd_max_clone_depth": "3"}}


class Cloud:
    """What the guide made, and the stack that takes it over, in the order in which Pulumi makes its resources."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.wire_by_the_guide()
        conf = {"global": {"fsid": FSID, "mon_host": "192.0.2.1"}, "client.cinder": {"keyring": KEYRING}}
        caps = {"mon": "allow r", "osd": "allow rwx pool=volumes"}
        service = {"watch": WATCH, "ready": READY, "fsid": FSID}
        self.pool = POOL.resource(site).change(**{**dict.fromkeys(SETTINGS), "size": 2})
        self.user = USER.resource(site).change(caps=caps)
        self.removals = [
            REMOVAL.resource(site).change(watch=WATCH),
            REMOVAL.resource(site).change(unit=OTHER, watch=OTHERS),
        ]
        self.directory = EXISTING.resource(site).change(mode="0711", group="root")
        self.conf = CEPH_CONF.resource(site).change(sections=conf)
        self.keyring = KEYRING_FILE.resource(site).change(group="root", mode="0600")
        self.secret = SECRET.resource(site).change(usage="client.cinder secret")
        self.config = CONFIG.resource(site).change(sections=SECTIONS, list_items=None)
        self.services = [
            SERVICE.resource(site).change(**service),
            SERVICE.resource(site).change(unit=OTHER, watch=OTHERS),
        ]
        files = [self.directory, self.conf, self.keyring, self.secret, self.config]
        self.stack = [self.pool, self.user, *self.removals, *files, *self.services]
        for resource in self.stack:
            resource.change(adopt=True)

    def wire_by_the_guide(self) -> None:
        site, api, compute = self.site, self.site.hosts["api1"], self.site.hosts["compute1"]
        site.ceph.do_osd_pool_create("volumes", size=2)
        site.ceph.do_osd_pool_application_enable("volumes", "rbd")
        key = site.ceph.add_user("client.cinder", {"mon": "allow r", "osd": "allow rwx pool=volumes"})
        api.path("/etc/ceph/ours").mkdir(mode=0o711)
        texts = {CONF: GUIDES_CINDER, CEPH: GUIDES_CONF, KEYRING: f"[client.cinder]\nkey={key}\n"}
        for path, text in texts.items():
            api.path(path).write_text(text)
            api.path(path).chmod(0o600)
        compute.libvirt.define(
            f"<secret ephemeral='no' private='no'><uuid>{UUID}</uuid>"
            "<usage type='ceph'><name>client.cinder secret</name></usage></secret>"
        )
        compute.libvirt.secrets[UUID]["value"] = base64.b64decode(key)
        api.systemd.add(API).reads = lambda: api.path(CONF).read_text()
        api.systemd.add(OTHER)

    def unit(self, name: str = API) -> Unit:
        return self.site.hosts["api1"].systemd.units[name]

    def found(self) -> dict[str, Any]:
        """Return everything but journals, with processes and the times at which files were written."""
        everything = self.site.everything()
        files = {path: state for path, state in everything["files"].items() if "ceph-openstack" not in path}
        times = {path: (self.site.root / path).stat().st_ctime_ns for path in files if "var/lib" not in path}
        times = {path: time for path, time in times.items() if (self.site.root / path).is_file()}
        units = {name: (unit.invocation, unit.starts) for name, unit in self.site.hosts["api1"].systemd.units.items()}
        cluster = {**everything["cluster"], "store": {}}
        return {**everything, "files": files, "cluster": cluster, "times": times, "units": units}

    def up(self) -> list[str]:
        """Return what one run did, without the journals."""
        self.site.steps()
        run = [resource for resource in self.stack if resource.outs is None or resource.differs(resource.checked())]
        self.site.new_run()
        for resource in run:
            in_this_run(resource)
        return self.site.steps()

    def previews(self) -> list[str]:
        return [resource.id or "new" for resource in self.stack if resource.wants()]

    def destroy(self) -> None:
        for resource in reversed(self.stack):
            resource.destroy()


def in_this_run(resource: Managed) -> None:
    """Bring one resource up in the run that has begun, because one run remembers what its other resources saw."""
    new_run = resource.site.new_run
    resource.site.new_run = lambda: None  # type: ignore[method-assign]
    try:
        resource.up()
    finally:
        resource.site.new_run = new_run  # type: ignore[method-assign]


@pytest.fixture
def cloud(site: Site) -> Cloud:
    return Cloud(site)


def improve(cloud: Cloud) -> None:
    """Ask for what the settings are for: an item of our own, another depth, a mode, a conf option, other caps."""
    cloud.config.change(
        sections={"ceph": {**SECTIONS["ceph"], "rbd_max_clone_depth": "5"}},
        list_items={"DEFAULT": {"enabled_backends": ["ceph"]}},
    )
    cloud.keyring.change(group="daemon", mode="0640")
    cloud.user.change(caps={"mon": "profile rbd", "osd": "profile rbd pool=volumes"})
    cloud.directory.change(mode="0755")


def test_what_is_as_the_settings_say_is_taken_over_and_nothing_is_touched(cloud: Cloud) -> None:
    before, all_before = cloud.found(), cloud.site.everything()
    assert cloud.up() == []
    assert cloud.found() == before
    assert cloud.previews() == []
    for resource in cloud.stack:
        assert resource.drift() == {}, resource.id
    assert cloud.previews() == []
    assert cloud.up() == []
    cloud.destroy()
    assert cloud.found() == before
    assert cloud.site.everything() == all_before


def test_what_differs_is_named_by_the_preview_and_done_by_the_next_run(cloud: Cloud) -> None:
    before, all_before = cloud.found(), cloud.site.everything()
    improve(cloud)
    assert cloud.up() == []
    assert cloud.found() == before
    assert cloud.config.outs is not None
    assert cloud.config.outs["sections"]["ceph"]["rbd_max_clone_depth"] == "3"
    assert cloud.config.outs["list_items"] == {"DEFAULT": {"enabled_backends": ""}}
    assert cloud.config.outs["pending"] == [f"write {CONF}"]
    wanted = [cloud.user, cloud.directory, cloud.keyring, cloud.config, cloud.services[0]]
    assert cloud.previews() == [resource.id for resource in wanted]
    for resource in cloud.stack:
        resource.refresh()
    assert cloud.previews() == [resource.id for resource in wanted]  # a refresh forgets nothing
    assert cloud.config.outs["pending"] == [f"write {CONF}"]
    assert cloud.services[0].outs is not None
    assert cloud.services[0].outs["pending"] == [f"systemctl restart {API} after {KEYRING} and {CONF}"]
    done = cloud.up()
    assert done[-1] == f"systemctl restart {API}"
    assert [step for step in done if step.startswith("systemctl")] == [f"systemctl restart {API}"]
    assert "enabled_backends = lvm,ceph" in cloud.unit().read
    assert cloud.previews() == []
    assert cloud.up() == []
    cloud.destroy()
    assert cloud.unit().starts == 2
    assert "enabled_backends = lvm\n" in cloud.unit().read
    assert cloud.unit(OTHER).starts == 0
    assert cloud.site.everything() == all_before


def test_an_improvement_after_the_first_run_restarts_its_readers_once_and_is_given_back(cloud: Cloud) -> None:
    all_before = cloud.site.everything()
    cloud.up()
    improve(cloud)
    cloud.services[0].change(watch=IMPROVED)
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert cloud.previews() == []
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_reader_of_a_file_with_two_owners_waits_for_both(cloud: Cloud) -> None:
    """What the second owner leaves to do must not hide what the first one does."""
    second = CONFIG.resource(cloud.site).change(
        component="backup", sections={"DEFAULT": {"backup_driver": "x"}}, list_items=None, adopt=True
    )
    cloud.stack.insert(cloud.stack.index(cloud.services[0]), second)
    cloud.config.change(sections={"ceph": {**SECTIONS["ceph"], "rbd_max_clone_depth": "5"}})
    assert cloud.up() == []
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert "rbd_max_clone_depth = 5" in cloud.unit().read


def edited_and_not_restarted(cloud: Cloud) -> None:
    """Edit a file that both units read, as a guide does that appends to a file for the next service."""
    path = cloud.site.hosts["api1"].path(CONF)
    path.write_text(path.read_text() + "# edited, and not restarted\n")
    time.sleep(0.008)  # the kernel's stamps of files advance every few milliseconds


def test_a_process_that_is_older_than_its_files_is_taken_over_as_it_runs_and_named_once(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    edited_and_not_restarted(cloud)
    before, all_before = cloud.found(), cloud.site.everything()
    assert cloud.up() == []
    assert cloud.found() == before
    said = capsys.readouterr().err
    for unit in (API, OTHER):
        assert (
            f"warning: api1 (192.0.2.1): {unit} was started before {CONF} changed last, and is taken over as it runs,"
            f" because nobody can tell which lines its process has read; if in doubt, run `systemctl restart {unit}`"
            " there in a maintenance window" in said
        )
    assert said.count("was started before") == 2
    assert cloud.previews() == []
    for resource in cloud.stack:
        assert resource.drift() == {}, resource.id
    assert cloud.previews() == []
    cloud.services[0].change(watch=IMPROVED)
    assert cloud.up() == []
    assert "was started before" not in capsys.readouterr().err
    cloud.destroy()
    assert cloud.found() == before
    assert cloud.site.everything() == all_before


def test_a_process_that_is_younger_than_its_files_is_taken_over_without_a_word(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.up()
    assert "was started before" not in capsys.readouterr().err


def test_a_later_change_restarts_a_process_that_was_older_than_its_files(cloud: Cloud) -> None:
    edited_and_not_restarted(cloud)
    all_before = cloud.site.everything()
    cloud.up()
    improve(cloud)
    cloud.services[0].change(watch=IMPROVED)
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert "enabled_backends = lvm,ceph" in cloud.unit().read
    assert cloud.previews() == []
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_file_that_was_only_recorded_restarts_a_process_that_was_older_than_it(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    edited_and_not_restarted(cloud)
    all_before = cloud.site.everything()
    improve(cloud)
    assert cloud.up() == []
    assert cloud.services[0].outs is not None
    assert cloud.services[0].outs["pending"] == [f"systemctl restart {API} after {KEYRING} and {CONF}"]
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert "enabled_backends = lvm,ceph" in cloud.unit().read
    assert cloud.previews() == []
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_an_option_that_drifts_restarts_a_process_that_was_older_than_its_files(cloud: Cloud) -> None:
    edited_and_not_restarted(cloud)
    cloud.up()
    path = cloud.site.hosts["api1"].path(CONF)
    path.write_text(path.read_text().replace("rbd_max_clone_depth = 3", "rbd_max_clone_depth = 4"))
    assert cloud.services[0].drift() == {"configuration": "stale"}
    assert cloud.services[1].drift() == {}  # reads the file, and another option of it
    for resource in cloud.stack:
        resource.refresh()
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert cloud.previews() == []


@pytest.mark.parametrize("refreshes", [True, False])
def test_a_process_that_was_older_than_its_files_and_was_restarted_since_is_current(
    cloud: Cloud, refreshes: bool
) -> None:
    """By hand, or by a reboot: the new process has read what is there, and a later change restarts it."""
    edited_and_not_restarted(cloud)
    cloud.up()
    cloud.unit().start()
    cloud.unit(OTHER).start()
    for resource in cloud.stack if refreshes else []:
        resource.refresh()
    assert cloud.up() == []
    assert cloud.previews() == []
    assert cloud.services[0].drift() == {}
    improve(cloud)
    cloud.services[0].change(watch=IMPROVED)
    assert [step for step in cloud.up() if "systemctl" in step] == [f"systemctl restart {API}"]
    assert cloud.previews() == []


def test_a_process_that_an_earlier_version_found_older_than_its_files_is_restarted_as_its_preview_said(
    cloud: Cloud,
) -> None:
    edited_and_not_restarted(cloud)
    cloud.up()
    for service in cloud.services:
        unit = service.outs["unit"] if service.outs else ""
        path = cloud.site.hosts["api1"].path("/var/lib/ceph-openstack/dev") / f"service-change-{unit}.json"
        entry = json.loads(path.read_text())
        entry["record"]["digest"] = None
        path.write_text(json.dumps(entry))
        service.outs = {**(service.outs or {}), "pending": [f"systemctl restart {unit}"], "configuration": "stale"}
    assert cloud.previews() == [service.id for service in cloud.services]
    assert cloud.up() == [f"systemctl restart {API}", f"systemctl restart {OTHER}"]
    assert cloud.previews() == []


def test_a_file_that_a_run_wrote_before_it_was_cut_off_is_not_as_found(cloud: Cloud) -> None:
    """The service is only recorded by a third run, after the stack itself has changed the file."""
    all_before = cloud.site.everything()
    services, made = cloud.services, [one for one in cloud.stack if one not in cloud.services]
    cloud.stack = made
    assert cloud.up() == []
    improve(cloud)
    assert f"write {CONF}" in cloud.up()
    cloud.stack = [*made, *services]
    assert cloud.up() == []
    assert cloud.previews() == [service.id for service in services]  # both read the file
    assert cloud.up() == [f"systemctl restart {API}", f"systemctl restart {OTHER}"]
    assert cloud.previews() == []
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_stopped_unit_stays_stopped_and_is_started_by_the_next_run(cloud: Cloud) -> None:
    cloud.unit().stop()
    before, all_before = cloud.found(), cloud.site.everything()
    assert cloud.up() == []
    assert cloud.found() == before
    assert cloud.previews() == [cloud.services[0].id]
    assert cloud.up() == [f"systemctl restart {API}"]
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_file_that_is_missing_is_made_at_once_and_its_reader_restarted_by_the_next_run(cloud: Cloud) -> None:
    cloud.site.hosts["api1"].path(CEPH).unlink()
    all_before = cloud.site.everything()
    assert cloud.up() == [f"write {CEPH} (root:root 0644)"]
    assert cloud.unit().starts == 0
    assert cloud.previews() == [cloud.services[0].id]
    assert cloud.up() == [f"systemctl restart {API}"]
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_first_run_that_is_cut_anywhere_changes_nothing_and_everything_is_improved_in_the_end(
    sites: Callable[[], Site],
) -> None:
    for after in range(0, 1000, 11):
        cloud = Cloud(sites())
        improve(cloud)
        before, all_before = cloud.found(), cloud.site.everything()
        cloud.site.cut_after(after)
        try:
            cloud.up()
            break
        except Killed:
            pass
        finally:
            cloud.site.cut_after(None)
        assert cloud.found() == before
        restarts = [step for _ in range(3) for step in cloud.up() if "systemctl" in step]
        assert restarts == [f"systemctl restart {API}"]
        assert "enabled_backends = lvm,ceph" in cloud.unit().read
        assert cloud.previews() == []
        cloud.destroy()
        assert cloud.site.everything() == all_before
    assert after > 50


def test_an_option_that_somebody_changed_after_the_first_run_is_put_back_and_then_given_back_as_found(
    cloud: Cloud,
) -> None:
    all_before = cloud.site.everything()
    cloud.up()
    path = cloud.site.hosts["api1"].path(CONF)
    path.write_text(path.read_text().replace("rbd_user=cinder", "rbd_user = other"))
    assert cloud.config.drift() == {"sections": {"ceph": {**SECTIONS["ceph"], "rbd_user": "other"}}}
    cloud.up()
    cloud.destroy()
    assert cloud.site.everything() == all_before


def test_a_secret_with_the_key_of_another_user_is_refused_by_the_users_name_and_left(cloud: Cloud) -> None:
    key = cloud.site.ceph.add_user("client.nova", {"mon": "allow r"})
    cloud.site.hosts["compute1"].libvirt.secrets[UUID]["value"] = base64.b64decode(key)
    before = cloud.site.everything()
    with pytest.raises(Refused, match=r"holds the key of client\.nova, and guests may be started with it"):
        cloud.secret.up()
    assert cloud.site.everything() == before


def test_a_secret_of_ours_that_somebody_gave_another_users_key_is_ours_to_set_right(site: Site) -> None:
    SECRET.prepare(site)
    resource = SECRET.resource(site)
    resource.up()
    key = site.ceph.add_user("client.nova", {"mon": "allow r"})
    site.hosts["compute1"].libvirt.secrets[UUID]["value"] = base64.b64decode(key)
    assert resource.drift() == {"key_state": "stale"}
    assert resource.up() == "update"
    assert resource.drift() == {}


def test_a_stale_secret_is_written_by_the_second_run_only_and_stays_after_a_destroy(cloud: Cloud) -> None:
    secrets = cloud.site.hosts["compute1"].libvirt.secrets
    secrets[UUID]["value"] = b"of an earlier cluster"
    assert cloud.up() == []
    assert cloud.previews() == [cloud.secret.id]
    assert len(cloud.up()) == 1
    cloud.destroy()
    assert secrets[UUID]["usage"] == "client.cinder secret"
    assert base64.b64encode(secrets[UUID]["value"]).decode() == cloud.site.ceph.users["client.cinder"]["key"]


def test_the_state_of_a_stack_without_adoption_has_no_word_of_it(site: Site) -> None:
    for example in (CONFIG, SERVICE):
        SERVICE.prepare(site)
        resource = example.resource(site)
        resource.up()
        assert resource.outs is not None
        assert not {"adopt", "waits"} & resource.outs.keys()
