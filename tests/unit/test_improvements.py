"""A cloud wired by a guide is taken over, improved edit by edit, and given back as the guide left it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml

from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from tests.guides import guide_000, guide_002, guide_003
from tests.guides import improvement as improvements
from tests.guides.guide import Guide
from tests.sim.site import Managed, Site
from tests.unit.commands.test_discover_clouds import (
    WHOLE,
    accounts,
    found,
    invocations,
    managed,
    wired,
    without_journals,
)

__all__ = ["accounts", "wired"]  # fixtures

Raw = dict[str, Any]
SERVICES = ("glance", "cinder", "cinder_backup", "nova")


class Stack:
    """The stack that `discover` proposed, and the edits of its settings."""

    def __init__(self, site: Site) -> None:
        self.site = site
        text, _ = found(site)
        config = yaml.safe_load(text)["config"]
        self.raw: Raw = {name.removeprefix("ceph-openstack:"): value for name, value in config.items()}
        self.things: dict[str, Managed] = {}

    def edit(self, edit: Callable[[Raw], object]) -> None:
        edit(self.raw)
        settings = parse(deepcopy(self.raw))
        assert isinstance(settings, StackSettings), settings
        wanted = managed(self.site, settings)
        assert self.things.keys() <= wanted.keys()
        for name, thing in wanted.items():
            self.things.get(name, thing).props = thing.props
        self.things = {name: self.things.get(name, thing) for name, thing in wanted.items()}

    def previews(self) -> list[str]:
        return [name for name, thing in self.things.items() if thing.wants()]

    def up(self) -> list[str]:
        """Return what one run did, without the journals."""
        self.site.steps()
        self.site.new_run()
        new_run = self.site.new_run
        self.site.new_run = lambda: None  # type: ignore[method-assign]  # all resources are of one run
        try:
            for thing in self.things.values():
                thing.up()
        finally:
            self.site.new_run = new_run  # type: ignore[method-assign]
        return self.site.steps()

    def destroy(self) -> None:
        for thing in reversed(self.things.values()):
            thing.destroy()


def of_users(name: str) -> Callable[[Raw], object]:
    return lambda raw: [raw.get(service, {}).get("user", {}).pop(name, None) for service in SERVICES]


def of_services(name: str) -> Callable[[Raw], object]:
    return lambda raw: [raw.get(service, {}).pop(name, None) for service in SERVICES]


def starts(site: Site) -> dict[str, int]:
    """Return how often each unit of each host was started."""
    units = {f"{name} {unit}": state for name, host in site.hosts.items() for unit, state in host.systemd.units.items()}
    return {name: unit.starts for name, unit in units.items()}


IMPROVEMENTS: dict[str, Callable[[Raw], object]] = {
    "profile caps": of_users("caps"),
    "keyrings for their services only": of_services("keyrings"),
    "our options of services": of_services("unmanaged_options"),
    "ceph.conf with every monitor": lambda raw: raw["cluster"].pop("unmanaged_options", None),
    "several stores": lambda raw: raw["glance"].pop("layout", None),
}


@pytest.mark.parametrize("number", WHOLE)
def test_each_improvement_is_one_edit_and_a_destroy_gives_back_what_the_guide_left(
    wired: Callable[[str], Site], number: str
) -> None:
    site = wired(number)
    before, running = site.everything(), invocations(site)
    stack = Stack(site)
    stack.edit(lambda raw: None)
    assert stack.up() == []
    assert (without_journals(site.everything()), invocations(site)) == (without_journals(before), running)
    assert stack.previews() == []
    for name, improvement in IMPROVEMENTS.items():
        stack.edit(improvement)
        wanted, started = stack.previews(), starts(site)
        assert bool(stack.up()) == bool(set(wanted) - {"gate"}), name
        assert all(count - started[unit] in (0, 1) for unit, count in starts(site).items()), name
        assert stack.previews() == [], name
        for thing in stack.things.values():
            assert thing.drift() == {}, name
    stack.destroy()
    assert without_journals(site.everything()) == without_journals(before)


@pytest.mark.parametrize("number", WHOLE)
def test_all_improvements_at_once_are_only_recorded_by_the_first_run_and_done_by_the_second(
    wired: Callable[[str], Site], number: str
) -> None:
    site = wired(number)
    before, running = site.everything(), invocations(site)
    stack = Stack(site)
    for improvement in IMPROVEMENTS.values():
        improvement(stack.raw)
    stack.edit(lambda raw: None)
    made = stack.up()
    assert all(step.startswith("write /etc/ceph/ceph.client.") for step in made)  # by one guide computes have none
    assert bool(made) == (number == "002")
    assert invocations(site) == running
    assert made or without_journals(site.everything()) == without_journals(before)
    started = starts(site)
    assert stack.up()
    assert {count - started[unit] for unit, count in starts(site).items()} <= {0, 1}
    assert starts(site)["api1 glance-api.service"] == started["api1 glance-api.service"] + 1
    assert stack.previews() == []
    assert stack.up() == []
    stack.destroy()
    assert without_journals(site.everything()) == without_journals(before)


@pytest.mark.parametrize("number", WHOLE)
def test_the_word_adopt_may_go_once_everything_is_taken_over(wired: Callable[[str], Site], number: str) -> None:
    site = wired(number)
    before, running = site.everything(), invocations(site)
    stack = Stack(site)
    stack.edit(lambda raw: None)
    stack.up()
    stack.edit(lambda raw: raw.pop("adopt"))
    assert stack.up() == []
    assert stack.previews() == []
    stack.destroy()
    assert (without_journals(site.everything()), invocations(site)) == (without_journals(before), running)


@pytest.mark.parametrize("guide", [guide_000.GUIDE, guide_002.GUIDE, guide_003.GUIDE], ids=lambda guide: guide.number)
def test_the_replay_on_the_lab_improves_what_the_settings_leave_to_improve(
    wired: Callable[[str], Site], guide: Guide
) -> None:
    text, _ = found(wired(guide.number))
    raw = {name.removeprefix("ceph-openstack:"): value for name, value in yaml.safe_load(text)["config"].items()}
    edits = []
    for improvement in improvements.IMPROVEMENTS:
        if edited := improvement.of(raw):
            raw = edited
            edits.append(improvement.name)
            assert isinstance(parse(deepcopy(raw)), StackSettings), improvement.name
    assert tuple(edits) == guide.improvements
