"""A ceph.conf of another cluster is refused, because other clients on the host use the file."""

from __future__ import annotations

import pytest

from providers.errors import Refused
from tests.sim.site import FSID, Site
from tests.unit.examples.ceph_conf import CEPH_CONF

PATH = "/etc/ceph/ceph.conf"
OTHER = "99999999-0000-4000-8000-000000000009"


def test_another_clusters_file_is_refused_and_stays_as_it_is(site: Site) -> None:
    file = site.hosts["api1"].path(PATH)
    text = f"[global]\n\tfsid = {OTHER}\n\tmon host = 198.51.100.1\n"
    file.write_text(text)
    with pytest.raises(Refused) as refused:
        CEPH_CONF.resource(site).up()
    assert str(refused.value) == (
        f"api1 (192.0.2.1): {PATH} is another cluster's: its fsid is {OTHER}, and this stack's cluster is {FSID}; "
        "whatever uses that file would be sent to this cluster: give this cluster's file another name with "
        "ceph-openstack:cluster.name, or move that file away first, then run again"
    )
    assert file.read_text() == text
    assert list(site.root.rglob("*.json")) == []


def test_what_is_no_fsid_is_refused_and_not_shown(site: Site) -> None:
    site.hosts["api1"].path(PATH).write_text("[global]\nfsid = not-an-fsid\n")
    with pytest.raises(Refused, match="another cluster's: its fsid is another, and") as refused:
        CEPH_CONF.resource(site).up()
    assert "not-an-fsid" not in str(refused.value)


@pytest.mark.parametrize("line", [f"fsid = {FSID.upper()}", f'fsid = "{FSID}"', "mon host = 198.51.100.1", "fsid ="])
def test_the_same_cluster_in_another_spelling_and_no_fsid_are_fine(site: Site, line: str) -> None:
    site.hosts["api1"].path(PATH).write_text(f"[global]\n{line}\n")
    before = site.everything()
    resource = CEPH_CONF.resource(site)
    resource.up()
    resource.destroy()
    assert site.everything() == before


def test_a_file_that_became_another_clusters_is_not_taken_back_and_can_be_left(site: Site) -> None:
    resource = CEPH_CONF.resource(site)
    resource.up()
    file = site.hosts["api1"].path(PATH)
    text = f"[global]\nfsid = {OTHER}\n"
    file.write_text(text)
    assert resource.drift()["sections"] == {"global": {"fsid": OTHER}}
    with pytest.raises(Refused, match="sent to this cluster: move that file away first, then run again"):
        resource.up()  # another name is no way out, because the path of what the stack has written cannot change
    resource.destroy()
    assert file.read_text() == text
