"""What lies in the pools, asked from the cluster as its administrator, without OpenStack."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.live import lab

MEBIBYTE = 1 << 20


def rbd(*arguments: str, node: str = "ceph1") -> Any:
    text = lab.on(node, "rbd", "--format", "json", *arguments)
    return json.loads(text) if text.strip() else None


def images(pool: str, node: str = "ceph1") -> list[str]:
    found: list[str] = rbd("ls", "--pool", pool, node=node)
    return sorted(found)


def trash(pool: str) -> list[str]:
    return [row["name"] for row in rbd("trash", "ls", "--all", "--pool", pool)]


def snapshots(image: str) -> dict[str, bool]:
    """Return the snapshots of an image: name -> whether the snapshot is protected."""
    return {row["name"]: row["protected"] == "true" for row in rbd("snap", "ls", image)}


def parent(image: str, node: str = "ceph1") -> str | None:
    found = rbd("info", image, node=node).get("parent")
    return f"{found['pool']}/{found['image']}@{found['snapshot']}" if found else None


def used(image: str) -> int:
    """Return the bytes that the image takes by itself, without its parent's."""
    return sum(int(row["used_size"]) for row in rbd("du", image)["images"])


def watchers(image: str, node: str = "ceph1") -> list[str]:
    return [row["address"] for row in rbd("status", image, node=node)["watchers"]]


def export(image: str, command: str, node: str = "ceph1") -> str:
    """Feed an image's bytes to a shell command on the cluster's node, and return what the command prints."""
    argv = ["bash", "-o", "pipefail", "-c", f"rbd export --no-progress {image} - | {command}"]
    return lab.on(node, *argv, timeout=180).strip()


def digest(image: str, node: str = "ceph1") -> str:
    return export(image, "sha256sum", node).split()[0]


def sector(image: str, number: int) -> str:
    """Return the text in one sector."""
    read = f"tail -c +{number * 512 + 1} | head -c 512 | tr -d '\\0'"
    # No pipefail, because head ends before the export is over.
    return lab.on(
        "ceph1", "bash", "-c", f"rbd export --no-progress {image} - 2>/dev/null | {read}", timeout=180
    ).strip()


def data_objects(pool: str, node: str = "ceph1") -> int:
    """Return how many objects hold data; objects of deleted snapshots count until the OSDs have trimmed them."""
    return sum(name.startswith("rbd_data.") for name in lab.on(node, "rados", "--pool", pool, "ls").split())


def write_through(node: str, script: str, content: bytes) -> bytes:
    """Run a shell script on a node with `content` as its input, and return its output."""
    argv = [str(lab.PROGRAM), "exec", node, "sh", "-c", script]
    return subprocess.run(argv, input=content, stdout=subprocess.PIPE, timeout=120, check=True).stdout
