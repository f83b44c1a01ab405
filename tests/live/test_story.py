"""The life of a stack, in order: preview, up, nothing to do, refresh, a full pool, destroy; and no key anywhere."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import lab
from tests.live.stack import Stack

READY = {
    "glance-api": r"Started child \d+",
    "cinder-volume": r"Starting volume driver RBDDriver",
    "cinder-backup": r"Starting cinder-backup node",
    "nova-compute": r"Starting compute node",
}
BROKEN = re.compile(r"Error connecting to ceph cluster|Could not determine disk usage|Failed to initialize driver")
READ_OPTIONS = """
import json, sys
from oslo_config import cfg
files, wanted = json.load(sys.stdin)
conf = cfg.ConfigOpts()
groups = {}
for section, options in wanted.items():
    group = None if section == "DEFAULT" else section
    conf.register_opts([cfg.StrOpt(name.replace("-", "_")) for name in options], group=group)
conf(files, project="none", default_config_files=[], default_config_dirs=[])
print(json.dumps({s: {o: (conf if s == "DEFAULT" else conf[s])[o] for o in options} for s, options in wanted.items()}))
"""


class CommandLines(threading.Thread):
    """Collects the argument lists of all processes, those of the nodes included, while the thread runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[bytes] = set()
        self.rounds = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    try:
                        self.seen.add((process / "cmdline").read_bytes())
                    except OSError:
                        continue
            self.rounds += 1
            time.sleep(0.005)


@pytest.fixture(scope="module", autouse=True)
def command_lines() -> Iterator[CommandLines]:
    watcher = CommandLines()
    watcher.start()
    yield watcher
    watcher.over.set()
    watcher.join()


@pytest.fixture(scope="module")
def before() -> dict[str, object]:
    """The lab before the stack."""
    return {
        "etc": {node: lab.etc(node) for node in lab.NODES},
        "cluster": lab.cluster_state(),
        "secrets": {node: lab.secrets(node) for node in lab.COMPUTES},
        "units": lab.units(),
    }


