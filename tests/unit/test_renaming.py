"""docs/renaming.md: after the page's steps a pool of another name is the stack's own.

Only resources that name the pool are left to repair.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.sim.site import Site
from tests.unit.examples.pool import POOL

PAGE = Path(__file__).parents[2] / "docs" / "renaming.md"


def substituted(text: str, command: str) -> str:
    """Return the text after the page's own `sed`, in which `images` becomes `pictures`."""
    (old, new) = re.findall(rf"{command}.*\| sed 's/(.*)/(.*)/'", PAGE.read_text())[0]
    assert old in text
    return text.replace(old, new)


def test_a_pool_that_was_renamed_by_the_page_is_still_ours(site: Site) -> None:
    pool = POOL.resource(site).change(name="images")
    pool.up()
    assert pool.outs is not None
    row = site.ceph.pools.pop("images")
    site.ceph.pools["pictures"] = {**row, "pool_name": "pictures"}
    site.ceph.schedules["pictures"] = site.ceph.schedules.pop("images", set())  # a real cluster keeps them by number
    entry = site.ceph.store.pop("ceph-openstack/dev/pool/images")
    site.ceph.store["ceph-openstack/dev/pool/pictures"] = substituted(entry, "ceph config-key get")
    assert 'sed \'s/"name": "images"/"name": "pictures"/\'' in PAGE.read_text()
    pool.inputs["name"] = pool.outs["name"] = "pictures"
    before = site.ceph.state()
    assert pool.change(name="pictures").drift() == {}
    assert pool.up() == "same"
    assert site.ceph.state() == before
    pool.destroy()
    assert (site.ceph.pools, site.ceph.store) == ({}, {})
