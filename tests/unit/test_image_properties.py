"""Properties of an image: which image a name means, and what happens when the name comes to mean another image."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from providers.errors import Refused
from providers.openstack.image_properties import ImagePropertiesDesired
from providers.reach.images import COPY, REPLACED, SOURCE
from tests.sim.site import Managed, Site
from tests.unit.examples.image_properties import IMAGE, set_property
from tests.unit.test_cuts import cuts


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
    image = site.cloud.add_image("debian")
    with pytest.raises(Refused, match="cloud lab: 2 images are called debian; name the one that is meant by its id"):
        resource.up()
    resource.change(image=image["id"]).up()
    assert image["id"] in next(iter(site.ceph.store))
    assert site.cloud.images[image["id"]]["hw_disk_bus"] == "scsi"


def test_an_image_that_was_renamed_gets_its_properties_back(resource: Managed) -> None:
    before = resource.site.cloud.image_named("debian").copy()
    resource.up()
    renamed(resource.site, "debian-11")
    resource.destroy()
    assert resource.site.cloud.image_named("debian-11") == {**before, "name": "debian-11"}


def test_another_image_of_the_name_starts_anew(resource: Managed) -> None:
    site = resource.site
    former = site.cloud.image_named("debian").copy()
    resource.up()
    renamed(site, "debian-11")
    site.cloud.add_image("debian", hw_disk_bus="sata")
    before = site.cloud.image_named("debian").copy()
    assert resource.drift() == {"properties": {"hw_disk_bus": "sata"}}
    resource.up()
    assert site.cloud.image_named("debian")["hw_disk_bus"] == "scsi"
    assert site.cloud.image_named("debian-11") == {**former, "name": "debian-11"}
    resource.destroy()
    assert site.cloud.image_named("debian") == before


def test_a_cut_between_two_images_of_the_name_loses_nothing(sites: Callable[[], Site]) -> None:
    def exchanged() -> tuple[Managed, object]:
        site = sites()
        IMAGE.prepare(site)
        made = IMAGE.resource(site)
        before = site.everything()
        made.up()
        renamed(site, "debian-11")
        site.cloud.add_image("debian", hw_disk_bus="sata")
        return made, before

    def again(resource: Managed) -> None:
        resource.change(properties={"hw_disk_bus": "scsi", "os_require_quiesce": "yes"}).up()

    tried = 0
    for resource, _ in cuts(exchanged, again):
        tried += 1
        site = resource.site
        if tried % 2:
            again(resource)
        resource.destroy()
        for name, disk_bus in (("debian-11", "virtio"), ("debian", "sata")):
            row = site.cloud.image_named(name)
            assert (row["hw_disk_bus"], "hw_scsi_model" in row, "os_require_quiesce" in row) == (disk_bus, False, False)
        assert site.ceph.store == {}
    assert tried > 4


def test_a_renamed_image_goes_back_although_there_is_another_of_the_name(resource: Managed) -> None:
    site = resource.site
    before = site.cloud.image_named("debian").copy()
    resource.up()
    renamed(site, "debian-11")
    site.cloud.add_image("debian", hw_disk_bus="scsi")
    resource.destroy()
    assert site.cloud.image_named("debian")["hw_disk_bus"] == "scsi"
    assert site.cloud.image_named("debian-11") == {**before, "name": "debian-11"}


def test_an_image_of_another_project_is_not_meant(site: Site) -> None:
    theirs = site.cloud.add_image("debian", owner="project-2")
    with pytest.raises(Refused, match=r"there is no image debian; .*named by its id"):
        IMAGE.resource(site).up()
    assert "hw_disk_bus" not in theirs
    ours = site.cloud.add_image("debian")
    resource = IMAGE.resource(site)
    resource.up()
    assert site.cloud.images[ours["id"]]["hw_disk_bus"] == "scsi"
    site.cloud.add_image("debian", owner="project-2", visibility="public")
    assert resource.drift() == {}
    resource.destroy()
    assert not any("hw_disk_bus" in row for row in site.cloud.images.values())


def test_nobody_makes_an_heir_of_an_image_in_another_project(resource: Managed) -> None:
    site = resource.site
    before = site.cloud.image_named("debian").copy()
    resource.up()
    id_ = before["id"]
    theirs = site.cloud.add_image("debian", owner="project-2", hw_disk_bus="scsi", **{SOURCE: id_})
    kept = theirs.copy()
    resource.change(properties={"hw_disk_bus": "ide"}).up()
    assert site.cloud.images[id_]["hw_disk_bus"] == "ide"
    resource.destroy()
    assert site.cloud.images[id_] == before
    assert site.cloud.images[theirs["id"]] == kept


def test_a_public_image_is_meant_whosever_it_is(site: Site) -> None:
    public = site.cloud.add_image("debian", owner="project-2", visibility="public")
    site.cloud.add_image("debian", owner="project-3")
    IMAGE.resource(site).up()
    assert site.cloud.images[public["id"]]["hw_disk_bus"] == "scsi"


def test_what_another_image_of_the_name_has_is_not_ours_to_take(
    resource: Managed, capfd: pytest.CaptureFixture[str]
) -> None:
    site = resource.site
    resource.up()
    site.cloud.images.clear()
    site.cloud.add_image("debian", hw_disk_bus="scsi")
    resource.destroy()
    assert site.cloud.image_named("debian")["hw_disk_bus"] == "scsi"
    assert "it is another image than the one that was changed" in capfd.readouterr().err


def test_a_converted_image_keeps_what_was_before(resource: Managed) -> None:
    """`commands images convert` copies properties: the new image goes back to what the first image had before us."""
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


@pytest.mark.parametrize("name", [SOURCE, COPY, REPLACED, "status", "os_glance_importing_to_stores"])
def test_what_glance_or_a_copy_keeps_is_no_setting(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name} is no property"):
        ImagePropertiesDesired.model_validate({**IMAGE.props, "properties": {name: "x"}})
