"""A pool that is there and cannot hold images, or their data: told by name, at the gate before anything is changed."""

from __future__ import annotations

import re

import pytest

from providers.ceph.data_pool import why_unfit
from providers.errors import Refused
from providers.reach.answers.pool_row import PoolRow
from providers.resources import GuardProvider, PoolProvider
from tests.sim.site import FSID, Managed, Site

NO_OVERWRITES = (
    "pool data is erasure coded without overwrites, so no image could be written; run `ceph osd pool set data"
    " allow_ec_overwrites true`, which needs BlueStore and cannot be taken back, or name another pool"
)
OTHER_PROFILE = (
    "pool data was made with the erasure code profile default, not ec42, and keeps it; write erasure_code_profile:"
    " default, or name another pool"
)
REPLICATED = "pool data is replicated, and the settings ask for an erasure-coded data pool; name another one"
NO_IMAGES = (
    "pool data is erasure coded, and images keep their names there only in a replicated pool; name a replicated pool,"
    " and this one as its data_pool: {name: data, erasure_code_profile: default}"
)


def row(profile: str = "default", *, overwrites: bool = True) -> PoolRow:
    return PoolRow(
        pool_name="data",
        size=4,
        min_size=3,
        pg_num=8,
        crush_rule=1,
        type=3 if profile else 1,
        erasure_code_profile=profile,
        flags_names="hashpspool,ec_overwrites,selfmanaged_snaps" if overwrites else "hashpspool",
    )


@pytest.mark.parametrize(
    ("pool", "profile", "ours", "why"),
    [
        (row(), "default", False, ""),
        (row(""), None, False, ""),
        (row(overwrites=False), "default", False, NO_OVERWRITES),
        (row(overwrites=False), "default", True, ""),
        (row(), "ec42", True, OTHER_PROFILE),
        (row(""), "default", False, REPLICATED),
        (row(), None, False, NO_IMAGES),
    ],
)
def test_why_a_pool_does_not_do(pool: PoolRow, profile: str | None, ours: bool, why: str) -> None:
    assert why_unfit(pool, profile, ours=ours) == why


def gate(site: Site) -> Managed:
    looks_at = {"pools": {}, "entities": {}, "secrets": {}, "volume_types": {}, "data_pools": {"data": "default"}}
    return Managed(site, GuardProvider(), {"stack": "dev", "fsid": FSID, "guards": "change", "looks_at": looks_at})


def pool(site: Site, **more: object) -> Managed:
    wanted = {"stack": "dev", "fsid": FSID, "name": "data", "erasure_code_profile": "default", "adopt": True}
    return Managed(site, PoolProvider(), {**wanted, **more})


def test_the_gate_refuses_a_pool_without_overwrites_and_nothing_is_changed(site: Site) -> None:
    site.ceph.do_osd_pool_create("data", pool_type="erasure")
    before = site.everything()
    with pytest.raises(Refused, match=re.escape(f"stack dev: nothing was changed: {NO_OVERWRITES}; then run again")):
        gate(site).up()
    with pytest.raises(Refused, match=re.escape(NO_OVERWRITES)):
        pool(site).up()
    assert site.everything() == before
    site.ceph.do_osd_pool_set("data", "allow_ec_overwrites", "true")
    assert gate(site).up() == "create"
    assert pool(site).up() == "create"


def test_the_gate_lets_a_data_pool_be_made(site: Site) -> None:
    assert gate(site).up() == "create"


def test_a_pool_of_ours_that_was_cut_off_before_it_allowed_overwrites_is_finished(site: Site) -> None:
    made = pool(site, adopt=False)
    made.up()
    site.ceph.pools["data"]["flags_names"] = "hashpspool"
    assert gate(site).up() == "create"
    made.outs = None
    made.up()
    assert "ec_overwrites" in site.ceph.pools["data"]["flags_names"]


def test_an_erasure_coded_pool_is_no_pool_of_images(site: Site) -> None:
    site.ceph.do_osd_pool_create("data", pool_type="erasure")
    before = site.everything()
    with pytest.raises(Refused, match=re.escape(NO_IMAGES)):
        pool(site, erasure_code_profile=None).change(erasure_code_profile=None).up()
    assert site.everything() == before


def test_a_cluster_out_of_reach_is_said_and_changes_nothing(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    site.hosts["ceph1"].reachable = False
    gate(site).up()
    assert "whether the data pools can hold images was not looked at" in capfd.readouterr().err
