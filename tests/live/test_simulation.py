"""The simulated cluster against the lab's real one: both answer the same commands.

The answers are compared in every field that this program reads. The tests touch only what begins with `sim-` or
`client.sim-`, and remove all of it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.machine import running
from providers.ceph.pool_settings import observed_settings
from providers.ceph.work import losses
from providers.formats.caps import normal_form
from providers.reach.answers.answer import in_form
from providers.reach.answers.crush_rule import CrushRule
from providers.reach.answers.mon_map import MonMap
from providers.reach.answers.osd_dump import OsdDump
from providers.reach.answers.pool_row import PoolRow
from providers.reach.answers.purge_schedules import PurgeScheduleItem, PurgeSchedules
from providers.reach.answers.user_row import UserRows
from providers.reach.cluster import ClusterSession
from providers.reach.host import RemoteHost
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from tests.live import lab
from tests.sim.ceph import SimulatedCeph
from tests.sim.clock import SimulatedClock
from tests.sim.host import Cut, SimHost

AGENT = """
import errno, json, sys, rados
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect()
answers = []
for command in json.load(sys.stdin):
    ask = cluster.mgr_command if command["prefix"].startswith("rbd ") else cluster.mon_command
    result, output, _ = ask(json.dumps(command), b"")
    answers.append([errno.errorcode[-result] if result else "", output.decode()])
