"""Every refusal names a way out, and the way out works: for the next `up`, and for the destroy after it."""

from __future__ import annotations

import os

import pytest

from providers import resources
from providers.errors import Refused
from tests.sim.site import FSID, Managed, Site
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.example import Example

CEPH_CONF = "/etc/ceph/ceph.conf"


def ceph_conf(site: Site, host: str = "api1") -> Managed:
    props = {
        "stack": "dev",
        "host": host,
        "fsid": FSID,
        "component": "ceph-client",
        "path": CEPH_CONF,
        "sections": {"global": {"fsid": FSID}},
    }
    return Managed(site, resources.CephConfProvider(), props)


def test_a_machine_that_got_an_id_of_its_own_can_still_be_destroyed(site: Site) -> None:
    for name in ("api1", "compute1"):
        site.hosts[name].machine_id, site.hosts[name].host_key = "of the image", f"SHA256:{name}"
    before, copy = site.files(), ceph_conf(site, "compute1")
    copy.up()
    site.hosts["compute1"].machine_id = "its own"
    copy.destroy()
    assert site.files() == before


def test_another_machine_under_the_old_name_is_still_refused(site: Site) -> None:
    site.hosts["compute1"].host_key = "SHA256:one"
    copy = ceph_conf(site, "compute1")
    copy.up()
    site.hosts["compute1"].machine_id, site.hosts["compute1"].host_key = "another", "SHA256:another"
    with pytest.raises(Refused, match="not the machine that was changed"):
        copy.destroy()


def test_a_file_of_another_cluster_that_is_moved_away_is_made_anew_and_taken_off(site: Site) -> None:
    before, conf = site.files(), ceph_conf(site)
    conf.up()
    site.hosts["api1"].path(CEPH_CONF).write_text(f"[global]\nfsid = {FSID.replace('f', 'e')}\n")
    conf.refresh()
    with pytest.raises(Refused, match="move that file away first"):
        conf.up()
    site.hosts["api1"].path(CEPH_CONF).unlink()
    assert conf.up() == "update"
    conf.destroy()
    assert site.files() == before


def test_a_file_of_another_cluster_does_not_block_a_destroy(site: Site) -> None:
    conf = ceph_conf(site)
    conf.up()
    theirs = f"[global]\nfsid = {FSID.replace('f', 'e')}\n"
    site.hosts["api1"].path(CEPH_CONF).write_text(theirs)
    conf.destroy()
    assert site.hosts["api1"].path(CEPH_CONF).read_text() == theirs


def with_later(example: Example, site: Site) -> Managed:
    example.prepare(site)
    site.hosts["api1"].path("/etc/cinder/cinder.conf.d").mkdir()
    return example.resource(site).change(later_files=["/etc/cinder/cinder.conf.d"])


@pytest.mark.parametrize("name", [b"\xff.conf", "ä.conf".encode()])
def test_the_name_of_a_later_file_need_not_be_utf_8(site: Site, name: bytes) -> None:
    config = with_later(CONFIG, site)
    (site.hosts["api1"].path("/etc/cinder/cinder.conf.d") / os.fsdecode(name)).write_text("[x]\ny = 1\n")
    config.up()
    assert config.drift() == {}
    config.destroy()


def test_a_later_file_that_is_switched_off_by_a_link_to_dev_null_is_as_good_as_an_empty_one(site: Site) -> None:
    config = with_later(CONFIG, site)
    site.hosts["api1"].path("/etc/cinder/cinder.conf.d/10-off.conf").symlink_to("/dev/null")
    config.up()
    config.destroy()


def test_a_value_that_points_elsewhere_is_accepted_once_it_is_taken_out(site: Site) -> None:
    CONFIG.prepare(site)
    conf = site.hosts["api1"].path(CONF)
    shipped = conf.read_text()
    conf.write_text(shipped + "\n[ceph]\nrbd_pool = theirs\n")
    config = CONFIG.resource(site)
    with pytest.raises(Refused, match="take that out of"):
        config.up()
    conf.write_text(shipped)
    config.up()
    config.destroy()
    assert conf.read_text() == shipped


def test_a_name_that_one_machine_had_before_is_free_for_another(site: Site) -> None:
    first = ceph_conf(site, "api1")
    first.up()
    old = site.hosts.pop("api1")
    site.hosts["compute1"].root, site.hosts["compute1"].machine_id = old.root, old.machine_id
    renamed = ceph_conf(site, "compute1")
    renamed.up()
    site.hosts["api1"] = site.hosts["compute2"]
    renamed.change(sections={"global": {"fsid": FSID}, "client.x": {"log_file": "/x"}})
    assert renamed.up() == "update"
