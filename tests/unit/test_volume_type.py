"""A volume type: which type is ours, and what Cinder lets nobody change."""

from __future__ import annotations

import pytest

from providers.errors import HostError, Refused
from tests.sim.site import Managed, Site
from tests.unit.examples.guard import GUARD, LOOKS_AT
from tests.unit.examples.volume_type import CLOUD, VOLUME_TYPE


@pytest.fixture
def resource(site: Site) -> Managed:
    made = VOLUME_TYPE.resource(site)
    made.up()
    return made


def made_again(site: Site) -> None:
    """Delete the type and make another type of the same name, as somebody else may do."""
    site.cloud.types.clear()
    site.cloud.add_type("ceph", volume_backend_name="theirs")


def in_use(site: Site) -> None:
    site.cloud.volumes = [{"volume_type": "ceph"}]


def guarded(site: Site, guards: str) -> Managed:
    looks_at = {**LOOKS_AT, "volume_types": {"ceph": True}}
    return Managed(site, GUARD.provider(), {**GUARD.props, "guards": guards, "cloud": CLOUD, "looks_at": looks_at})


def test_one_that_somebody_made_again_is_not_ours(resource: Managed) -> None:
    site = resource.site
    made_again(site)
    before = site.everything()
    with pytest.raises(Refused, match=r"volume type ceph is another one than this stack's.*`adopt: true`"):
        resource.change(public=False).up()
    assert site.everything() == before


def test_one_that_somebody_made_again_is_left(resource: Managed, capfd: pytest.CaptureFixture[str]) -> None:
    site = resource.site
    made_again(site)
    in_use(site)
    types = site.cloud.state()
    guarded(site, "removal").up()
    resource.destroy()
    assert site.cloud.state() == types
    assert site.ceph.store == {}
    assert "volume type ceph is left: it is another one than the one that was changed" in capfd.readouterr().err


def test_one_that_we_make_again_is_ours(resource: Managed) -> None:
    site = resource.site
    site.cloud.types.clear()
    resource.drift()
    resource.up()
    resource.change(public=False).up()
    resource.destroy()
    assert site.cloud.types == {}


def test_what_a_type_in_use_selects_is_refused_before_anything_is_written(resource: Managed) -> None:
    site = resource.site
    in_use(site)
    before = site.everything()
    with pytest.raises(
        Refused, match="refusing to change volume_backend_name of volume type ceph: there is 1 volume of it"
    ):
        resource.change(extra_specs={"volume_backend_name": "ceph2", "x:y": "1"}).up()
    assert site.everything() == before
    resource.change(**VOLUME_TYPE.props, public=False).up()
    assert site.cloud.type_named("ceph")["is_public"] is False


def test_what_a_taken_over_type_in_use_selected_is_refused_by_all(site: Site) -> None:
    site.cloud.add_type("ceph", volume_backend_name="lvm")
    resource = VOLUME_TYPE.resource(site).change(adopt=True)
    resource.up()
    resource.up()
    in_use(site)
    removal, gate = guarded(site, "removal"), guarded(site, "change")
    removal.up()
    gate.up()
    before = site.everything()
    for operation in (removal.destroy, gate.change(looks_at=LOOKS_AT).up):
        with pytest.raises(Refused, match="nothing was changed: there is 1 volume of type ceph"):
            operation()
    with pytest.raises(
        Refused, match="refusing to change volume_backend_name, x:y of volume type ceph: there is 1 volume"
    ):
        resource.destroy()
    assert site.everything() == before


def test_the_guard_says_how_to_forget_a_cloud_that_is_gone(resource: Managed) -> None:
    site = resource.site
    removal = guarded(site, "removal")
    removal.up()
    site.cloud.id = "identity-2"
    with pytest.raises(Refused, match=r"not the OpenStack.*`ceph config-key rm ceph-openstack/dev/volumetype/ceph`"):
        removal.destroy()
    site.cloud.reachable = False
    with pytest.raises(HostError, match=r"cannot connect.*`ceph config-key rm ceph-openstack/dev/volumetype/ceph`"):
        removal.destroy()
    site.ceph.store.clear()
    removal.destroy()