json.dump(answers, sys.stdout)
"""
CRUSH = ("crush-root", "crush-failure-domain", "crush-device-class")
POOL, DATA, USER, KEY = "sim-pool", "sim-data", "client.sim-user", "sim-test/a"


def pool_set(var: str, val: str, **more: Any) -> dict[str, Any]:
    return {"prefix": "osd pool set", "pool": POOL, "var": var, "val": val, **more}


def quota(field: str, val: str, pool: str = POOL) -> dict[str, Any]:
    return {"prefix": "osd pool set-quota", "pool": pool, "field": field, "val": val}


def schedule(verb: str, *asked: str, pool: str = POOL) -> dict[str, Any]:
    """A schedule of the trash; `asked` are interval and start time."""
    words = dict(zip(("interval", "start_time"), asked, strict=False))
    return {"prefix": f"rbd trash purge schedule {verb}", "level_spec": f"{pool}/", **words}


def rule(name: str, root: str = "default", failure_domain: str = "osd", **more: str) -> dict[str, Any]:
    asked = {"name": name, "root": root, "type": failure_domain, **more}
    return {"prefix": "osd crush rule create-replicated", **asked}


def profile(*parameters: str, name: str = "sim-ec") -> dict[str, Any]:
    return {"prefix": "osd erasure-code-profile set", "name": name, "profile": list(parameters)}


def data_pool(profile: str) -> dict[str, Any]:
    made = {"prefix": "osd pool create", "pool": DATA, "pg_num": 1, "pool_type": "erasure", "autoscale_mode": "off"}
    return {**made, "erasure_code_profile": profile}


def caps(prefix: str, *caps: str, entity: str = USER) -> dict[str, Any]:
    return {"prefix": prefix, "entity": entity, "caps": list(caps)}


DELETE = {"prefix": "osd pool delete", "pool": POOL, "pool2": POOL, "yes_i_really_really_mean_it": True}
LOOK: list[dict[str, Any]] = [
    {"prefix": "osd pool ls", "detail": "detail", "format": "json"},
    {"prefix": "auth ls", "format": "json"},
    {"prefix": "config-key dump", "key": "sim-test/", "format": "json"},
    {"prefix": "rbd trash purge schedule list"},
    {"prefix": "osd crush rule dump", "format": "json"},
    {"prefix": "osd dump", "format": "json"},
]
COMMANDS: list[dict[str, Any]] = [
    {"prefix": "fsid", "format": "json"},
    {"prefix": "mon dump", "format": "json"},
    {"prefix": "osd crush rule dump", "format": "json"},
    {"prefix": "bogus"},
    # Rules and profiles
    {"prefix": "osd crush class ls", "format": "json"},
    rule("sim-rule", **{"class": "hdd"}),
    rule("sim-rule", **{"class": "hdd"}),
    rule("sim-any", failure_domain="host"),
    rule("sim-none", root="nope"),
    rule("sim-none", failure_domain="nope"),
    rule("sim-none", **{"class": "nope"}),
    profile("k=2", "m=1", "crush-failure-domain=osd"),
    profile("k=2", "m=1", "crush-failure-domain=osd"),
    profile("k=2", "m=2", "crush-failure-domain=osd"),
    profile("k=2", "m=x", name="sim-none"),
    {"prefix": "osd crush rule rm", "name": "sim-any"},
    {"prefix": "osd crush rule rm", "name": "sim-none"},
    {"prefix": "osd erasure-code-profile rm", "name": "sim-none"},
    # Pools
    {"prefix": "osd pool create", "pool": POOL, "rule": "nope"},
    {
        "prefix": "osd pool create",
        "pool": POOL,
        "pg_num": 1,
        "pool_type": "replicated",
        "size": 2,
        "autoscale_mode": "off",
    },
    {"prefix": "osd pool create", "pool": POOL, "pg_num": 1, "pool_type": "replicated"},
    pool_set("size", "3"),
    pool_set("min_size", "3"),
    pool_set("size", "2"),
    pool_set("min_size", "3"),
    pool_set("size", "1"),
    pool_set("size", "1", yes_i_really_mean_it=True),
    pool_set("size", "3"),
    pool_set("target_size_ratio", "0.2"),
    pool_set("target_size_ratio", "2.5"),
    pool_set("target_size_ratio", "0"),
    pool_set("pg_autoscale_mode", "warn"),
    pool_set("pg_autoscale_mode", "off"),
    pool_set("pg_num", "2"),
    pool_set("pg_num", "1"),
    pool_set("crush_rule", "nope"),
    pool_set("crush_rule", "replicated_rule"),
    pool_set("crush_rule", "sim-rule"),
    {"prefix": "osd crush rule rm", "name": "sim-rule"},
    pool_set("crush_rule", "replicated_rule"),
    {"prefix": "osd crush rule rm", "name": "sim-rule"},
    {**pool_set("size", "3"), "pool": "sim-none"},
    pool_set("compression_mode", "force"),
    pool_set("compression_mode", "on"),
    pool_set("compression_mode", "unset"),
    pool_set("compression_algorithm", "zstd"),
    pool_set("compression_algorithm", "none"),
    pool_set("compression_algorithm", "unset"),
    quota("max_bytes", "1073741824"),
    quota("max_bytes", "0"),
    quota("max_objects", "7"),
    quota("max_objects", "-1"),
    quota("max_objects", "0"),
    quota("max_objects", "7", pool="sim-none"),
    schedule("add", "1d"),
    {"prefix": "osd pool application enable", "pool": "sim-none", "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "cephfs"},
    schedule("add", "1d"),
    schedule("add", "1d"),
    schedule("add", "90m", "04:00:00"),
    schedule("add", "1d", pool="sim-none"),
    schedule("remove", "2d"),
    schedule("remove", "90m"),
    schedule("remove", "90m", "04:00:00"),
    schedule("remove", "1d"),
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application disable", "pool": "sim-none", "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "gnocchi"},
    # Erasure-coded pools
    {**data_pool("none"), "pool": "sim-none"},
    data_pool("sim-ec"),
    {"prefix": "osd erasure-code-profile rm", "name": "sim-ec"},
    data_pool("sim-ec"),
    {**pool_set("size", "4"), "pool": DATA},
    {**pool_set("min_size", "1"), "pool": DATA},
    {**pool_set("min_size", "3"), "pool": DATA},
    pool_set("allow_ec_overwrites", "true"),
    {**pool_set("allow_ec_overwrites", "true"), "pool": DATA},
    {**pool_set("allow_ec_overwrites", "true"), "pool": DATA},
    {**pool_set("allow_ec_overwrites", "false"), "pool": DATA},
    {"prefix": "osd pool application enable", "pool": DATA, "app": "rbd"},
    {"prefix": "osd crush rule rm", "name": DATA},
    {**DELETE, "pool": DATA, "pool2": DATA},
    {"prefix": "osd crush rule rm", "name": DATA},
    {"prefix": "osd erasure-code-profile rm", "name": "sim-ec"},
    {"prefix": "osd pool delete", "pool": POOL, "pool2": POOL},
    {**DELETE, "pool2": "other"},
    DELETE,
    DELETE,
    # Users
    {"prefix": "auth get", "entity": USER, "format": "json"},
    caps("auth get-or-create", "mon", "profile rbd", "osd", "profile rbd pool=sim-pool"),
    caps("auth get-or-create", "mon", "profile rbd", "osd", "profile rbd pool=sim-pool"),
    caps("auth get-or-create", "mon", "allow r"),
    {"prefix": "auth get", "entity": USER, "format": "json"},
    caps("auth caps", "mon", "allow r"),
    caps("auth caps", "mon"),
    caps("auth caps", "mon", "bogus"),
    caps("auth caps", "mon", "allow r", entity="client.sim-none"),
    caps("auth get-or-create", "mds", "", entity="client.sim-none"),
    {"prefix": "auth rm", "entity": USER},
    {"prefix": "auth rm", "entity": USER},
    # The key-value store
    {"prefix": "config-key get", "key": KEY},
    {"prefix": "config-key set", "key": KEY, "val": "x\n"},
    {"prefix": "config-key set", "key": KEY, "val": "y"},
    {"prefix": "config-key get", "key": KEY},
    {"prefix": "config-key rm", "key": KEY},
    {"prefix": "config-key rm", "key": KEY},
]


def of_the_pool(schedules: dict[str, PurgeSchedules]) -> list[PurgeScheduleItem]:
    """Return the schedules of the test's pool with the highest number: the manager still tells those of former ones."""
    mine = {int(number): found.schedule for number, found in schedules.items() if found.name == f"{POOL}/"}
    return mine[max(mine)] if mine else []


