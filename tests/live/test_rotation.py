"""A key is rotated by a second user.

Services move to the second user, the first user stays until it is retired, and nobody is cut off.
"""

from __future__ import annotations

import json

import pytest

from tests.live import lab
from tests.live.stack import Stack

OLD, NEW = "client.cinder", "client.cinder-g2"
DOMAIN = """
  <domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory>
    <os><type arch='x86_64'>hvm</type></os>
    <devices><disk type='network' device='disk'><driver name='qemu' type='raw'/>
      <auth username='cinder'><secret type='ceph' uuid='{uuid}'/></auth>
      <source protocol='rbd' name='vms/{name}'><host name='127.0.2.1' port='6789'/></source>
      <target dev='vda' bus='virtio'/></disk></devices></domain>"""


@pytest.fixture(scope="module")
def rotated(stack: Stack) -> Stack:
    """Cinder and Nova with a shared user, made with its first generation, then moved to the second."""
    for service in ("glance", "cinder_backup"):
        del stack.settings[service]
    stack.settings["nova"]["hosts"] = ["compute1"]
    stack.write()
    stack.up().ok()
    stack.settings["cinder"]["user"] = {"name": "cinder", "generation": 2}
    stack.write()
    before = lab.units()
    run = stack.up().ok()
    restarted = {service for service, unit in lab.units().items() if unit.invocation != before[service].invocation}
    assert restarted == {("controller1", "cinder-volume"), ("compute1", "nova-compute")}
    assert run.count("restart_unit") == 2
    return stack


def secret_of(stack: Stack, entity: str) -> str:
    rows = [row["inputs"] for row in stack.resources().values() if row["type"].endswith(":LibvirtSecret")]
    return next(str(row["uuid"]) for row in rows if row["entity"] == entity)


def test_services_moved_and_the_first_user_is_still_there(rotated: Stack) -> None:
    users = lab.cluster_state()["users"]
    assert users[OLD][1] == users[NEW][1]
    assert users[OLD][0] != users[NEW][0]
    assert lab.secrets("compute1") == sorted([secret_of(rotated, OLD), secret_of(rotated, NEW)])
    for node, path in (("controller1", "/etc/cinder/cinder.conf"), ("compute1", "/etc/nova/nova.conf")):
        text = lab.on(node, "cat", path)
        assert "rbd_user = cinder-g2\n" in text
        assert f"rbd_secret_uuid = {secret_of(rotated, NEW)}\n" in text
    for entity in ("cinder", "cinder-g2"):
        for node, user in (("controller1", "cinder"), ("compute1", "nova")):
            listed = lab.as_user(node, user, "timeout", "30", "rbd", "--id", entity, "--pool", "volumes", "ls")
            assert listed.returncode == 0, listed.stderr


def test_the_first_user_is_not_retired_while_a_server_needs_it(rotated: Stack) -> None:
    lab.on("ceph1", "rbd", "--pool", "vms", "create", "--size", "8M", "old_server")
    rotated.settings["cinder"]["user"]["keep_previous"] = False
    rotated.write()
    try:
        domain = DOMAIN.format(name="old_server", uuid=secret_of(rotated, OLD))
        lab.on("compute1", "virsh", "create", "/dev/stdin", stdin=domain)
        state = (lab.cluster_state(), {node: lab.etc(node) for node in lab.NODES}, lab.units())
        run = rotated.up()
        assert run.status != 0
        assert "named by domain old_server" in run.output
        assert f"user {OLD} has open sessions" in run.output
        assert (lab.cluster_state(), {node: lab.etc(node) for node in lab.NODES}, lab.units()) == state
    finally:
        lab.on("compute1", "virsh", "destroy", "old_server", check=False)
        lab.on("ceph1", "rbd", "--pool", "vms", "rm", "old_server")


def test_the_first_user_is_retired_and_nobody_restarted(rotated: Stack) -> None:
    units, first = lab.units(), secret_of(rotated, OLD)
    run = rotated.up().ok()
    assert run.count("restart_unit") == 0
    assert lab.units() == units
    assert OLD not in lab.cluster_state()["users"]
    assert first not in lab.secrets("compute1")
    for node in ("controller1", "compute1"):
        assert not lab.exists(node, "/etc/ceph/ceph.client.cinder.keyring")
        assert "[client.cinder]" not in lab.on(node, "cat", "/etc/ceph/ceph.conf")
    listed = lab.as_user("compute1", "nova", "timeout", "30", "rbd", "--id", "cinder-g2", "--pool", "vms", "ls")
    assert listed.returncode == 0, listed.stderr
    rotated.up("--refresh", "--expect-no-changes").ok()


def test_no_key_was_shown_or_kept(rotated: Stack) -> None:
    exported = rotated.pulumi("stack", "export", "--stack", rotated.name, "--show-secrets").output
    text = "\n".join([*rotated.consoles, exported, json.dumps(lab.ceph("config-key", "dump", "ceph-openstack/"))])
    assert not [entity for entity, (key, _) in lab.cluster_state()["users"].items() if key in text]
    rotated.destroy().ok()
