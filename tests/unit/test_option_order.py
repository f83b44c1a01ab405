"""A file that is written anew reads as before, because the provider keeps the order that the engine's maps lose."""

from __future__ import annotations

import pytest

from tests.sim.site import Site
from tests.unit.examples.ceph_conf import CEPH_CONF
from tests.unit.examples.config_sections import CONFIG
from tests.unit.examples.example import Example


@pytest.mark.parametrize("example", [CEPH_CONF, CONFIG], ids=lambda example: example.name)
def test_the_order_in_which_options_arrive_does_not_matter(site: Site, example: Example) -> None:
    example.prepare(site)
    first, second = example.resource(site), example.resource(site)
    path = site.hosts[first.props["host"]].path(first.props["path"])
    first.up()
    text = path.read_text()
    first.destroy()
    sections = first.props["sections"]
    second.change(sections={name: dict(reversed(sections[name].items())) for name in reversed(sections)})
    second.up()
    assert path.read_text() == text
