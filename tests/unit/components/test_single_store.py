"""`glance.layout: single_store`: what is written, what `options` may set, what the API is asked."""

from __future__ import annotations

from typing import Any

import pytest

from components.services.glance import GLANCE
from components.stack.parse import parse
from components.stack.wire import wire

from .graph import FSID, built, raw, settings

SINGLE: dict[str, Any] = {"glance__layout": "single_store"}


def test_a_single_store_has_no_section_and_no_backend_of_its_own() -> None:
    inputs = built(**SINGLE)["glance-config-controller1"].inputs
    assert inputs["sections"] == {
        "glance_store": {
            "default_store": "rbd",
            "rbd_store_ceph_conf": "/etc/ceph/ceph.conf",
            "rbd_store_chunk_size": "8",
            "rbd_store_pool": "images",
            "rbd_store_user": "glance",
        }
    }
    assert inputs["list_items"] == {"glance_store": {"stores": "rbd"}}
    assert inputs["list_items_if_absent"] == {"glance_store": {"stores": "file,http"}}


@pytest.mark.parametrize("option", ["stores", "default_store", "rbd_store_pool", "rbd_store_user"])
def test_options_may_name_the_single_store_only_where_it_is_not_written(option: str) -> None:
    further = {"glance__options": {"glance_store": {option: "x"}}}
    assert not isinstance(parse(raw(**further)), list)
    refused = parse(raw(**further, **SINGLE))
    assert isinstance(refused, list)
    (line,) = refused
    assert line.startswith(f"ceph-openstack:glance.options.glance_store.{option}: is written from ")


def test_verify_asks_the_api_for_no_store_that_it_cannot_show_and_still_for_urls() -> None:
    looks = wire(settings(**SINGLE, glance__show_image_direct_url=True), "test").api_looks
    assert [look.kind for look in looks if look.where == "Glance"] == ["direct URL", "public endpoint"]


def test_an_image_of_a_single_store_names_no_store() -> None:
    class Api:
        """Answers with one image, as Glance shows it where there is a single store."""

        def get(self, service: str, path: str, interface: str = "") -> Any:
            image = {"id": "i1", "disk_format": "raw", "direct_url": f"rbd://{FSID}/images/i1/snap"}
            return {"images": [image]} if path.startswith("/images?") else image

    looks = wire(settings(**SINGLE, glance__show_image_direct_url=True), "test").api_looks
    (look,) = [look for look in looks if look.kind == "direct URL"]
    assert look.ask(Api()).text == "shown for image i1"


def test_there_is_no_store_to_copy_images_into_by_its_id() -> None:
    mine = settings(**SINGLE).of(GLANCE)
    assert mine is not None
    assert GLANCE.image_store(mine) == ""
