"""All that a run must not touch, read without the product: files, units, the cluster, libvirt's secrets, guests."""

from __future__ import annotations

import json
from typing import Any

from tests.live import lab

LIST_ETC = """
import hashlib, json, os, stat, sys
found = {}
for folder, names, files in os.walk("/etc"):
    for name in [".", *names, *files]:
        path = os.path.normpath(os.path.join(folder, name))
        row = os.lstat(path)
        content = ""
        if stat.S_ISREG(row.st_mode):
            content = hashlib.sha256(open(path, "rb").read()).hexdigest()
        elif stat.S_ISLNK(row.st_mode):
            content = os.readlink(path)
        found[path] = [oct(row.st_mode), row.st_uid, row.st_gid, row.st_mtime_ns, content]
print(json.dumps(found))
"""
MTIME = 3


def files(node: str) -> dict[str, list[Any]]:
    """Return everything in a node's /etc: path -> mode, user, group, mtime in ns, and content's SHA-256 or target."""
    found: dict[str, list[Any]] = json.loads(lab.on(node, "python3", "-c", LIST_ETC))
    return {path: row for path, row in found.items() if path not in lab.NOT_OURS}


def invocations(node: str) -> dict[str, str]:
    """Return the InvocationID of every service of a node that runs, so that no restart goes unseen."""
    names = lab.shell(
        node, "systemctl list-units --type=service --state=running --plain --no-legend | cut -d' ' -f1"
    ).split()
    # A login starts user@, and sshd's own instances are no service of the cloud.
    wanted = [name for name in names if not name.startswith(("user@", "ssh@", "systemd-"))]
    text = lab.on(node, "systemctl", "show", *wanted, "--property=Id,InvocationID,NRestarts").strip()
    rows = [dict(line.split("=", 1) for line in block.splitlines()) for block in text.split("\n\n")]
    return {row["Id"]: f"{row['InvocationID']}, restarted {row['NRestarts']} times" for row in rows}


def secrets(node: str) -> dict[str, list[str]]:
    """Return libvirt's secrets of a node: UUID -> definition, and SHA-256 of the value."""
    values = lab.secret_values(node)
    return {uuid: [lab.on(node, "virsh", "secret-dumpxml", uuid), value] for uuid, value in values.items()}


def everything() -> dict[str, Any]:
    """Return all evidence; two readings with nothing done between them are equal."""
    cluster = lab.cluster_state()
    del cluster["config-keys"]
    return {
        "files": {node: files(node) for node in lab.NODES},
        "units": {node: invocations(node) for node in lab.NODES},
        "cluster": cluster,
        "secrets": {node: secrets(node) for node in lab.COMPUTES},
        "domains": {node: lab.on(node, "virsh", "--quiet", "list", "--all").split() for node in lab.COMPUTES},
    }


def without_times(found: dict[str, Any]) -> dict[str, Any]:
    """Return the evidence that outlasts a change and its undoing: contents, modes and owners, but no time of change."""
    kept = {
        node: {path: [part for place, part in enumerate(row) if place != MTIME] for path, row in rows.items()}
        for node, rows in found["files"].items()
    }
    units = {node: sorted(rows) for node, rows in found["units"].items()}
    return {**found, "files": kept, "units": units}


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """Return what differs between two readings, a line each, so that a failed test names the file or unit."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in sorted({*before, *after}, key=str)
            for line in differences(before.get(key), after.get(key), f"{where}/{key}" if where else str(key))
        ]
    return [] if before == after else [f"{where}: {before} -> {after}"]
