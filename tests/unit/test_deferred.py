"""A restart that the settings defer: the file is written, the process goes on, and a later run restarts it."""

from __future__ import annotations

from typing import Any

import pytest

from providers.errors import StepFailed
from tests.sim.host import Killed
from tests.sim.site import Managed, Site
from tests.sim.systemd import Unit
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.service import REMOVAL, SERVICE, with_unit

UNIT = "cinder-volume.service"
RESTART = f"systemctl restart {UNIT}"
SAID = f"service {UNIT} on api1 (change): deferred: {RESTART}; until then it goes on with what it has read"


class Cinder:
    """The file, its two services, and settings that defer restarts or do not."""

    def __init__(self, site: Site, deferred: bool = False, **props: Any) -> None:
        self.site = site
        self.removal, self.config, self.service = (
            example.resource(site).change(**props) for example in (REMOVAL, CONFIG, SERVICE)
        )
        self.ask("true", deferred)

    @property
    def all(self) -> list[Managed]:
        return [self.removal, self.config, self.service]

    @property
    def unit(self) -> Unit:
        return self.site.hosts["api1"].systemd.units[UNIT]

    def ask(self, debug: str, deferred: bool) -> None:
        """Set what the settings want: the option's value, and whether the restart is deferred."""
        self.config.change(sections={"DEFAULT": {"debug": debug}})
        watch = {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": debug}}}}
        self.service.change(watch=watch, restart="deferred" if deferred else None)

    def up(self) -> int:
        """Return how many restarts the run took."""
        before = self.unit.starts
        for resource in self.all:
            resource.up()
        return self.unit.starts - before

    def refresh(self) -> None:
        for resource in self.all:
            resource.refresh()

    def maintenance(self) -> int:
        self.service.change(restart=None)
        return self.up()


@pytest.fixture
def cinder(site: Site) -> Cinder:
    """Cinder on the former value, and a run that has written the next one and deferred the restart."""
    with_unit(site)
    made = Cinder(site)
    assert made.up() == 1
    made.ask("warning", deferred=True)
    assert made.up() == 0
    return made


def test_the_file_is_written_the_process_is_left_alone_and_the_run_says_so(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    with_unit(site)
    made = Cinder(site)
    made.up()
    process = made.unit.invocation
    made.ask("warning", deferred=True)
    capfd.readouterr()
    assert made.up() == 0
    assert made.unit.invocation == process
    assert "debug = warning" in site.hosts["api1"].path(CONF).read_text()
    assert capfd.readouterr().err.count(SAID) == 1


def test_until_the_maintenance_run_no_run_has_anything_to_do(cinder: Cinder) -> None:
    for _ in range(2):
        assert [resource.wants() for resource in cinder.all] == [False] * 3
        cinder.refresh()
    assert cinder.up() == 0


@pytest.mark.parametrize("refreshed", [False, True])
def test_the_maintenance_run_restarts_once_and_its_preview_says_so(cinder: Cinder, refreshed: bool) -> None:
    if refreshed:
        cinder.refresh()
    cinder.service.change(restart=None)
    assert [resource.wants() for resource in cinder.all] == [False, False, True]
    assert cinder.maintenance() == 1
    assert "debug = warning" in cinder.unit.read
    cinder.refresh()
    assert cinder.maintenance() == 0
    cinder.service.change(restart="deferred")
    assert not cinder.service.wants()


def test_a_service_that_owes_no_restart_is_no_row_of_a_preview_that_starts_or_ends_deferring(site: Site) -> None:
    with_unit(site)
    made = Cinder(site)
    made.up()
    for restart in ("deferred", None, "deferred", None):
        made.service.change(restart=restart)
        assert made.service.up() == "same"
        if restart:
            made.refresh()


@pytest.mark.parametrize("refreshed", [False, True])
def test_an_operator_who_has_restarted_meanwhile_is_not_disturbed_again(cinder: Cinder, refreshed: bool) -> None:
    cinder.unit.start()
    if refreshed:
        cinder.refresh()
    assert cinder.maintenance() == 0
    assert not cinder.service.wants()


def test_a_boot_does_the_restart(cinder: Cinder) -> None:
    folder = cinder.site.hosts["api1"].path("/run/ceph-openstack/dev")
    (folder / f"{UNIT}.json").unlink()
    cinder.unit.start()
    cinder.refresh()
    cinder.service.change(restart=None)
    assert not cinder.service.wants()
    assert cinder.up() == 0


def test_a_value_that_is_taken_back_costs_one_restart_all_the_same(cinder: Cinder) -> None:
    """The process has read the first value, but somebody may have told it to reload its files in between."""
    cinder.ask("true", deferred=True)
    assert cinder.up() == 0
    assert cinder.maintenance() == 1
    assert cinder.maintenance() == 0


def test_a_repaired_option_is_deferred_too(cinder: Cinder) -> None:
    assert cinder.maintenance() == 1
    cinder.service.change(restart="deferred")
    path = cinder.site.hosts["api1"].path(CONF)
    path.write_text(path.read_text().replace("debug = warning", "debug = false"))
    cinder.unit.start()
    cinder.refresh()
    assert cinder.up() == 0
    cinder.refresh()
    assert cinder.maintenance() == 1
    assert "debug = warning" in cinder.unit.read


def test_a_service_that_does_not_run_is_not_started_before_the_maintenance_run(cinder: Cinder) -> None:
    cinder.unit.stop()
    cinder.refresh()
    assert cinder.up() == 0
    assert not cinder.unit.active
    assert cinder.maintenance() == 1
    assert cinder.unit.active


def test_a_restart_that_failed_and_is_deferred_then_is_not_forgotten(cinder: Cinder) -> None:
    cinder.unit.log = ["driver failed: no such pool"]
    with pytest.raises(StepFailed):
        cinder.maintenance()
    cinder.unit.log = ["driver initialised"]
    cinder.ask("info", deferred=True)
    assert cinder.up() == 0
    assert cinder.maintenance() == 1


def test_a_first_run_defers_too(site: Site) -> None:
    with_unit(site)
    made = Cinder(site, deferred=True)
    assert made.up() == 0
    assert not made.service.wants()
    assert made.maintenance() == 1


@pytest.mark.parametrize("active", [True, False])
def test_a_service_that_is_taken_over_is_restarted_by_the_maintenance_run_only(
    site: Site, active: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file and its service share a run, in which the service learns that the file waits for the next one."""
    with_unit(site)
    made, new_run = Cinder(site, deferred=True, adopt=True), site.new_run
    monkeypatch.setattr(site, "new_run", lambda: None)
    if not active:
        made.unit.stop()
    for _ in range(3):
        new_run()
        assert made.up() == 0
    assert "debug = true" in site.hosts["api1"].path(CONF).read_text()
    assert not made.service.wants()
    new_run()
    assert made.maintenance() == 1
    assert not made.service.wants()


def test_a_removal_is_not_deferred(cinder: Cinder) -> None:
    starts = cinder.unit.starts
    for resource in reversed(cinder.all):
        resource.destroy()
    assert cinder.unit.starts == starts + 1
    assert "debug = false" in cinder.unit.read


@pytest.mark.parametrize("half", [False, True])
def test_a_run_that_is_cut_anywhere_is_finished_by_the_next_one(site: Site, half: bool) -> None:
    """In the run that defers, and in the maintenance run: one restart in all, and it reads the new value."""
    with_unit(site)
    before = site.everything()
    for cut in range(60):
        made = Cinder(site)
        made.up()
        starts, was_cut = made.unit.starts, False
        for deferred in (True, False):
            made.ask("warning", deferred)
            site.cut_after(cut, half)
            try:
                made.up()
            except Killed:
                was_cut = True
            site.cut_after(None)
            made.up()
            assert deferred <= (made.unit.starts == starts), cut
        assert "debug = warning" in made.unit.read
        assert made.unit.starts - starts in (1, 2)  # 2: cut between the restart and the record of it
        for resource in reversed(made.all):
            resource.destroy()
        assert site.everything() == before
        if not was_cut:
            return
    pytest.fail("the run never came to its end")
