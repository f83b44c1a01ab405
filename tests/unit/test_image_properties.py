"""Properties of an image: which image a name means, and what becomes of them when it is another one."""

from __future__ import annotations

import pytest

from providers.errors import Refused
from providers.openstack.images import SOURCE
from tests.sim.site import Managed, Site
from tests.unit.kinds import IMAGE, set_property


@pytest.fixture
def resource(site: Site) -> Managed:
    IMAGE.prepare(site)
    return IMAGE.resource(site)


def renamed(site: Site, name: str) -> None:
    row = site.cloud.image_named("debian")
    row.update(name=name)


def test_an_image_that_is_not_there_is_asked_for(site: Site) -> None:
    with pytest.raises(Refused, match="cloud lab: there is no image debian; upload it"):
        IMAGE.resource(site).up()
    assert site.ceph.store == {}


def test_one_that_went_is_named_by_refresh_and_not_made_again(resource: Managed) -> None:
    resource.up()
    resource.site.cloud.images.clear()
    assert resource.drift() == {"present": False}
    with pytest.raises(Refused, match="there is no image debian"):
        resource.up()
    resource.destroy()
    assert resource.site.ceph.store == {}


def test_a_name_of_several_images_is_refused(resource: Managed) -> None:
    site = resource.site
    one = site.cloud.add_image("debian")
    with pytest.raises(Refused, match="cloud lab: 2 images are called debian; name the one that is meant by its id"):
        resource.up()
    resource.change(image=one["id"]).up()
    assert one["id"] in next(iter(site.ceph.store))
    assert site.cloud.images[one["id"]]["hw_disk_bus"] == "scsi"


def test_an_image_that_was_renamed_gets_its_properties_back(resource: Managed) -> None:
    before = resource.site.cloud.image_named("debian").copy()
    resource.up()
    renamed(resource.site, "debian-11")
    resource.destroy()
    assert resource.site.cloud.image_named("debian-11") == {**before, "name": "debian-11"}


def test_another_image_of_the_name_starts_anew(resource: Managed) -> None:
    site = resource.site
    resource.up()
    renamed(site, "debian-11")
    site.cloud.add_image("debian", hw_disk_bus="sata")
    before = site.cloud.image_named("debian").copy()
    assert resource.drift() == {"properties": {"hw_disk_bus": "sata"}}
    resource.up()
    assert site.cloud.image_named("debian")["hw_disk_bus"] == "scsi"
    resource.destroy()
    assert site.cloud.image_named("debian") == before


def test_what_another_image_of_the_name_has_is_not_ours_to_take(
    resource: Managed, capfd: pytest.CaptureFixture[str]
) -> None:
    site = resource.site
    resource.up()
    renamed(site, "debian-11")
    site.cloud.add_image("debian", hw_disk_bus="scsi")
    resource.destroy()
    assert site.cloud.image_named("debian")["hw_disk_bus"] == "scsi"
    assert "it is another image than the one that was changed" in capfd.readouterr().err


def test_a_converted_image_keeps_what_was_before(resource: Managed) -> None:
    """`commands images convert` copies properties: what the first image had before us is what the new one goes back to."""
    site = resource.site
    resource.up()
    old = site.cloud.image_named("debian")
    renamed(site, "debian (qcow2)")
    site.cloud.add_image("debian", hw_disk_bus="scsi", hw_scsi_model="virtio-scsi", theirs="1", **{SOURCE: old["id"]})
    assert resource.drift() == {}
    resource.destroy()
    new = site.cloud.image_named("debian")
    assert (new["hw_disk_bus"], "hw_scsi_model" in new, new["theirs"]) == ("virtio", False, "1")


def test_what_somebody_set_since_stays(resource: Managed, capfd: pytest.CaptureFixture[str]) -> None:
    resource.up()
    set_property(hw_disk_bus="ide")(resource.site)
    resource.destroy()
    assert resource.site.cloud.image_named("debian")["hw_disk_bus"] == "ide"
    assert "hw_disk_bus of properties of image debian is left: somebody set it since" in capfd.readouterr().err