def test_preview_needs_no_lab_at_all(stack: Stack, before: dict[str, object]) -> None:
    logins = {node: lab.logins(node) for node in lab.NODES}
    # A network namespace with a loopback of its own only, from which no node can be reached.
    alone = ("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
    run = stack.preview("--diff", before=alone).ok()
    assert run.calls == []
    assert {node: lab.logins(node) for node in lab.NODES} == logins
    assert "output<" not in run.output  # how the CLI shows a value that only an apply would know
    plan = json.loads(stack.preview("--json").ok().output)
    steps = [step["urn"].rsplit("::", 1)[1] for step in plan["steps"]]
    assert len(steps) == len(set(steps)) == 48
    expected = ("cluster", "glance-pool", "cinder-user", "cinder-secret-compute2", "nova-config-compute1", "guard")
    assert set(expected) <= set(steps)


def test_up_wires_everything(stack: Stack, before: dict[str, object]) -> None:
    run = stack.up().ok()
    assert run.connections == dict.fromkeys(lab.NODES, 1)
    earlier = before["units"]
    assert isinstance(earlier, dict)
    for service, unit in lab.units().items():
        assert unit.active == "active", service
        assert unit.invocation != earlier[service].invocation, f"{service} was not restarted"
    assert run.count("restart_unit") == len(lab.SERVICES)


@pytest.mark.parametrize(
    ("node", "user", "entity", "pool", "foreign"),
    [
        ("controller1", "glance", "glance", "images", "cinder"),
        ("controller1", "cinder", "cinder", "volumes", "glance"),
        ("controller1", "cinder", "cinder-backup", "backups", "glance"),
        ("compute1", "nova", "cinder", "vms", None),
        ("compute2", "nova", "cinder", "vms", None),
    ],
)
def test_each_service_works_with_its_own_keyring(
    wired: Stack, node: str, user: str, entity: str, pool: str, foreign: str | None
) -> None:
    listed = lab.as_user(node, user, "timeout", "30", "rbd", "--id", entity, "--pool", pool, "ls")
    assert listed.returncode == 0, listed.stderr
    tree = lab.as_user(node, user, "timeout", "30", "ceph", "--id", entity, "osd", "tree")
    assert tree.returncode == 0, tree.stderr
    assert "osd.0" in tree.stdout
    if foreign:
        path = f"/etc/ceph/ceph.client.{foreign}.keyring"
        assert lab.exists(node, path)
        assert lab.as_user(node, user, "cat", path).returncode != 0, f"{user} can read {path}"
    else:
        nobody = lab.as_user(node, "nobody", "cat", f"/etc/ceph/ceph.client.{entity}.keyring")
        assert nobody.returncode != 0


@pytest.mark.parametrize("node", ["controller1", "compute1", "compute2"])
def test_ceph_conf_is_read_by_ceph(wired: Stack, node: str) -> None:
    for option, value in (("fsid", lab.FSID), ("mon_host", "[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]")):
        assert lab.on(node, "ceph-conf", "--lookup", option).strip() == value


@pytest.mark.parametrize(("node", "name"), lab.SERVICES)
def test_the_running_process_reads_our_options(wired: Stack, node: str, name: str) -> None:
    """With the running process's --config-file list, oslo.config on the node finds every option of ours."""
    command = lab.on(node, "cat", f"/proc/{lab.unit(node, name).pid}/cmdline").split("\0")
    files = [word for word in command if word.startswith("--config-")]
    assert files, command
    ours = {
        resource["inputs"]["component"]: resource["inputs"]
        for resource in wired.resources().values()
        if resource["type"].endswith(":ConfigSections") and resource["inputs"]["host"] == node
    }
    components = {"glance-api": ["glance"], "nova-compute": ["nova"]}.get(name, ["cinder", "cinder-backup"])
    for component in components:
        inputs = ours[component]
        wanted = {section: sorted(options) for section, options in inputs["sections"].items()}
        for section, options in inputs.get("list_items", {}).items():
            wanted[section] = sorted({*wanted.get(section, []), *options})
        request = json.dumps([files, wanted])
        read = json.loads(lab.on(node, "python3", "-c", READ_OPTIONS, stdin=request))
        for section, options in inputs["sections"].items():
            for option, value in options.items():
                assert read[section][option] == value, f"[{section}] {option}"
        for section, lists in inputs.get("list_items", {}).items():
            for option, items in lists.items():
                assert set(items.split(",")) <= {item.strip() for item in read[section][option].split(",")}


@pytest.mark.parametrize(("node", "name"), lab.SERVICES)
def test_the_service_says_that_its_driver_works(wired: Stack, node: str, name: str) -> None:
    text = lab.log_since_start(node, name)
    assert re.search(READY[name], text), text[-2000:]
    assert not BROKEN.search(text), BROKEN.search(text)
    if name == "cinder-volume":
        process = re.search(r"(?m)^\S+ \S+ (\d+) .*Starting volume driver RBDDriver", text)
        assert process, text[-2000:]
        assert re.search(rf"(?m)^\S+ \S+ {process[1]} .*Driver initialization completed successfully", text)


def test_the_earlier_back_end_is_still_enabled(wired: Stack) -> None:
    line = lab.shell("controller1", "grep '^enabled_backends' /etc/cinder/cinder.conf").strip()
    items = [item.strip() for item in line.partition("=")[2].split(",")]
    assert "ceph" in items
    assert len(items) == 2


def test_a_guest_starts_from_rbd_through_the_secret(wired: Stack) -> None:
    node, (uuid,) = "compute1", lab.secrets("compute1")
    lab.on("ceph1", "rbd", "--pool", "vms", "create", "--size", "8M", "guest_disk")
    domain = f"""
      <domain type='qemu'><name>proof</name><memory unit='MiB'>64</memory>
        <os><type arch='x86_64'>hvm</type></os>
        <devices><disk type='network' device='disk'><driver name='qemu' type='raw'/>
          <auth username='cinder'><secret type='ceph' uuid='{uuid}'/></auth>
          <source protocol='rbd' name='vms/guest_disk'><host name='127.0.2.1' port='6789'/></source>
          <target dev='vda' bus='virtio'/></disk></devices></domain>"""
    try:
        lab.on(node, "virsh", "create", "/dev/stdin", stdin=domain)
        watchers = lab.on("ceph1", "rbd", "--pool", "vms", "status", "guest_disk")
        assert "watcher=" in watchers, watchers
        # While the server runs, its secret and its pool are in use, so a destroy is refused before anything is touched.
        refused = wired.destroy()
        assert refused.status != 0
        assert "pool vms holds 1 image" in refused.output
        assert "named by domain proof" in refused.output
        assert "open sessions" in refused.output
    finally:
        lab.on(node, "virsh", "destroy", "proof", check=False)
        lab.on("ceph1", "rbd", "--pool", "vms", "rm", "guest_disk")


def test_up_again_makes_no_connection(wired: Stack) -> None:
    logins = {node: lab.logins(node) for node in lab.NODES}
    run = wired.up("--expect-no-changes").ok()
    assert run.calls == []
    assert {node: lab.logins(node) for node in lab.NODES} == logins


def test_refresh_reads_every_resource_and_changes_nothing(wired: Stack) -> None:
    units, files = lab.units(), {node: lab.etc(node) for node in lab.NODES}
    times = {node: lab.shell(node, "stat -c '%n %Y %Z' /etc/ceph/* /etc/*/*.conf") for node in lab.NODES[1:]}
    run = wired.up("--refresh", "--expect-no-changes").ok()
    assert run.connections == dict.fromkeys(lab.NODES, 1)
    on_hosts = [r for r in wired.resources().values() if "host" in r["inputs"]]
    # One read of files per resource on a host, and bulk answers of the cluster for all resources in the cluster.
    assert run.count("read_files") == len(on_hosts)
    assert run.count("mon_read", "ceph1") >= 4
    assert run.count("apply") == run.count("restart_unit") == 0
    reads = sum(run.count(event) for event in ("read_files", "mon_read", "unit_state", "libvirt_secrets"))
    assert reads <= 2 * len(wired.resources())
    assert lab.units() == units
    assert {node: lab.etc(node) for node in lab.NODES} == files
    assert {node: lab.shell(node, "stat -c '%n %Y %Z' /etc/ceph/* /etc/*/*.conf") for node in lab.NODES[1:]} == times


def test_a_full_pool_refuses_destroy_before_anything_is_changed(wired: Stack) -> None:
    lab.on("ceph1", "rbd", "--pool", "images", "create", "--size", "1M", "precious")
    try:
        state = ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units())
        secrets = {node: lab.secrets(node) for node in lab.COMPUTES}
        run = wired.destroy()
        assert run.status != 0
        assert "pool images holds 1 image (precious)" in run.output
        assert "nothing was changed" in run.output
        assert ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units()) == state
        assert {node: lab.secrets(node) for node in lab.COMPUTES} == secrets
    finally:
        lab.on("ceph1", "rbd", "--pool", "images", "rm", "precious")


