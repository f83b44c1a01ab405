"""A run that is killed anywhere is repaired by the same command, and a destroy after the repair leaves no trace.

Every kind, every operation, cut after each thing that a host is asked for, and half-way through each request.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sim.host import Killed
from tests.sim.site import Managed, Site
from tests.unit.examples import EXAMPLES
from tests.unit.examples.config_sections import CONF, CONFIG, shipped
from tests.unit.examples.directory import DIRECTORY
from tests.unit.examples.example import Example
from tests.unit.examples.taken_over import TAKEN_OVER

Sites = Callable[[], Site]
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
ADOPTABLE = [*(example for example in EXAMPLES if example.foreign), *TAKEN_OVER]
each_adoptable = pytest.mark.parametrize("example", ADOPTABLE, ids=lambda example: example.name)


def cuts(
    prepared: Callable[[], tuple[Managed, Any]], operation: Callable[[Managed], object]
) -> Iterator[tuple[Managed, Any]]:
    """Yield the resource and what was there before, once for each place in which the operation can be cut."""
    for half in (False, True):
        for after in itertools.count():
            resource, before = prepared()
            resource.site.cut_after(after, half)
            try:
                operation(resource)
            except Killed:
                resource.site.cut_after(None)
                yield resource, before
            else:
                assert after > 0 or half or not resource.site.cut.done
                break


def settles(resource: Managed) -> None:
    """Go on as an operator would: the same command again."""
    resource.up()
    assert resource.outs is not None
    assert resource.outs["pending"] == []
    assert resource.drift() == {}
    assert not resource.wants()


def settles_and_leaves_no_trace(resource: Managed, before: Any) -> None:
    settles(resource)
    resource.destroy()
    assert resource.site.everything() == before


def fresh(sites: Sites, example: Example, *, foreign: bool = False) -> tuple[Managed, Any]:
    site = sites()
    example.prepare(site)
    if foreign and example.foreign:
        example.foreign(site)
    return example.resource(site), site.everything()


def applied(sites: Sites, example: Example) -> tuple[Managed, Any]:
    resource, before = fresh(sites, example)
    resource.up()
    return resource, before


@each
def test_a_cut_create(sites: Sites, example: Example) -> None:
    for resource, before in cuts(lambda: fresh(sites, example), Managed.up):
        assert resource.outs is None
        settles_and_leaves_no_trace(resource, before)


@each
def test_a_cut_update(sites: Sites, example: Example) -> None:
    def updated(resource: Managed) -> None:
        resource.change(**example.update).up()

    for resource, before in cuts(lambda: applied(sites, example), updated):
        settles_and_leaves_no_trace(resource, before)


@each
def test_a_cut_update_that_is_destroyed_at_once(sites: Sites, example: Example) -> None:
    def updated(resource: Managed) -> None:
        resource.change(**example.update).up()

    for resource, before in cuts(lambda: applied(sites, example), updated):
        resource.destroy()
        assert resource.site.everything() == before


@each
def test_a_cut_delete(sites: Sites, example: Example) -> None:
    for resource, before in cuts(lambda: applied(sites, example), Managed.destroy):
        resource.destroy()
        assert resource.site.everything() == before


@each
def test_a_cut_delete_that_is_taken_back(sites: Sites, example: Example) -> None:
    for resource, before in cuts(lambda: applied(sites, example), Managed.destroy):
        resource.refresh()
        settles_and_leaves_no_trace(resource, before)


@each_adoptable
def test_a_cut_adoption(sites: Sites, example: Example) -> None:
    def prepared() -> tuple[Managed, Any]:
        resource, before = fresh(sites, example, foreign=True)
        return resource.change(adopt=True), before

    for resource, before in cuts(prepared, Managed.up):
        resource.up()
        settles_and_leaves_no_trace(resource, before)


@each_adoptable
def test_a_cut_first_change_after_an_adoption(sites: Sites, example: Example) -> None:
    def prepared() -> tuple[Managed, Any]:
        resource, before = fresh(sites, example, foreign=True)
        resource.change(adopt=True).up()
        return resource, before

    for resource, before in cuts(prepared, Managed.up):
        settles_and_leaves_no_trace(resource, before)


@each_adoptable
def test_a_cut_delete_of_an_adopted_thing(sites: Sites, example: Example) -> None:
    def prepared() -> tuple[Managed, Any]:
        resource, before = fresh(sites, example, foreign=True)
        resource.change(adopt=True).up()
        resource.up()
        return resource, before

    for resource, before in cuts(prepared, Managed.destroy):
        resource.destroy()
        assert resource.site.everything() == before


def two_stacks_and_two_components(site: Site) -> list[Managed]:
    """Three owners of one file: they share options, a section and a list."""
    shipped(site)
    common = CONFIG.props
    other: dict[str, Any] = {
        "sections": {"DEFAULT": {"debug": "false", "x": "1"}, "backup": {"y": "2"}},
        "list_items": {},
    }
    third: dict[str, Any] = {
        "sections": {"DEFAULT": {"debug": "other"}, "ceph": {"rbd_pool": "volumes", "rbd_user": "cinder"}},
        "list_items": {"DEFAULT": {"enabled_backends": ["ceph", "third"]}},
    }
    provider = CONFIG.provider
    return [
        Managed(site, provider(), dict(common)),
        Managed(site, provider(), {**common, "component": "backup", **other}),
        Managed(site, provider(), {**common, "stack": "prod", **third}),
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_owners_of_one_file_leave_in_any_order_whatever_is_cut(sites: Sites, order: tuple[int, ...]) -> None:
    def prepared() -> tuple[list[Managed], Any]:
        site = sites()
        owners = two_stacks_and_two_components(site)
        before = site.everything()
        for owner in owners:
            owner.up()
        return [owners[number] for number in order], before

    for leaver in range(3):
        for after in itertools.count():
            owners, before = prepared()
            site = owners[0].site
            cut = False
            for number, owner in enumerate(owners):
                if number == leaver:
                    site.cut_after(after)
                    try:
                        owner.destroy()
                    except Killed:
                        cut = True
                    site.cut_after(None)
                owner.destroy()
            assert site.everything() == before
            if not cut:
                break


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("existed", [True, False])
def test_stacks_share_a_directory(site: Site, order: tuple[int, ...], existed: bool) -> None:
    if existed:
        site.hosts["api1"].path("/etc/ceph/ours").mkdir(mode=0o711)
    before = site.everything()
    owners = [
        Managed(site, DIRECTORY.provider(), {**DIRECTORY.props, "stack": stack, "mode": mode})
        for stack, mode in (("a", "0700"), ("b", "0750"), ("c", "0755"))
    ]
    for owner in owners:
        owner.up()
    path = site.hosts["api1"].path("/etc/ceph/ours")
    staying = dict(enumerate(owners))
    for number in order:
        staying.pop(number).destroy()
        assert not staying or f"{path.stat().st_mode & 0o7777:04o}" in {
            resource.props["mode"] for resource in staying.values()
        }
    assert site.everything() == before


def test_the_shipped_file_keeps_its_owner_and_mode(site: Site) -> None:
    shipped(site)
    CONFIG.resource(site).up()
    assert site.hosts["api1"].path(CONF).stat().st_mode & 0o777 == 0o640
