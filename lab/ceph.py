"""Clusters: that of ceph1 with three OSDs, and that of west1 with one, each made anew each time its node starts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lab.command import HUNG_S
from lab.machine import Machine
from lab.nodes import FSID, WEST, WEST_FSID, Node
from lab.progress import say

OSDS = range(3)
"""As many as an erasure code with k 2 and m 1 needs. The last one says that it is an SSD, for rules by device class."""

UNITS = ("ceph.target", "ceph-mon.target", "ceph-mgr.target", "ceph-osd.target")

_WEST_OSDS = range(1)

# No `keyring` in [global], because manager and OSD would read that keyring instead of their own.
_CONF = """\
[global]
fsid = {fsid}
mon host = {node.mon_host}
mon initial members = {node.name}
public addr = {node.address}
cluster addr = {node.address}
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0

[mon]
paxos propose interval = 0.05
mon allow pool delete = true
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
mon max pg per osd = 1000
auth allow insecure global id reclaim = false

[osd]
osd objectstore = bluestore
osd memory target = 939524096
bluestore block size = 5368709120
"""

_CREATE = """
name={node.name}
cd "$(mktemp -d)"
ceph-authtool --create-keyring mon.keyring --gen-key -n mon. --cap mon 'allow *'
ceph-authtool --create-keyring admin.keyring --gen-key -n client.admin \
    --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' --cap mds 'allow *'
ceph-authtool mon.keyring --import-keyring admin.keyring
install -m 600 admin.keyring /etc/ceph/ceph.client.admin.keyring
monmaptool --create --fsid {fsid} --addv $name '{node.mon_host}' monmap
chown -R ceph: .
install -d -o ceph -g ceph /var/lib/ceph/mon/ceph-$name /var/lib/ceph/mgr/ceph-$name
ceph-mon --mkfs -i $name --monmap monmap --keyring mon.keyring --setuser ceph --setgroup ceph
systemctl enable --now ceph-mon@$name
ceph() {{ command ceph --connect-timeout 20 "$@"; }}
ceph auth get-or-create mgr.$name mon 'allow profile mgr' osd 'allow *' mds 'allow *' -o mgr.keyring
install -o ceph -g ceph -m 600 mgr.keyring /var/lib/ceph/mgr/ceph-$name/keyring
systemctl enable --now ceph-mgr@$name
for number in {osds}; do
    uuid=$(cat /proc/sys/kernel/random/uuid)
    key=$(ceph-authtool --gen-print-key)
    echo "{{\\"cephx_secret\\": \\"$key\\"}}" | ceph osd new $uuid -i -
    folder=/var/lib/ceph/osd/ceph-$number
    install -d -o ceph -g ceph $folder
    ceph-authtool --create-keyring osd.keyring -n osd.$number --add-key $key
    install -o ceph -g ceph -m 600 osd.keyring $folder/keyring
    [ $number != 2 ] || echo ssd > $folder/crush_device_class
    ceph-osd -i $number --mkfs --osd-uuid $uuid --setuser ceph --setgroup ceph & made="${{made-}} $!"
done
for process in $made; do wait $process; done
systemctl enable --now {osd_units}
rm -r "$PWD"
"""


# Debian 13's manager loads each module in an interpreter of its own, and a library in Rust can be loaded by one only.
# So 13 modules fail, and the health is never HEALTH_OK. What they need of bcrypt is in these three functions.
_BCRYPT = """\
def gensalt(*_):
    return b""


def hashpw(password, _):
    return password


def checkpw(password, hashed):
    return password == hashed
"""
_MODULES = "mgr initial modules = iostat nfs\n"
"""Without `restful`, which needs more of bcrypt."""


def _osds(node: Node) -> Sequence[int]:
    return _WEST_OSDS if node == WEST else OSDS


def _fsid(node: Node) -> str:
    return WEST_FSID if node == WEST else FSID


def prepare(machine: Machine) -> None:
    """Write ceph.conf before the node's first boot."""
    conf = _CONF.format(fsid=_fsid(machine.node), node=machine.node)
    if machine.suite.has_old_mgr:
        conf = conf.replace("[mon]\n", f"[mon]\n{_MODULES}")
        machine.write("/usr/share/ceph/mgr/bcrypt.py", _BCRYPT)
    machine.write("/etc/ceph/ceph.conf", conf)


def bring_up(machine: Machine) -> None:
    """Make the cluster on a node that has booted, and start its three daemons."""
    osds = _osds(machine.node)
    units = " ".join(f"ceph-osd@{number}" for number in osds)
    numbers = " ".join(map(str, osds))
    create = _CREATE.format(fsid=_fsid(machine.node), node=machine.node, osds=numbers, osd_units=units)
    machine.script(create, what="cluster")
    say(f"{machine.node.name}: monitor, manager and {'an OSD' if len(osds) == 1 else f'{len(osds)} OSDs'} started")


def ready(machine: Machine) -> None:
    """Wait until the cluster is HEALTH_OK with its OSDs up and its manager available."""
    machine.wait(lambda: _health(machine) == "HEALTH_OK", what="the cluster was not HEALTH_OK", seconds=HUNG_S)
    say(f"{machine.node.name}: HEALTH_OK")


def _health(machine: Machine) -> str:
    status = machine.exec(["ceph", "--connect-timeout", "10", "status", "--format", "json"], what="ceph status")
    value = json.loads(status)
    up = value["osdmap"]["num_up_osds"] == len(_osds(machine.node)) and value["mgrmap"]["available"]
    return str(value["health"]["status"]) if up else "starting"