def is_of_the_test(name: str) -> bool:
    """Return whether a rule or profile is the test's own, or one that each cluster has."""
    return name.startswith("sim-") or name in ("replicated_rule", "default")


def read_by_us(command: dict[str, Any], output: str) -> Any:
    """Return those fields of an answer that this program reads, for the test's own pools, users and keys only."""
    prefix = command["prefix"]
    if prefix == "osd pool ls":
        rows = {row.pool_name: row for row in in_form(list[PoolRow], json.loads(output), "test", prefix)}
        return {name: observed_settings(rows[name], {0: "replicated_rule"}) for name in (POOL, DATA) if name in rows}
    if prefix == "rbd trash purge schedule list":
        schedules = in_form(dict[str, PurgeSchedules], json.loads(output), "test", prefix)
        return sorted((item.interval, item.start_time or "") for item in of_the_pool(schedules))
    if prefix == "auth ls":
        users = in_form(UserRows, json.loads(output), "test", prefix).auth_dump
        return {user.entity: normal_form(user.caps) for user in users if user.entity.startswith("client.sim-")}
    if prefix == "auth get" and output:
        (row,) = json.loads(output)
        return row["entity"], normal_form(row["caps"]), sorted(row), len(row["key"]), row["key"][:2]
    if prefix == "mon dump":
        monitors = in_form(MonMap, json.loads(output), "test", prefix)
        addresses = [address.addr for monitor in monitors.mons for address in monitor.public_addrs.addrvec]
        return monitors.fsid, monitors.min_mon_release_name, addresses
    if prefix == "osd crush rule dump":
        rules = in_form(list[CrushRule], json.loads(output), "test", prefix)
        return sorted((rule.rule_name, rule.shape) for rule in rules if is_of_the_test(rule.rule_name))
    if prefix == "osd dump":
        dump = in_form(OsdDump, json.loads(output), "test", prefix)
        profiles = {
            # Plugin and technique are the release's to choose.
            name: {parameter: found.get(parameter) for parameter in ("k", "m", *CRUSH)}
            for name, found in dump.erasure_code_profiles.items()
            if name.startswith("sim-")
        }
        return profiles, dump.require_min_compat_client
    if prefix == "osd crush class ls":
        return sorted(json.loads(output))  # in the order in which the OSDs came up
    if prefix in ("fsid", "config-key dump"):
        return json.loads(output)
    return re.sub(r"key = \S+", "key = KEY", output)


def test_the_simulation_answers_as_the_real_cluster() -> None:
    commands = [asked for command in COMMANDS for asked in (command, *LOOK)]
    real = json.loads(lab.on("ceph1", "python3", "-c", AGENT, stdin=json.dumps(commands)))
    simulated = SimulatedCeph(lab.FSID)
    simulated.rules = {0: "replicated_rule"}
    for command, (name, output) in zip(commands, real, strict=True):
        ours, text, _ = simulated.command(dict(command))
        assert (ours, read_by_us(command, text)) == (name, read_by_us(command, output)), command


GRANTED = "profile rbd pool=sim-pool"
MAKE = """
import json, os, sys, rados, rbd
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect(timeout=20)
with cluster.open_ioctx("sim-pool") as data:
    rbd.RBD().pool_init(data, False)
    for name in ("parent", "held", "idle"):
        rbd.RBD().create(data, name, 1 << 20)
    with rbd.Image(data, "parent") as parent:
        parent.create_snap("s")
        parent.protect_snap("s")
    rbd.RBD().clone(data, "parent", "s", data, "clone")
print(json.dumps("made"), flush=True)
os._exit(0)
"""
HOLD = """
import json, os, sys, rados, rbd
key = sys.stdin.readline().strip()
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.sim-user", conf={"key": key})
cluster.connect(timeout=20)
data = cluster.open_ioctx("sim-pool")
opened = [rbd.Image(data, name) for name in ("held", "clone")]
print(json.dumps([cluster.get_addrs(), cluster.get_instance_id()]), flush=True)
sys.stdin.readline()
for image in opened:
    image.close()
os._exit(0)
"""


