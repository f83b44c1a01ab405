"""The simulated cluster against the lab's real one: both answer the same commands.

The answers are compared in every field that this program reads. The test touches only what begins with `sim-` or
`client.sim-`, and removes all of it.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from providers.ceph.pool import observed_settings
from providers.formats.caps import normal_form
from providers.reach.answers.answer import in_form
from providers.reach.answers.mon_map import MonMap
from providers.reach.answers.pool_row import PoolRow
from providers.reach.answers.user_row import UserRows
from tests.live import lab
from tests.sim.ceph import SimulatedCeph

AGENT = """
import errno, json, sys, rados
cluster = rados.Rados(conffile="/etc/ceph/ceph.conf", name="client.admin")
cluster.connect()
answers = []
for command in json.load(sys.stdin):
    result, output, _ = cluster.mon_command(json.dumps(command), b"")
    answers.append([errno.errorcode[-result] if result else "", output.decode()])
json.dump(answers, sys.stdout)
"""
POOL, USER, KEY = "sim-pool", "client.sim-user", "sim-test/a"


def pool_set(var: str, val: str, **more: Any) -> dict[str, Any]:
    return {"prefix": "osd pool set", "pool": POOL, "var": var, "val": val, **more}


def caps(prefix: str, *caps: str, entity: str = USER) -> dict[str, Any]:
    return {"prefix": prefix, "entity": entity, "caps": list(caps)}


DELETE = {"prefix": "osd pool delete", "pool": POOL, "pool2": POOL, "yes_i_really_really_mean_it": True}
LOOK: list[dict[str, Any]] = [
    {"prefix": "osd pool ls", "detail": "detail", "format": "json"},
    {"prefix": "auth ls", "format": "json"},
    {"prefix": "config-key dump", "key": "sim-test/", "format": "json"},
]
COMMANDS: list[dict[str, Any]] = [
    {"prefix": "fsid", "format": "json"},
    {"prefix": "mon dump", "format": "json"},
    {"prefix": "osd crush rule dump", "format": "json"},
    {"prefix": "bogus"},
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
    {**pool_set("size", "3"), "pool": "sim-none"},
    {"prefix": "osd pool application enable", "pool": "sim-none", "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "cephfs"},
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd"},
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application disable", "pool": POOL, "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application disable", "pool": "sim-none", "app": "rbd", "yes_i_really_mean_it": True},
    {"prefix": "osd pool application enable", "pool": POOL, "app": "gnocchi"},
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


def read_by_us(command: dict[str, Any], output: str) -> Any:
    """Return those fields of an answer that this program reads, for the test's own pools, users and keys only."""
    prefix = command["prefix"]
    if prefix == "osd pool ls":
        rows = {row.pool_name: row for row in in_form(list[PoolRow], json.loads(output), "test", prefix)}
        return observed_settings(rows[POOL], {0: "replicated_rule"}) if POOL in rows else None
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
        return [(rule["rule_id"], rule["rule_name"]) for rule in json.loads(output)]
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


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Any:
    yield
    leftover = [DELETE, {"prefix": "auth rm", "entity": USER}, {"prefix": "config-key rm", "key": KEY}]
    lab.on("ceph1", "python3", "-c", AGENT, stdin=json.dumps(leftover))
