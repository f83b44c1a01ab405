"""When a service is restarted: each row of what can have happened, and how often."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.errors import Refused, StepFailed
from tests.sim.site import Managed, Site
from tests.sim.systemd import Unit
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.service import READY, REMOVAL, SERVICE, with_unit

UNIT = "cinder-volume.service"


class Cinder:
    """The two restart resources and the file between them, in the order in which Pulumi makes and removes them."""

    def __init__(self, site: Site, active: bool = True) -> None:
        self.site = site
        with_unit(site)
        if not active:
            self.unit.stop()
        self.removal, self.config, self.change = (example.resource(site) for example in (REMOVAL, CONFIG, SERVICE))
        self.set_debug("true")

    @property
    def unit(self) -> Unit:
        return self.site.hosts["api1"].systemd.units[UNIT]

    def set_debug(self, value: str) -> None:
        """Set the option in the settings, which are also what the service is to read."""
        self.config.change(sections={"DEFAULT": {"debug": value}})
        self.change.change(watch={CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": value}}}})

    def up(self) -> int:
        """Return how many restarts the command took."""
        before = self.unit.starts
        for resource in (self.removal, self.config, self.change):
            resource.up()
        assert f"debug = {self.config.props['sections']['DEFAULT']['debug']}" in self.unit.read
        return self.unit.starts - before

    def refresh_and_up(self) -> int:
        for resource in (self.removal, self.config, self.change):
            resource.refresh()
        return self.up()

    def destroy(self) -> int:
        before = self.unit.starts
        for resource in (self.change, self.config, self.removal):
            resource.destroy()
        return self.unit.starts - before

    def operator_edits(self, old: str = "debug = true", new: str = "debug = false") -> None:
        path = self.site.hosts["api1"].path(CONF)
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def operator_restarts(self) -> None:
        self.unit.start()

    def reboot(self) -> None:
        path = self.site.hosts["api1"].path("/run/ceph-openstack/dev") / f"{UNIT}.json"
        path.unlink()
        path.parent.rmdir()
        path.parent.parent.rmdir()
        self.unit.start()


@pytest.fixture
def cinder(site: Site) -> Cinder:
    made = Cinder(site)
    assert made.up() == 1
    return made


def unrelated(cinder: Cinder) -> None:
    cinder.operator_edits("# a comment", "# another comment")


def edits_and_restarts(cinder: Cinder) -> None:
    cinder.operator_edits()
    cinder.operator_restarts()


def edits_and_takes_back(cinder: Cinder) -> None:
    cinder.operator_edits()
    cinder.operator_edits("debug = false", "debug = true")


def edits_restarts_and_takes_back(cinder: Cinder) -> None:
    edits_and_restarts(cinder)
    cinder.operator_edits("debug = false", "debug = true")


def stops(cinder: Cinder) -> None:
    cinder.unit.stop()


def unreadable_record(cinder: Cinder) -> None:
    (cinder.site.hosts["api1"].path("/run/ceph-openstack/dev") / f"{UNIT}.json").write_text("half a rec")


@pytest.mark.parametrize(
    ("happened", "restarts"),
    [
        (lambda cinder: None, 0),
        (unrelated, 0),
        (edits_and_takes_back, 0),
        (Cinder.operator_restarts, 0),
        (Cinder.reboot, 0),
        (Cinder.operator_edits, 1),
        (edits_and_restarts, 1),
        (edits_restarts_and_takes_back, 1),
        (stops, 1),
        (unreadable_record, 0),
    ],
)
def test_restarts_after_a_refresh(cinder: Cinder, happened: Callable[[Cinder], None], restarts: int) -> None:
    happened(cinder)
    assert cinder.refresh_and_up() == restarts
    assert cinder.refresh_and_up() == 0
    assert cinder.up() == 0


def test_a_changed_option_restarts_once(cinder: Cinder) -> None:
    cinder.set_debug("warning")
    assert cinder.up() == 1
    assert cinder.up() == 0


def test_a_change_that_the_process_has_read_already_restarts_nothing(site: Site) -> None:
    """Somebody wired the service by hand before: the options are there, and the process was started after them."""
    made = Cinder(site)
    path = site.hosts["api1"].path(CONF)
    path.write_text(path.read_text().replace("debug = false", "debug = true").replace("= lvm", "= lvm,ceph"))
    made.unit.start()
    assert made.up() == 0


def test_a_restart_that_was_not_ready_is_done_again(cinder: Cinder) -> None:
    cinder.unit.log = ["driver failed: no such pool"]
    cinder.set_debug("warning")
    with pytest.raises(StepFailed, match=r"says `driver failed: no such pool`.*then run again"):
        cinder.up()
    with pytest.raises(StepFailed):
        cinder.up()
    cinder.unit.log = ["driver initialised"]
    assert cinder.up() == 1
    assert cinder.refresh_and_up() == 0


def test_a_first_restart_that_was_not_ready_is_done_again(site: Site) -> None:
    made = Cinder(site)
    made.unit.log = []
    made.change.change(ready={**READY, "timeout_s": 1})
    with pytest.raises(StepFailed, match="did not log `driver initialised` within 1 s"):
        made.up()
    made.unit.log = ["driver initialised"]
    assert made.up() == 1


def test_a_removal_restarts_once_and_with_the_earlier_file(cinder: Cinder) -> None:
    assert cinder.destroy() == 1
    assert "debug = false" in cinder.unit.read


def test_a_removal_without_a_change_of_files_restarts_nothing(site: Site) -> None:
    made = Cinder(site)
    made.removal.up()
    made.removal.destroy()
    assert made.unit.starts == 0


def test_a_removal_after_an_operator_restarted_does_not_restart_again(cinder: Cinder) -> None:
    cinder.change.destroy()
    cinder.config.destroy()
    cinder.operator_restarts()
    before = cinder.unit.starts
    cinder.removal.destroy()
    assert cinder.unit.starts == before


def test_what_did_not_run_before_is_stopped(site: Site) -> None:
    made = Cinder(site, active=False)
    before = site.everything()
    assert made.up() == 1
    made.destroy()
    assert not made.unit.active
    assert site.everything() == before


def test_a_unit_that_is_not_there_is_refused(site: Site) -> None:
    with_unit(site)
    resource = Managed(site, SERVICE.provider(), {**SERVICE.props, "unit": "nova-compute"})
    with pytest.raises(Refused, match=r"api1 .*: there is no unit nova-compute.service \(not-found\); install"):
        resource.up()
    assert site.steps() == []


def test_a_removed_unit_is_no_obstacle(cinder: Cinder) -> None:
    cinder.unit.loaded = False
    cinder.destroy()
    assert not cinder.site.hosts["api1"].path("/var/lib/ceph-openstack").exists()


def test_a_later_file_that_overrode_an_option_at_the_last_start(cinder: Cinder) -> None:
    """The process has read a later file's line, because the operator restarted before taking that line out."""
    later = cinder.site.hosts["api1"].path("/etc/cinder/later.conf")
    ((path, file),) = cinder.change.props["watch"].items()
    cinder.change.change(watch={path: {**file, "later_files": ["/etc/cinder/later.conf"]}})
    cinder.up()
    assert cinder.refresh_and_up() == 0  # a later file that does not exist needs no restart
    later.write_text("[DEFAULT]\ndebug = false\n")
    cinder.operator_restarts()
    later.unlink()
    later.write_text("# nothing any more\n")
    assert cinder.refresh_and_up() == 1
    assert cinder.refresh_and_up() == 0


def test_how_its_readiness_is_told_is_no_change(site: Site) -> None:
    """A newer version waits longer, or for other lines; no operator has to review that."""
    with_unit(site)
    service = SERVICE.resource(site)
    service.up()
    assert service.change(ready={**SERVICE.props["ready"], "steady_s": 1}).up() == "same"
