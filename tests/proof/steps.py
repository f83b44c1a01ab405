"""What a user of the cloud does, one call a step; each call returns when the cloud says that the step is done."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from openstack.connection import Connection

from lab.endpoints import CLOUDS
from tests.live import lab
from tests.proof import rbd
from tests.proof.cloud import explained, until, until_gone, until_status

POOLS = ("images", "volumes", "vms", "backups")
BACKEND = "ceph"
"""Name of the back end's section, of its volume_backend_name, and of the volume type that selects the back end."""


def upload(cloud: Connection, name: str, path: Path, disk_format: str = "raw") -> Any:
    with explained(), path.open("rb") as data:
        reader: Any = data  # create_image is typed for bytes, but reads a file while sending the file
        image = cloud.image.create_image(
            name=name, data=reader, disk_format=disk_format, container_format="bare", timeout=120
        )
    return until_status(lambda: cloud.image.get_image(image.id), "active", 120)


def volume_type(admin: Connection, name: str) -> Any:
    """Return the type that selects a back end, after making the type if there is none."""
    with explained():
        made = next((kind for kind in admin.block_storage.types() if kind.name == name), None)
        return made or admin.block_storage.create_type(name=name, extra_specs={"volume_backend_name": name})


def create_volume(cloud: Connection, name: str, *, image: Any = None, kind: str = BACKEND, size: int = 1) -> Any:
    with explained():
        made = cloud.block_storage.create_volume(
            name=name, size=size, volume_type=kind, **({"image_id": image.id} if image else {})
        )
    return until_status(lambda: cloud.block_storage.get_volume(made.id), "available", 120)


def boot(cloud: Connection, name: str, *, image: Any = None, volume: Any = None, host: str | None = None) -> Any:
    """Boot from an image or a volume; only an administrator may name the host."""
    flavor = "small" if image else "volume"
    source: dict[str, Any] = {"image_id": image.id} if image else {}
    if volume:
        source["block_device_mapping"] = [
            {"boot_index": 0, "uuid": volume.id, "source_type": "volume", "destination_type": "volume"}
        ]
    if host:
        source["host"] = host
    with explained():
        wanted = cloud.compute.find_flavor(flavor, ignore_missing=False)
        made = cloud.compute.create_server(name=name, flavor_id=wanted.id, networks="none", **source)
    return until_status(lambda: cloud.compute.get_server(made.id), "active", 180)


def host_of(admin: Connection, server: Any) -> str:
    with explained():
        return str(admin.compute.get_server(server.id).compute_host)


def attach(cloud: Connection, server: Any, volume: Any) -> None:
    with explained():
        cloud.compute.create_volume_attachment(server, volume_id=volume.id)
    until_status(lambda: cloud.block_storage.get_volume(volume.id), "in-use", 90)


def detach(cloud: Connection, server: Any, volume: Any) -> None:
    with explained():
        cloud.compute.delete_volume_attachment(server, volume.id)
    until_status(lambda: cloud.block_storage.get_volume(volume.id), "available", 120)

    def gone() -> bool | None:
        return all(found.volume_id != volume.id for found in cloud.compute.volume_attachments(server)) or None

    until(
        "Nova, too, lists the volume no more", gone, 60
    )  # later than Cinder from 2025.1 on, and refuses it until then


def snapshot(cloud: Connection, server: Any, name: str) -> Any:
    with explained():
        image = cloud.compute.create_server_image(server, name)
    found = until_status(lambda: cloud.image.get_image(image.id), "active", 180)
    until_status(lambda: cloud.compute.get_server(server.id), "active", 60)
    return found


def backup(cloud: Connection, volume: Any, name: str, *, incremental: bool = False) -> Any:
    """Back a volume up, and try again while a restarted cinder-backup has not yet reported to the scheduler."""

    def tried() -> Any:
        with explained():
            made = cloud.block_storage.create_backup(
                volume_id=volume.id, name=name, is_incremental=incremental, force=status == "in-use"
            )
        try:
            return until_status(lambda: cloud.block_storage.get_backup(made.id), "available", 180)
        except AssertionError as error:
            if "Service not found for creating backup" not in str(error):
                raise
            with explained():
                cloud.block_storage.delete_backup(made.id)
            return None

    with explained():
        status = cloud.block_storage.get_volume(volume.id).status
    found = until("cinder-backup has reported", tried, 60)
    until_status(lambda: cloud.block_storage.get_volume(volume.id), status, 60)
    return found


def restore(cloud: Connection, saved: Any, onto: Any) -> None:
    with explained():
        storage: Any = cloud.block_storage  # typed as one of two versions
        storage.restore_backup(saved.id, volume_id=onto.id)
    until_status(lambda: cloud.block_storage.get_backup(saved.id), "available", 180)
    until_status(lambda: cloud.block_storage.get_volume(onto.id), "available", 60)


def delete_servers(cloud: Connection) -> None:
    with explained():
        servers = list(cloud.compute.servers())
        for server in servers:
            cloud.compute.delete_server(server)
    for server in servers:
        until_gone(partial(cloud.compute.get_server, server.id), 120)


def delete_everything(admin: Connection, user: Connection) -> None:
    """Delete what the user has, in the order that the services ask for: children before their parents."""
    delete_servers(user)
    delete_data(admin, user)


def delete_data(admin: Connection, user: Connection) -> None:
    """Delete backups, volumes, images and volume types; no server may be left."""
    storage, image = user.block_storage, user.image
    with explained():
        # The newest first, because a backup cannot be deleted before the increments that build on that backup.
        backups = sorted(storage.backups(), key=lambda row: row.created_at, reverse=True)
    for saved in backups:
        with explained():
            storage.delete_backup(saved.id)
        until_gone(partial(storage.get_backup, saved.id), 120)
    with explained():
        volumes = list(storage.volumes())
        for volume in volumes:
            storage.delete_volume(volume.id)
    for volume in volumes:
        until_gone(partial(storage.get_volume, volume.id), 120)
    with explained():
        for row in list(image.images(owner=user.current_project_id)):
            image.delete_image(row.id)
        for kind in list(admin.block_storage.types()):
            if kind.name in (BACKEND, "nfs", "west"):
                admin.block_storage.delete_type(kind.id)


def left_in_pools(pools: tuple[str, ...] = POOLS) -> dict[str, list[str]]:
    return {pool: left for pool in pools if (left := rbd.images(pool) + rbd.trash(pool))}


def shown(what: str, id_: str) -> dict[str, Any]:
    """Return what the `openstack` command on the controller shows of an image, a volume or a server."""
    script = (
        f"f=$(mktemp) && cat >$f && OS_CLIENT_CONFIG_FILE=$f openstack --os-cloud lab {what} show {id_} -f json; rm $f"
    )
    found: dict[str, Any] = json.loads(lab.on("controller1", "sh", "-c", script, stdin=CLOUDS.read_text()))
    return found
