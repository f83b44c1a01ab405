"""Two stacks on one host: where data lies is one stack's to say, and the other is refused by the journal."""

from __future__ import annotations

import pytest

from providers.errors import Refused
from tests.sim.site import Managed, Site
from tests.unit.examples.config_sections import CONF, CONFIG

OURS = {"ceph": {"rbd_user": "cinder", "rbd_max_clone_depth": "5"}}
THEIRS = {"ceph": {"rbd_user": "edge", "rbd_max_clone_depth": "3"}}
SAID = (
    rf"api1 \(192\.0\.2\.1\): {CONF}: stack edge writes \[ceph\] rbd_user = edge, and two stacks would overwrite each "
    r"other in turn: take cinder off api1 in one of them first; if that stack is gone, `python -m commands undo "
    r"--stack edge --host api1` takes back what it left, then run again"
)


@pytest.fixture
def theirs(site: Site) -> Managed:
    """What stack edge has written."""
    CONFIG.prepare(site)
    made = CONFIG.resource(site).change(stack="edge", sections=THEIRS, list_items=None)
    made.up()
    return made


def ours(site: Site) -> Managed:
    return CONFIG.resource(site).change(sections=OURS, list_items=None)


def test_the_second_stack_is_refused_by_the_name_of_the_first(site: Site, theirs: Managed) -> None:
    before = site.everything()
    with pytest.raises(Refused, match=SAID):
        ours(site).up()
    assert site.everything() == before
    assert theirs.drift() == {}


def test_it_is_welcome_once_the_first_has_gone(site: Site, theirs: Managed) -> None:
    theirs.destroy()
    ours(site).up()
    assert "rbd_user = cinder" in site.hosts["api1"].path(CONF).read_text()


def test_the_same_value_and_other_options_are_no_dispute(site: Site, theirs: Managed) -> None:
    before = site.hosts["api1"].path(CONF).read_text()
    second = ours(site).change(sections={"ceph": {"rbd_user": "edge", "rbd_max_clone_depth": "5"}})
    second.up()
    second.destroy()
    assert site.hosts["api1"].path(CONF).read_text() == before


def test_a_change_is_refused_too(site: Site, theirs: Managed) -> None:
    second = ours(site).change(sections={"ceph": {"rbd_user": "edge"}})
    second.up()
    with pytest.raises(Refused, match="stack edge writes"):
        second.change(sections={"ceph": {"rbd_user": "cinder"}}).up()


def test_two_components_of_one_stack_are_not_two_stacks(site: Site, theirs: Managed) -> None:
    second = CONFIG.resource(site).change(stack="edge", component="other", sections=OURS, list_items=None)
    second.up()
    assert "rbd_user = cinder" in site.hosts["api1"].path(CONF).read_text()
