"""The same job as a pyinfra deploy, which reads first and writes only what is wrong.

As guide.sh, the deploy keeps no journal and does not wait for restarted services.
The first apply takes two runs, `--limit admin` and then all hosts, because the second needs keys of the first.
"""

import io
from pathlib import Path

from pyinfra import host, inventory
from pyinfra.facts.server import Command
from pyinfra.operations import files, server

HERE = Path(__file__).resolve().parent
ADMIN, CONTROLLER = "127.0.2.1", "127.0.2.11"
UUID = "457eb676-33da-42ec-9a8c-9293d545c337"
VOLUMES_VMS = "profile rbd pool=volumes, profile rbd pool=vms"
CAPS = {
    "client.glance": ("profile rbd pool=images", "profile rbd pool=images"),
    "client.cinder": (VOLUMES_VMS, f"{VOLUMES_VMS}, profile rbd-read-only pool=images"),
    "client.cinder-backup": ("profile rbd pool=backups", "profile rbd pool=backups"),
}


def asked(command, at=host):
    """Return what a command prints on a host as root."""
    return at.get_fact(Command, command, _sudo=True) or ""


def cluster():
    """Make missing pools and users on the admin host."""
    pools = asked("ceph osd pool ls").split()
    users = asked("ceph auth ls 2>/dev/null | grep ^client").split()
    for pool in ("volumes", "images", "backups", "vms"):
        if pool not in pools:
            server.shell(
                [f"ceph osd pool create {pool} --size 1", f"rbd pool init {pool}"], name=f"pool {pool}", _sudo=True
            )
    for entity, (mgr, osd) in CAPS.items():
        if entity not in users:
            command = f"ceph auth get-or-create {entity} mon 'profile rbd' mgr '{mgr}' osd '{osd}' > /dev/null"
            server.shell([command], name=f"user {entity}", _sudo=True)


def client(keyrings):
    """Write ceph.conf and the keyrings with what the admin host has; `keyrings` is entity -> owner."""
    admin = inventory.get_host(ADMIN)
    conf = asked("ceph config generate-minimal-conf", admin)
    sent = [(conf, "/etc/ceph/ceph.conf", "root", "644")]
    for entity, owner in keyrings.items():
        text = asked(f"ceph auth get {entity} 2>/dev/null", admin)
        sent.append((text, f"/etc/ceph/ceph.{entity}.keyring", owner, "640"))
    files.directory("/etc/ceph", user="root", group="root", mode="755", _sudo=True)
    for text, path, owner, mode in sent:
        files.put(io.StringIO(text + "\n"), path, user=owner, group=owner, mode=mode, _sudo=True)


def secret():
    """Make libvirt's secret, unless the secret has client.cinder's key already."""
    if UUID in asked("virsh --quiet secret-list"):
        key = asked("ceph auth get-key client.cinder", inventory.get_host(ADMIN)).strip()
        if asked(f"virsh --quiet secret-get-value {UUID}").strip() == key:
            return
    key = asked("ceph auth get-key client.cinder", inventory.get_host(ADMIN)).strip()
    xml = (
        f"<secret ephemeral='no' private='no'><uuid>{UUID}</uuid>"
        "<usage type='ceph'><name>client.cinder secret</name></usage></secret>"
    )
    server.shell(
        [
            f'echo "{xml}" | virsh --quiet secret-define --file /dev/stdin',
            f"echo -n {key} | virsh --quiet secret-set-value --secret {UUID} --file /dev/stdin",
        ],
        name="secret",
        _sudo=True,
    )


def options(path, name, units):
    """Set the options of options/NAME.txt in a file and restart its units, unless all options are set."""
    rows = (HERE / "options" / f"{name}.txt").read_text()
    there = asked(f"cat {path}").splitlines()
    wanted = [f"{row.split('|')[1]} = {row.split('|')[2]}" for row in rows.splitlines()]
    if all(line in there for line in wanted):
        return
    files.put(str(HERE / "set_options.py"), "/run/set_options.py", _sudo=True)
    restarts = [f"systemctl restart {' '.join(units)}"] if units else []
    files.put(io.StringIO(rows), f"/run/{name}.txt", _sudo=True)
    commands = [f"python3 /run/set_options.py {path} < /run/{name}.txt", *restarts]
    server.shell(commands, name=f"options in {path}", _sudo=True)


if host.name == ADMIN:
    cluster()
elif host.name == CONTROLLER:
    client({"client.glance": "glance", "client.cinder": "cinder", "client.cinder-backup": "cinder"})
    options("/etc/glance/glance-api.conf", "glance", ["glance-api"])
    options("/etc/cinder/cinder.conf", "cinder", ["cinder-volume", "cinder-backup"])
else:
    client({"client.cinder": "nova"})
    secret()
    options("/etc/nova/nova.conf", "nova", ["nova-compute"])