def test_no_key_is_anywhere(wired: Stack, command_lines: CommandLines, tmp_path: Path) -> None:
    keys = lab.keys()
    assert len(keys) >= 4
    seen = b"\n".join(command_lines.seen)
    assert command_lines.rounds > 100
    texts = {"argument lists": seen, "console": "\n".join(wired.consoles).encode()}
    texts["export"] = wired.pulumi("stack", "export", "--stack", wired.name, "--show-secrets").output.encode()
    for path in wired.state.rglob("*"):
        if path.is_file() and path.stat().st_size < 20_000_000:
            texts[str(path)] = path.read_bytes()
    for node in lab.NODES:
        texts[f"journal entries on {node}"] = lab.shell(
            node, "cat /var/lib/ceph-openstack/*/* /run/ceph-openstack/*/* 2>/dev/null || true"
        ).encode()
        texts[f"system journal of {node}"] = lab.on(node, "journalctl", "--no-pager", "--quiet").encode()
    texts["config-keys"] = json.dumps(lab.ceph("config-key", "dump", "ceph-openstack/")).encode()
    assert any(b"ceph-openstack" in text for text in texts.values())
    for source, text in texts.items():
        for key in keys:
            assert key.encode() not in text, f"a key is in {source}"


def test_destroy_leaves_no_trace(wired: Stack, before: dict[str, object]) -> None:
    lab.on("ceph1", "ceph", "auth", "get-or-create", "client.foreign", "mon", "allow r")
    lab.on("ceph1", "ceph", "config-key", "set", "foreign/thing", "theirs")
    try:
        running = lab.units()
        run = wired.destroy().ok()
        assert run.connections == dict.fromkeys(lab.NODES, 1)
        after = lab.cluster_state()
        assert after["users"].pop("client.foreign")
        after["config-keys"].remove("foreign/thing")
    finally:
        lab.on("ceph1", "ceph", "auth", "rm", "client.foreign")
        lab.on("ceph1", "ceph", "config-key", "rm", "foreign/thing")
    assert after == before["cluster"]
    earlier = before["etc"]
    assert isinstance(earlier, dict)
    for node in lab.NODES:
        assert lab.etc(node) == earlier[node], f"/etc of {node} is not what it was"
        assert not lab.exists(node, "/var/lib/ceph-openstack")
        assert not lab.exists(node, "/run/ceph-openstack")
    assert {node: lab.secrets(node) for node in lab.COMPUTES} == before["secrets"]
    for service, unit in lab.units().items():
        assert unit.active == "active", service
        assert unit.invocation != running[service].invocation, f"{service} still runs with Ceph"
    assert run.count("restart_unit") == len(lab.SERVICES)
