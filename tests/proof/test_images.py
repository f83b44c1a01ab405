"""`commands images` on the lab's Glance: a qcow2 image outside Ceph becomes a raw image in Ceph that volumes clone."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab import root
from lab.endpoints import CLOUDS
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import rbd, steps
from tests.proof.cloud import explained, until_gone

SIZE = 48 * rbd.MEBIBYTE
# The lab's Debian has qemu-img, which need not be installed on the machine.
QEMU_IMG = f"""#!/bin/sh
root={root.path()}
exec $root/lib64/ld-linux-x86-64.so.2 --library-path $root/usr/lib/x86_64-linux-gnu $root/usr/bin/qemu-img "$@"
"""


class Commands:
    """`python -m commands images` as an operator runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "room"
        programs = folder / "bin"
        programs.mkdir()
        (programs / "qemu-img").write_text(QEMU_IMG)
        (programs / "qemu-img").chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def argv(self, what: str, *arguments: str) -> list[str]:
        cloud = ["--cloud", "lab-admin", "--clouds-file", str(CLOUDS), "--fsid", lab.FSID, "--store", "rbd"]
        return [sys.executable, "-m", "commands", "images", what, *cloud, *arguments]

    def run(self, what: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(what, *arguments),
            cwd=lab.CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def killed(self, at: str, what: str, *arguments: str) -> None:
        """Run the command, and kill its process as soon as a printed line contains `at`."""
        run = subprocess.Popen(
            self.argv(what, *arguments), cwd=lab.CHECKOUT, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        assert run.stdout is not None
        try:
            said = next((line for line in run.stdout if at in line), None)
            assert said, f"it never said: {at}"
            time.sleep(0.1)
            run.send_signal(signal.SIGKILL)
        finally:
            run.kill()
            run.wait()
            run.stdout.close()


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    return Commands(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk with a part of zeros, as most disks have."""
    path = tmp_path_factory.mktemp("disk") / "disk.raw"
    with path.open("wb") as file:
        file.write(os.urandom(8 * rbd.MEBIBYTE))
        file.truncate(SIZE)
    return path


@pytest.fixture(scope="module")
def image(stack: Stack, commands: Commands, user: Connection, admin: Connection, raw: Path) -> Iterator[Any]:
    """A qcow2 image with a property, uploaded by the user before the stack is applied."""
    packed = raw.with_suffix(".qcow2")
    argv = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(raw), str(packed)]
    subprocess.run(argv, env=commands.environment, check=True)
    made = steps.upload(user, "packed", packed, "qcow2")
    with explained():
        user.image.update_image(made.id, hw_disk_bus="scsi")
        glance: Any = user.image  # typed as one of two versions
        glance.add_member(made.id, member_id=str(admin.current_project_id))
    stack.up().ok()
    steps.volume_type(admin, steps.BACKEND)
    yield made
    with explained():
        hidden = list(user.image.images(is_hidden=True, owner=user.current_project_id))
        for row in hidden:
            user.image.delete_image(row.id)
    steps.delete_everything(admin, user)


def rows(cloud: Connection, **query: str) -> list[dict[str, Any]]:
    filters = "&".join(f"{name}={value}" for name, value in query.items())
    with explained():
        found: list[dict[str, Any]] = cloud.image.get(f"/images?{filters}").json()["images"]
    return found


def copies(cloud: Connection, image: Any) -> list[dict[str, Any]]:
    """Return the images that were made from an image, hidden or not."""
    return [
        row for hidden in ("true", "false") for row in rows(cloud, os_hidden=hidden, ceph_openstack_source=image.id)
    ]


def test_the_image_is_listed_with_the_reason(commands: Commands, image: Any) -> None:
    done = commands.run("list")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith(image.id)]
    assert line.endswith("0 volumes, 0 servers  not raw; not in RBD"), done.stdout


def test_without_really_it_only_says(commands: Commands, user: Connection, image: Any) -> None:
    done = commands.run("convert", image.id)
    assert done.returncode == 0, done.stderr
    assert "nothing was changed" in done.stdout
    assert copies(user, image) == []


def test_a_run_that_is_killed_in_the_upload_leaves_the_image_as_it_was(
    commands: Commands, user: Connection, image: Any
) -> None:
    commands.killed("uploading", "convert", "packed", "--really", "--folder", str(commands.folder))
    assert [row["id"] for row in rows(user, name="packed")] == [image.id]
    (unfinished,) = copies(user, image)
    assert unfinished["os_hidden"]
    assert user.image.get(f"/images/{image.id}").json()["ceph_openstack_copy"] == unfinished["id"]


def test_the_same_command_finishes_it(
    commands: Commands, user: Connection, admin: Connection, image: Any, raw: Path
) -> None:
    done = commands.run("convert", "packed", "--really", "--read-back", "--folder", str(commands.folder))
    assert done.returncode == 0, done.stderr + done.stdout
    (new,) = copies(user, image)
    assert (new["name"], new["disk_format"], new["hw_disk_bus"], new["os_hidden"]) == ("packed", "raw", "scsi", False)
    assert new["owner"] == user.current_project_id
    members = user.image.get(f"/images/{new['id']}/members").json()["members"]
    assert [row["member_id"] for row in members] == [admin.current_project_id]
    assert new["direct_url"] == f"rbd://{lab.FSID}/images/{new['id']}/snap"
    (old,) = rows(user, os_hidden="true")
    assert (old["id"], old["name"]) == (image.id, "packed (qcow2, replaced)")
    assert (old["ceph_openstack_replaced_by"], "ceph_openstack_copy" in {**old, **new}) == (new["id"], False)
    assert done.stdout.endswith(f"openstack image delete {image.id}\n")
    assert lab.exists("controller1", f"/var/lib/glance/images/{image.id}")
    assert list(commands.folder.iterdir()) == []
    assert rbd.export(f"images/{new['id']}", "sha256sum").split()[0] == hashlib.sha256(raw.read_bytes()).hexdigest()


def test_a_volume_of_it_is_a_clone(commands: Commands, user: Connection, image: Any) -> None:
    (new,) = rows(user, name="packed")
    volume = steps.create_volume(user, "clone", image=user.image.get_image(new["id"]))
    assert rbd.parent(f"volumes/volume-{volume.id}") == f"images/{new['id']}@snap"
    refused = commands.run("convert", new["id"], "--really")
    assert (refused.returncode, "is raw already" in refused.stderr) == (1, True)
    with explained():
        user.block_storage.delete_volume(volume.id)
    until_gone(partial(user.block_storage.get_volume, volume.id), 120)


def test_one_that_was_replaced_is_not_replaced_again(commands: Commands, image: Any) -> None:
    done = commands.run("convert", image.id, "--really")
    assert (done.returncode, "was replaced by" in done.stderr) == (1, True)
