"""What a cloud had before the stack stays usable: images in Glance's single store, servers on a compute's own disks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.live import lab
from tests.live.stack import Stack, dev_settings

IMAGE = "7c1b2f1e-0000-4000-8000-00000000abcd"
SERVER = "7c1b2f1e-0000-4000-8000-000000005e1f"
DISK = f"/var/lib/nova/instances/{SERVER}/disk"
DOMAIN = f"""
  <domain type='qemu'><name>instance-0000abcd</name><uuid>{SERVER}</uuid><memory unit='MiB'>64</memory>
    <os><type arch='x86_64'>hvm</type></os>
    <devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{DISK}'/>
      <target dev='vda' bus='virtio'/></disk></devices></domain>"""

# glance-api's own start and lookup, as its user, with its file.
# `only` stands for a list of stores without the store of earlier images.
LOOK = """
import json, sys, types
from glance.common import config, store_utils, wsgi
import glance_store
url, only = json.load(sys.stdin)
config.parse_args(args=["--config-file=/etc/glance/glance-api.conf"])
if only:
    wsgi.CONF.set_override("enabled_backends", only)
wsgi.initialize_multi_store()
image = types.SimpleNamespace(image_id="x", locations=[{"url": url, "metadata": {}}])
store_utils.update_store_in_locations(None, image, types.SimpleNamespace(save=lambda image: None))
found = image.locations[0]["metadata"].get("store")
try:
    content = b"".join(glance_store.get(url, found)[0]).decode()
except Exception as problem:
    content = type(problem).__name__
print(json.dumps([found, content, wsgi.CONF.glance_store.default_backend]))
"""


@pytest.fixture(scope="module")
def earlier() -> Iterator[dict[str, object]]:
    """An image and a server from before the stack; both are removed afterwards."""
    lab.shell(
        "controller1", f"printf content >/var/lib/glance/images/{IMAGE}; chown glance: /var/lib/glance/images/{IMAGE}"
    )
    lab.shell("compute2", f"mkdir -p $(dirname {DISK}) && truncate -s 1M {DISK}")
    lab.on("compute2", "virsh", "--quiet", "define", "/dev/stdin", stdin=DOMAIN)
    yield {"etc": {node: lab.etc(node) for node in lab.NODES}, "units": lab.units()}
    lab.on("compute2", "virsh", "--quiet", "undefine", "instance-0000abcd", check=False)
    lab.shell("compute2", f"rm -rf $(dirname {DISK})")
    lab.shell("controller1", f"rm -f /var/lib/glance/images/{IMAGE}")


def look(only: dict[str, str] | None = None) -> list[str]:
    url = f"file:///var/lib/glance/images/{IMAGE}"
    argv = ("sudo", "-n", "-u", "glance", "python3", "-c", LOOK)
    found: list[str] = json.loads(lab.on("controller1", *argv, stdin=json.dumps([url, only])).splitlines()[-1])
    return found


def test_a_compute_with_local_disks_is_refused_before_anything_on_it_is_changed(
    stack: Stack, earlier: dict[str, dict[str, object]]
) -> None:
    run = stack.up()
    assert run.status != 0
    assert f"disks of server instance-0000abcd ({DISK}) lie on this host" in run.output
    assert "nothing was changed on this host" in run.output
    assert lab.etc("compute2") == earlier["etc"]["compute2"]
    service = ("compute2", "nova-compute")
    assert lab.units()[service] == earlier["units"][service]  # type: ignore[index]
    assert lab.secrets("compute2") == []


def test_named_attach_only_it_gets_all_for_volumes_and_keeps_its_disks(stack: Stack, earlier: object) -> None:
    stack.settings["nova"]["attach_only"] = ["compute2"]
    stack.write()
    stack.up().ok()
    written = lab.shell("compute2", "sed -n '/^.libvirt/,/^.[a-z]*.$/p' /etc/nova/nova.conf | grep -v '^#'")
    assert "rbd_user = cinder" in written
    assert "images_type" not in written
    assert "images_type = rbd" in lab.shell("compute1", "grep '^images_type' /etc/nova/nova.conf")
    assert lab.unit("compute2", "nova-compute").active == "active"
    assert len(lab.secrets("compute2")) == 1
    listed = lab.as_user("compute2", "nova", "timeout", "30", "rbd", "--id", "cinder", "--pool", "volumes", "ls")
    assert listed.returncode == 0, listed.stderr


def test_images_of_the_single_store_stay_within_reach(stack: Stack, earlier: object) -> None:
    assert look() == ["file_before_ceph", "content", "rbd"]
    without = look({"rbd": "rbd"})
    assert without[0] is None
    assert without[1] != "content"


def test_destroy_leaves_them_as_they_were(stack: Stack, earlier: dict[str, dict[str, object]]) -> None:
    stack.destroy().ok()
    for node in lab.NODES:
        assert lab.etc(node) == earlier["etc"][node]
    assert lab.on("controller1", "cat", f"/var/lib/glance/images/{IMAGE}") == "content"
    stack.settings = dev_settings()
