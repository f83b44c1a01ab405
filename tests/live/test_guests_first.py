"""Guests first, on the lab: Nova gets a user of its own while a guest runs, and the guest loses nothing meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import lab
from tests.live.stack import Stack

UUID = "7c1b2f1e-0000-4000-8000-0000000beef1"
LOST = (
    "client.cinder would lose pool vms, where 1 image is open from compute1 (1): keep the grant with"
    " `keep_pools: [vms]` under ceph-openstack:cinder.user"
)


def guests(stack: Stack, status: int) -> list[dict[str, Any]]:
    """Return the guests of compute1, as the command prints them."""
    done = subprocess.run(
        [sys.executable, "-m", "commands", "guests", "--stack", stack.name, "--project", str(stack.folder), "--json"],
        cwd=lab.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["hosts"][0]["guests"]
    return found


@pytest.fixture(scope="module")
def guest(wired: Stack) -> Iterator[str]:
    """A running guest on compute1 whose disk is in Nova's pool, started as Nova starts it with the shared user."""
    (secret,) = lab.secrets("compute1")
    lab.on("ceph1", "rbd", "create", "vms/beef_disk", "--size", "8")
    disk = f"""<disk type='network' device='disk'><driver name='qemu' type='raw'/>
      <auth username='cinder'><secret type='ceph' uuid='{secret}'/></auth>
      <source protocol='rbd' name='vms/beef_disk'><host name='127.0.2.1' port='6789'/></source>
      <target dev='vda' bus='virtio'/></disk>"""
    domain = f"""<domain type='qemu'><name>beef</name><uuid>{UUID}</uuid><memory unit='MiB'>64</memory>
      <os><type arch='x86_64'>hvm</type></os><devices>{disk}</devices></domain>"""
    lab.on("compute1", "virsh", "--quiet", "create", "/dev/stdin", stdin=domain)
    yield secret
    lab.on("compute1", "virsh", "--quiet", "destroy", "beef", check=False)
    lab.on("ceph1", "rbd", "rm", "--no-progress", "vms/beef_disk", check=False)


def osd_caps(entity: str) -> str:
    text: str = lab.ceph("auth", "get", entity)[0]["caps"]["osd"]
    return text


def test_a_running_guest_is_listed_with_its_disk_user_and_secret(wired: Stack, guest: str) -> None:
    (seen,) = guests(wired, 0)
    (disk,) = seen["disks"]
    assert (seen["name"], seen["uuid"], seen["old"]) == ("beef", UUID, False)
    assert (disk["pool"], disk["image"], disk["user"], disk["secret"]) == ("vms", "beef_disk", "cinder", guest)
    assert disk["monitors"] == ["127.0.2.1:6789"]
    assert seen["started"] is not None
    assert seen["started_before_ceph_conf_changed"] is False


def test_a_user_of_its_own_for_nova_is_refused_before_anything_is_changed(wired: Stack, guest: str) -> None:
    before = {node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units(), lab.secrets("compute1")
    wired.settings["nova"]["user"] = {"name": "nova"}
    wired.write()
    run = wired.up()
    assert run.status != 0
    assert LOST in run.output, run.output
    assert "nothing was changed" in run.output
    after = {node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units(), lab.secrets("compute1")
    assert after == before


def test_keep_pools_keeps_the_grant_until_the_guest_has_gone(wired: Stack, guest: str) -> None:
    wired.settings["cinder"]["user"] = {"name": "cinder", "keep_pools": ["vms"]}
    wired.write()
    wired.up().ok()
    assert "pool=vms" in osd_caps("client.cinder")
    assert "pool=vms" in osd_caps("client.nova")
    (seen,) = guests(wired, 2)
    assert seen["disks"][0]["old"][0] == "user cinder instead of nova"
    wired.settings["cinder"]["user"] = {"name": "cinder"}
    wired.write()
    run = wired.up()
    assert run.status != 0
    assert LOST in run.output, run.output
    assert "pool=vms" in osd_caps("client.cinder")
    lab.on("compute1", "virsh", "--quiet", "destroy", "beef")
    assert guests(wired, 0) == []
    wired.up().ok()
    assert "pool=vms" not in osd_caps("client.cinder")
    assert "pool=vms" in osd_caps("client.nova")
    wired.preview("--expect-no-changes").ok()