@contextmanager
def held() -> Iterator[tuple[str, int]]:
    """A client that has two images of the pool open, as a guest has: its address with the nonce, and its number."""
    created = lab.ceph("auth", "get-or-create", USER, "mon", "profile rbd", "osd", GRANTED)
    lab.ceph("osd", "pool", "create", POOL, "1")
    lab.on("ceph1", "python3", "-c", MAKE)
    pipe = subprocess.PIPE
    client = subprocess.Popen(running("ceph1").inside(["python3", "-c", HOLD]), stdin=pipe, stdout=pipe, text=True)
    assert client.stdin
    assert client.stdout
    try:
        client.stdin.write(created[0]["key"] + "\n")
        client.stdin.flush()
        address, number = json.loads(client.stdout.readline())
        yield address, int(number)
    finally:
        client.stdin.close()
        client.wait(20)
        client.stdout.close()


@pytest.fixture
def agent() -> Iterator[LocalHost]:
    """The agent on the admin host, without ssh."""
    host = LocalHost(HostAccess("ceph1", "local", sudo=False, prefix=tuple(running("ceph1").inside([]))))
    yield host
    host.close()


def told(host: RemoteHost, clock: SimulatedClock) -> dict[str, Any]:
    """Return who has the images open, and what a run that takes the pool away says."""
    images = host.pool_images(POOL)
    sessions, watchers = host.user_sessions([USER]), host.image_watchers(POOL, images)
    clients = {session.instance: session for session in sessions if session.host}
    cluster = ClusterSession(lab.FSID, lambda: host, {}, clock)
    lost = losses(cluster, clock, USER, {"osd": GRANTED}, {"osd": "profile rbd-read-only pool=sim-pool"})
    gone = losses(cluster, clock, USER, {"osd": GRANTED}, {"osd": "profile rbd pool=sim-other"})
    return {
        "images": sorted(images),
        "open": [(watcher.image, watcher.parent) for watcher in watchers],
        "joined": {clients[watcher.address].id.split()[-1] == str(watcher.client) for watcher in watchers},
        "form": {bool(re.fullmatch(r"[0-9.]+:0/[0-9]+", watcher.address)) for watcher in watchers},
        "hosts": {session.host for session in sessions if session.instance == watchers[0].address},
        "said": [str(loss) for loss in (*lost, *gone)],
    }


def test_who_has_images_open_is_told_as_the_simulation_tells_it(agent: LocalHost) -> None:
    """Sessions and watchers bear one address with one nonce, and asking leaves no watcher behind."""
    with held() as (address, number):
        real = told(agent, SimulatedClock())
        again = agent.image_watchers(POOL, ["parent", "held", "idle", "clone"])
    assert {(watcher.address, watcher.client) for watcher in again} == {(address, number)}
    ceph = SimulatedCeph(lab.FSID)
    ceph.do_osd_pool_create(POOL)
    ceph.pool_init(POOL)
    ceph.images[POOL] = dict.fromkeys(("parent", "held", "idle", "clone"), 0)
    ceph.opened(USER, POOL, "clone", "ceph1", parent=POOL)
    ceph.opened(USER, POOL, "held", "ceph1")
    simulated = told(SimHost(agent.access, Path("/nowhere"), agent, ceph, Cut()), SimulatedClock())
    assert real == {**simulated, "images": sorted(simulated["images"])}
    assert real["said"] == [
        "client.sim-user would lose writing to pool sim-pool, where 2 images are open from ceph1 (2)",
        "client.sim-user would lose pool sim-pool, where 2 images are open from ceph1 (2)",
    ]
    assert agent.image_watchers(POOL, ["held", "clone"]) == []


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Any:
    yield
    leftover = [
        DELETE,
        {**DELETE, "pool": DATA, "pool2": DATA},
        {"prefix": "osd crush rule rm", "name": DATA},
        {"prefix": "osd crush rule rm", "name": "sim-rule"},
        {"prefix": "osd erasure-code-profile rm", "name": "sim-ec"},
        {"prefix": "auth rm", "entity": USER},
        {"prefix": "config-key rm", "key": KEY},
    ]
    lab.on("ceph1", "python3", "-c", AGENT, stdin=json.dumps(leftover))
