"""Guests first, on the lab: Nova gets a user of its own while a guest runs, and the guest loses nothing meanwhile.

qemu is Debian's own user here, and the guest has an admin socket and a log.
"""

from __future__ import annotations

import json
import re
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


SOCKETS, LOGS = "/run/ceph-guests", "/var/log/ceph-guests"
OPTIONS = {"admin socket": f"/var{SOCKETS}/$cluster-$type.$id.$pid.$cctid.asok", "log file": f"{LOGS}/$name.$pid.log"}
TMPFILES, RULES = "/etc/tmpfiles.d/ceph-guests.conf", "/etc/apparmor.d/local/abstractions/libvirt-qemu"
QEMU = "libvirt-qemu"


def guests(stack: Stack, status: int, *more: str) -> list[dict[str, Any]]:
    """Return the guests of compute1, as the command prints them."""
    arguments = ["--stack", stack.name, "--project", str(stack.folder), "--json", *more]
    done = subprocess.run(
        [sys.executable, "-m", "commands", "guests", *arguments],
        cwd=lab.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["hosts"][0]["guests"]
    return found


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    """What is in /etc of compute1 before the stack."""
    return lab.etc("compute1")


@pytest.fixture(scope="module")
def wired(stack: Stack, before: dict[str, str]) -> Stack:
    """A stack that lets guests have sockets and logs, and keeps copies of files, applied."""
    stack.settings["nova"] |= {"client_options": OPTIONS, "apparmor_file": RULES}
    stack.settings["visible_copies"] = True
    stack.settings["cluster"]["selinux_type"] = "etc_t"
    stack.write()
    stack.up().ok()
    return stack


@pytest.fixture(scope="module")
def unprivileged() -> Iterator[None]:
    """Libvirt of compute1 as Debian ships it, as far as who qemu is: the lab's own is root."""
    user, group = f'user = "{QEMU}"', f'group = "{QEMU}"'
    lab.shell(
        "compute1",
        f"cp -p /etc/libvirt/qemu.conf /run/ && sed -i 's/^user = .*/{user}/; s/^group = .*/{group}/'"
        " /etc/libvirt/qemu.conf && systemctl restart libvirtd",
    )
    yield
    lab.shell("compute1", "cp -p /run/qemu.conf /etc/libvirt/ && rm /run/qemu.conf && systemctl restart libvirtd")


@pytest.fixture(scope="module")
def guest(wired: Stack, unprivileged: None) -> Iterator[str]:
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


def test_a_file_has_a_copy_of_before(wired: Stack, before: dict[str, str]) -> None:
    now = lab.etc("compute1")
    assert now["/etc/nova/nova.conf.0"] == before["/etc/nova/nova.conf"], "owner, mode and content"
    assert now["/etc/nova/nova.conf"] != before["/etc/nova/nova.conf"]
    assert "/etc/ceph/ceph.conf.0" not in now, "the stack has made that file"


def test_a_host_without_selinux_is_left_alone(wired: Stack) -> None:
    assert sum(name.startswith("label-etc-ceph-") for name in wired.resources()) > 4
    assert "label-" not in lab.on("compute1", "ls", "/var/lib/ceph-openstack/live")


def test_an_unprivileged_qemu_has_its_socket_and_its_log(wired: Stack, guest: str) -> None:
    pid = lab.on("compute1", "cat", "/run/libvirt/qemu/beef.pid").strip()
    assert lab.on("compute1", "stat", "-c", "%U", f"/proc/{pid}").strip() == QEMU
    # Of the security drivers only DAC is in force, because this kernel has neither AppArmor nor SELinux.
    assert f"<baselabel type='kvm'>+{lab.on('compute1', 'id', '-u', QEMU).strip()}:" in lab.on(
        "compute1", "virsh", "capabilities"
    )
    (path,) = lab.shell("compute1", f"ls {SOCKETS}/*").split()
    assert re.fullmatch(rf"{SOCKETS}/ceph-client\.cinder\.{pid}\.\d+\.asok", path)
    assert lab.on("compute1", "stat", "-c", "%U %F", path).strip() == f"{QEMU} socket"
    assert "perf dump" in json.loads(lab.on("compute1", "ceph", "daemon", path, "help"))
    log = f"{LOGS}/client.cinder.{pid}.log"
    assert lab.on("compute1", "stat", "-c", "%U", log).strip() == QEMU
    # The client looks for a keyring first, which is closed to qemu, and then takes the key that libvirt hands to qemu.
    assert "unable to find a keyring" in lab.on("compute1", "cat", log)


def test_the_guest_is_asked_by_its_socket_and_tells_no_key(wired: Stack, guest: str) -> None:
    (seen,) = guests(wired, 0, "--socket")
    (asked,) = seen["sockets"]
    assert (seen["name"], asked["problem"], seen["why_none"]) == ("beef", "", "")
    assert "perf dump" in asked["answer"]
    (perf,) = (guest["sockets"][0]["answer"] for guest in guests(wired, 0, "--socket", "perf", "dump"))
    assert any(name.startswith("librbd-") and "beef_disk" in name for name in perf)
    (conf,) = (guest["sockets"][0]["answer"] for guest in guests(wired, 0, "--socket", "config", "show"))
    assert conf["admin_socket"].startswith(f"/var{SOCKETS}/ceph-client.cinder.")
    raw = lab.on("compute1", "ceph", "daemon", asked["path"], "config", "show")
    known = lab.keys()
    (key,) = [key for key in known if key in raw]
    assert key not in json.dumps(conf)
    (option,) = (guest["sockets"][0]["answer"] for guest in guests(wired, 0, "--socket", "config get", "rbd_cache"))
    assert option == {"rbd_cache": "true"}


def test_a_boot_makes_the_folder_again(wired: Stack, guest: str) -> None:
    lab.on("compute1", "mv", SOCKETS, "/run/away")
    (seen,) = guests(wired, 2, "--socket")
    assert seen["why_none"].startswith(f"there is no folder {SOCKETS}")
    lab.on("compute1", "systemd-tmpfiles", "--create", TMPFILES)
    assert lab.on("compute1", "stat", "-c", "%U:%G %a", SOCKETS).strip() == f"{QEMU}:kvm 770"
    (seen,) = guests(wired, 2, "--socket")
    assert seen["why_none"].startswith(f"no client of the guest listens in {SOCKETS}")
    lab.shell("compute1", f"rmdir {SOCKETS} && mv /run/away {SOCKETS}")


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


def test_a_destroy_leaves_neither_rules_nor_folders(wired: Stack, before: dict[str, str]) -> None:
    assert '"/run/ceph-guests/*" rw,' in lab.on("compute1", "cat", RULES)
    lab.on("ceph1", "rbd", "rm", "--no-progress", "vms/beef_disk")
    lab.shell("compute1", f"rm -f {SOCKETS}/* {LOGS}/*")
    wired.destroy().ok()
    after = lab.etc("compute1")
    assert {path: state for path, state in after.items() if "libvirt/qemu.conf" not in path} == {
        path: state for path, state in before.items() if "libvirt/qemu.conf" not in path
    }
    assert not lab.exists("compute1", SOCKETS)
    assert not lab.exists("compute1", LOGS)
