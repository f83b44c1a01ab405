"""The lab as the tests see it: commands on nodes, what is in /etc, what a service is, which keys there are."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.machine import running

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = CHECKOUT / "lab" / "lab"
USED = CHECKOUT / ".state" / "lab" / "used"
"""Says that tests need a new lab (Makefile)."""
FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
NODES = ("ceph1", "controller1", "compute1", "compute2")
CONTROLLER, COMPUTES = "controller1", ("compute1", "compute2")

LIST_TREE = """
import hashlib, os, stat, sys
for root in sys.argv[1:]:
    for folder, names, files in list(os.walk(root)) or [(root, [], [])]:
        for name in sorted(names + files) + ["."]:
            path = os.path.normpath(os.path.join(folder, name))
            found = os.lstat(path)
            kind = stat.S_IFMT(found.st_mode)
            content = ""
            if stat.S_ISREG(kind):
                content = hashlib.sha256(open(path, "rb").read()).hexdigest()
            elif stat.S_ISLNK(kind):
                content = os.readlink(path)
            print(path, oct(found.st_mode), found.st_uid, found.st_gid, content)
"""
ASK_MONITORS = """
import json, rados, sys
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect(timeout=20)
answers = []
for prefix in sys.argv[1:]:
    status, answer, reason = cluster.mon_command(json.dumps({"prefix": prefix, "format": "json"}), b"")
    assert status == 0, (prefix, reason)
    answers.append(json.loads(answer))
print(json.dumps(answers))
"""
# Written by libvirtd itself while it runs, whoever asks it for something.
NOT_OURS = ("/etc/ceph/rbdmap",)


def on(node: str, *command: str, stdin: str = "", check: bool = True, timeout: float = 120) -> str:
    """Run a command as root on a node, past its sshd, and return its output; without `check` a node may be absent."""
    try:
        argv = running(node).inside(list(command))
    except LabError:
        if check:
            raise
        return ""
    done = subprocess.run(
        argv,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{node}: {' '.join(command)[:200]}: {done.returncode}: {done.stderr}{done.stdout}"[:2000])
    return done.stdout


def shell(node: str, script: str, check: bool = True, timeout: float = 120) -> str:
    return on(node, "sh", "-c", script, check=check, timeout=timeout)


def as_user(node: str, user: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a node as a service's own user; the caller looks at the exit status."""
    argv = running(node).inside(["sudo", "-n", "-u", user, *command])
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def etc(node: str) -> dict[str, str]:
    """Return everything in /etc and of ours elsewhere: path -> mode, owner, group and content's digest."""
    ours = shell(node, "ls -d /var/lib/ceph-openstack /run/ceph-openstack* 2>/dev/null", check=False)
    places = ["/etc", *ours.split()]
    lines = on(node, "python3", "-c", LIST_TREE, *places).splitlines()
    found = dict(line.split(" ", 1) for line in lines)
    return {path: state for path, state in found.items() if path not in NOT_OURS}


def edit(node: str, path: str, script: str) -> None:
    """Change a file with sed, as an operator would; one that stays the same is a mistake in the test."""
    shell(node, f"cp -p '{path}' /tmp/before && sed -i -E '{script}' '{path}' && ! cmp -s /tmp/before '{path}'")


def exists(node: str, path: str) -> bool:
    return "yes" in shell(node, f"test -e '{path}' && echo yes", check=False)


def ceph(*words: str, **arguments: Any) -> Any:
    """Ask the cluster as its administrator; JSON answers are parsed."""
    text = on("ceph1", "ceph", "--connect-timeout", "20", *words, "--format", "json")
    return json.loads(text) if text.strip() else None


