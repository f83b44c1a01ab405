"""Volume types and image properties: types select back ends, drift is repaired, a destroy restores what was there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from openstack.connection import Connection

from lab.endpoints import CLOUDS
from tests.live import lab
from tests.live.drift import UPDATED
from tests.live.stack import Stack
from tests.proof import rbd, steps
from tests.proof.cloud import explained, until, until_gone

PROPERTIES = {
    "hw_scsi_model": "virtio-scsi",
    "hw_disk_bus": "scsi",
    "hw_qemu_guest_agent": "yes",
    "os_require_quiesce": "yes",
}
EARLIER = {"hw_disk_bus": "virtio", "theirs": "1"}
OPENSTACK = {
    "cloud": "lab-admin",
    "clouds_file": str(CLOUDS),
    "volume_types": {"ceph": {"description": "on Ceph"}, "nfs": {"adopt": True, "extra_specs": {"ours": "1"}}},
    "images": {"kept": {}},
}


def kinds(admin: Connection) -> dict[str, Any]:
    with explained():
        rows = admin.block_storage.get("/types?is_public=None").json()["volume_types"]
    return {row["name"]: (row["is_public"], row["description"], row["extra_specs"]) for row in rows}


def properties(admin: Connection, image: Any) -> dict[str, str]:
    """Return those properties of an image that this file tests."""
    with explained():
        row = admin.image.get(f"/images/{image.id}").json()
    return {name: row[name] for name in (*PROPERTIES, *EARLIER) if name in row}


def patch(admin: Connection, image: Any, *changes: dict[str, str]) -> None:
    kind = "application/openstack-images-v2.1-json-patch"
    with explained():
        answer = admin.image.patch(f"/images/{image.id}", json=list(changes), headers={"Content-Type": kind})
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def image(admin: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An image of the login's own project, because a private image of another project is not found by its name."""
    path = tmp_path_factory.mktemp("image") / "small.raw"
    path.write_bytes(b"\0" * 65536)
    made = steps.upload(admin, "kept", path)
    patch(admin, made, *({"op": "add", "path": f"/{name}", "value": value} for name, value in EARLIER.items()))
    yield made
    with explained():
        admin.image.delete_image(made.id)


@pytest.fixture(scope="module")
def before(admin: Connection) -> dict[str, Any]:
    steps.volume_type(admin, "nfs")
    return kinds(admin)


@pytest.fixture(scope="module")
def wired(stack: Stack, image: Any, before: Any) -> Stack:
    stack.settings["openstack"] = OPENSTACK
    stack.write()
    stack.up().ok()
    stack.up().ok()  # what is adopted is first only recorded
    return stack


@pytest.fixture(scope="module")
def volume(wired: Stack, user: Connection) -> Iterator[Any]:
    made = steps.create_volume(user, "of the type", kind="ceph")
    yield made
    with explained():
        user.block_storage.delete_volume(made.id)
    until_gone(partial(user.block_storage.get_volume, made.id), 120)


def test_the_type_is_there_and_another_one_is_kept(wired: Stack, admin: Connection, before: dict[str, Any]) -> None:
    assert kinds(admin) == {
        **before,
        "ceph": (True, "on Ceph", {"volume_backend_name": "ceph"}),
        "nfs": (True, None, {"volume_backend_name": "ceph", "ours": "1"}),
    }


def test_the_image_has_what_ceph_s_documentation_says(wired: Stack, admin: Connection, image: Any) -> None:
    assert properties(admin, image) == {**EARLIER, **PROPERTIES}


def test_nothing_is_left_to_do_and_no_password_is_kept(wired: Stack) -> None:
    run = wired.up("--refresh").ok()
    assert UPDATED.findall(run.output) == []
    assert "was not checked" not in run.output
    kept = wired.pulumi("stack", "export", "--stack", wired.name, "--show-secrets").output
    assert "clouds.yaml" in kept
    assert "password" not in kept


def test_drift_is_named_by_field_and_repaired(wired: Stack, admin: Connection, image: Any) -> None:
    found = next(row for row in admin.block_storage.types() if row.name == "ceph")
    with explained():
        specs = {"extra_specs": {"volume_backend_name": "nfs"}}
        assert admin.block_storage.post(f"/types/{found.id}/extra_specs", json=specs).status_code == 200
    patch(
        admin,
        image,
        {"op": "replace", "path": "/hw_disk_bus", "value": "ide"},
        {"op": "remove", "path": "/os_require_quiesce"},
    )
    shown = wired.preview("--refresh", "--diff").ok().output
    for text in (
        'volume_backend_name: "nfs" => "ceph"',
        'hw_disk_bus          : "ide" => "scsi"',
        "+ os_require_quiesce",
    ):
        assert " ".join(text.split()) in " ".join(shown.split()), shown
    assert set(UPDATED.findall(wired.up("--refresh").ok().output)) == {"volume-type-ceph", "image-properties-kept"}
    assert kinds(admin)["ceph"][2] == {"volume_backend_name": "ceph"}
    assert properties(admin, image) == {**EARLIER, **PROPERTIES}


def test_a_volume_of_the_type_lands_in_ceph(volume: Any) -> None:
    """Once a type has a volume, Cinder lets nobody change what the type selects."""
    assert f"volume-{volume.id}" in rbd.images("volumes")


def test_a_type_in_use_is_refused_before_anything_is_changed(wired: Stack, admin: Connection, volume: Any) -> None:
    state = ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units(), kinds(admin))
    refused = wired.destroy()
    assert refused.status != 0
    assert "there is 1 volume of type ceph" in refused.output
    wired.settings["openstack"] = {**OPENSTACK, "volume_types": {}}
    wired.write()
    taken_out = wired.up()
    wired.settings["openstack"] = OPENSTACK
    wired.write()
    assert taken_out.status != 0
    assert "refusing to take this out, nothing was changed: there is 1 volume of type ceph" in taken_out.output
    assert ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units(), kinds(admin)) == state


def test_destroy_puts_back_what_was_there(
    wired: Stack, admin: Connection, user: Connection, image: Any, before: dict[str, Any]
) -> None:
    with explained():
        for row in list(user.block_storage.volumes()):
            user.block_storage.delete_volume(row.id)
    until("volumes are gone", lambda: not list(user.block_storage.volumes()) or None, 120)
    until("their objects are trimmed", lambda: not rbd.data_objects("volumes") or None, 120)
    wired.destroy().ok()
    assert kinds(admin) == before
    assert properties(admin, image) == EARLIER
    assert lab.cluster_state()["config-keys"] == []
    steps.delete_everything(admin, user)
