"""The lab as the tests see it: commands on nodes, files, services, the cluster's state and keys."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.command import HUNG_S
from lab.errors import LabError
from lab.machine import running

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = CHECKOUT / "lab" / "lab"
USED = CHECKOUT / ".state" / "lab" / "used"
"""While this file exists, the Makefile makes a new lab for the tests."""
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
import json, os, rados, sys
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect(timeout=20)
answers = []
for prefix in sys.argv[1:]:
    status, answer, reason = cluster.mon_command(json.dumps({"prefix": prefix, "format": "json"}), b"")
    assert status == 0, (prefix, reason)
    answers.append(json.loads(answer))
print(json.dumps(answers), flush=True)
os._exit(0)  # librados 16.2 may abort in its threads when the interpreter tears its library down below them
"""
# libvirtd writes this file by itself while it answers requests, whoever asks.
NOT_OURS = ("/etc/ceph/rbdmap",)


def on(node: str, *command: str, stdin: str = "", check: bool = True, timeout: float = HUNG_S) -> str:
    """Run a command as root on a node, without ssh, and return its standard output.

    Args:
        node: The node's name.
        command: The command and its arguments.
        stdin: Text for its standard input.
        check: Whether a failure, or a node that does not run, is an error; otherwise the text may be empty.
        timeout: Seconds after which the command is given up.
    """
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


def shell(node: str, script: str, check: bool = True, timeout: float = HUNG_S) -> str:
    return on(node, "sh", "-c", script, check=check, timeout=timeout)


def as_user(node: str, user: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a node as a service's user; the caller looks at the exit status."""
    argv = running(node).inside(["sudo", "-n", "-u", user, *command])
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HUNG_S, check=False)


def etc(node: str) -> dict[str, str]:
    """Return everything in /etc and in our own folders elsewhere: path -> mode, owner, group and content's digest."""
    ours = shell(node, "ls -d /var/lib/ceph-openstack /run/ceph-openstack* 2>/dev/null", check=False)
    lines = on(node, "python3", "-c", LIST_TREE, "/etc", *ours.split()).splitlines()
    found = dict(line.split(" ", 1) for line in lines)
    return {path: state for path, state in found.items() if path not in NOT_OURS}


def edit(node: str, path: str, script: str) -> None:
    """Change a file with a sed script, as an operator would; a script that changes nothing is an error of the test."""
    shell(node, f"cp -p '{path}' /tmp/before && sed -i -E '{script}' '{path}' && ! cmp -s /tmp/before '{path}'")


def exists(node: str, path: str) -> bool:
    return "yes" in shell(node, f"test -e '{path}' && echo yes", check=False)


def ceph(*arguments: str) -> Any:
    """Run `ceph` as the cluster's administrator, and return its parsed JSON, or None when it prints nothing."""
    text = on("ceph1", "ceph", "--connect-timeout", "20", *arguments, "--format", "json")
    return json.loads(text) if text.strip() else None


def cluster_state(node: str = "ceph1") -> dict[str, Any]:
    """Return the pools, users and config-keys that a destroy has to leave as before, of the cluster of a node."""
    questions = ("auth ls", "osd dump", "config-key ls")
    auth, osds, stored = json.loads(on(node, "python3", "-c", ASK_MONITORS, *questions))
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
    """Return the libvirt secrets: UUID -> SHA-256 of the value."""
    values = {uuid: on(node, "virsh", "--quiet", "secret-get-value", uuid, check=False) for uuid in secrets(node)}
    return {uuid: hashlib.sha256(value.strip().encode()).hexdigest() for uuid, value in values.items()}


@dataclass(frozen=True)
class Unit:
    """A systemd unit's state, invocation, main process and start time, as `systemctl show` prints them."""

    active: str
    invocation: str
    pid: int
    started: str


def states(node: str, *names: str) -> list[Unit]:
    """Return units of one node in the order of `names`."""
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
    wanted = {node: [name for there, name in SERVICES if there == node] for node, _ in SERVICES}
    found = {node: states(node, *names) for node, names in wanted.items()}
    return {(node, name): unit for node, names in wanted.items() for name, unit in zip(names, found[node], strict=True)}


def log_since_start(node: str, name: str) -> str:
    """Return the part of a service's log file that begins with the start of its present process."""
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
        "units": {service: unit.active for service, unit in units().items()},
        "secrets": {node: secrets(node) for node in COMPUTES},
        "domains": {node: on(node, "virsh", "--quiet", "list", "--all", "--name") for node in COMPUTES},
    }


def logins(node: str) -> int:
    """Return how many ssh connections the node's sshd has accepted."""
    text = on(node, "journalctl", "--no-pager", "--quiet", "--unit=ssh", "--output=cat")
    return text.count("Accepted publickey")