def cluster_state() -> dict[str, Any]:
    """Return pools, users and config-keys with everything that a destroy has to bring back."""
    questions = ("auth ls", "osd dump", "config-key ls")
    auth, osds, stored = json.loads(on("ceph1", "python3", "-c", ASK_MONITORS, *questions))
    users = {row["entity"]: [row["key"], row["caps"]] for row in auth["auth_dump"]}
    pools = {
        row["pool_name"]: [row["size"], row["min_size"], row["pg_autoscale_mode"], row.get("application_metadata")]
        for row in osds["pools"]
    }
    keys = [key for key in stored if "ceph-openstack" in key or key.startswith("foreign")]
    return {"users": users, "pools": pools, "config-keys": keys}


def keys() -> list[str]:
    """Return the text of every key in the cluster."""
    (auth,) = json.loads(on("ceph1", "python3", "-c", ASK_MONITORS, "auth ls"))
    return [row["key"] for row in auth["auth_dump"]]


def secrets(node: str) -> list[str]:
    return sorted(line.split()[0] for line in on(node, "virsh", "--quiet", "secret-list").splitlines() if line.strip())


def secret_values(node: str) -> dict[str, str]:
    """Return the digest of each libvirt secret's value by UUID."""
    values = {uuid: on(node, "virsh", "--quiet", "secret-get-value", uuid, check=False) for uuid in secrets(node)}
    return {uuid: hashlib.sha256(value.strip().encode()).hexdigest() for uuid, value in values.items()}


@dataclass(frozen=True)
class Unit:
    """A service process: which invocation, whether it is up."""

    active: str
    invocation: str
    pid: int
    started: str


def states(node: str, *names: str) -> list[Unit]:
    """Return units of one node, in the order asked for."""
    wanted = "ActiveState,InvocationID,MainPID,ExecMainStartTimestamp"
    blocks = on(node, "systemctl", "show", *names, f"--property={wanted}", "--timestamp=unix").strip().split("\n\n")
    rows = [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks]
    return [
        Unit(row["ActiveState"], row["InvocationID"], int(row["MainPID"]), row["ExecMainStartTimestamp"].lstrip("@"))
        for row in rows
    ]


def unit(node: str, name: str) -> Unit:
    (found,) = states(node, name)
    return found


SERVICES = {
    (CONTROLLER, "glance-api"): "glance",
    (CONTROLLER, "cinder-volume"): "cinder",
    (CONTROLLER, "cinder-backup"): "cinder",
    ("compute1", "nova-compute"): "nova",
    ("compute2", "nova-compute"): "nova",
}

CONF = {
    "glance-api": "/etc/glance/glance-api.conf",
    "cinder-volume": "/etc/cinder/cinder.conf",
    "cinder-backup": "/etc/cinder/cinder.conf",
    "nova-compute": "/etc/nova/nova.conf",
}


def units() -> dict[tuple[str, str], Unit]:
    places = {node: [name for there, name in SERVICES if there == node] for node, _ in SERVICES}
    found = {node: states(node, *names) for node, names in places.items()}
    return {(node, name): unit for node, names in places.items() for name, unit in zip(names, found[node], strict=True)}


def log_since_start(node: str, name: str) -> str:
    """Return what a service's log file holds since its present process started."""
    folder = name.split("-")[0]
    since = float(unit(node, name).started)
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since))
    lines = on(node, "cat", f"/var/log/{folder}/{name}.log").splitlines()
    return "\n".join(line for line in lines if line[:19] >= stamp)


def everything() -> dict[str, Any]:
    """Return what tests have to leave as they found it."""
    return {
        "etc": {node: etc(node) for node in NODES},
        "cluster": cluster_state(),
        "units": {place: unit.active for place, unit in units().items()},
        "secrets": {node: secrets(node) for node in COMPUTES},
        "domains": {node: on(node, "virsh", "--quiet", "list", "--all", "--name") for node in COMPUTES},
    }


def logins(node: str) -> int:
    """Return how many ssh connections the node's sshd has accepted."""
    text = on(node, "journalctl", "--no-pager", "--quiet", "--unit=ssh", "--output=cat")
    return text.count("Accepted publickey")
