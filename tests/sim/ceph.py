"""SimulatedCeph: interprets the monitor commands that this program sends, as Ceph 16.2 does.

`tests/live/test_simulation.py` compares the simulation with the lab's real cluster.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from providers.errors import StepFailed
from providers.reach.answers.image_locks import ImageLock, ImageLocks
from providers.reach.answers.pool_content import PoolContent
from providers.reach.steps import BreakLock
from tests.sim.numbers import Numbers

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
Answer = tuple[str, str, str]  # errno name or "", output, message
DAEMONS = ("mon", "mgr", "osd", "mds")
COMPRESSION = {
    "compression_mode": ("none", "passive", "aggressive", "force"),
    "compression_algorithm": ("none", "lz4", "snappy", "zlib", "zstd"),
}
DEFAULT_PROFILE = {
    "crush-device-class": "",
    "crush-failure-domain": "host",
    "crush-root": "default",
    "jerasure-per-chunk-alignment": "false",
    "k": "2",
    "m": "2",
    "plugin": "jerasure",
    "technique": "reed_sol_van",
    "w": "8",
}
CIPHERS = {"aes": 1, "aes256k": 2}
READS = ("fsid", "mon dump", "osd pool ls", "osd crush rule dump", "auth ls", "auth get", "config-key dump")


def cephx_key(number: int, kind: str = "aes") -> str:
    """Return a well-formed key: its type, a time, and 16 bytes, or 32 for the newer type."""
    type_, size = {"aes": (1, 16), "aes256k": (2, 32)}[kind]
    return base64.b64encode(struct.pack("<HIIH", type_, 1700000000, 0, size) + number.to_bytes(size, "big")).decode()


def replicated(taken: str, failure_domain: str) -> dict[str, Any]:
    """Return what a rule of `create-replicated` does, as `rule dump` has it."""
    choose = "choose_firstn" if failure_domain == "osd" else "chooseleaf_firstn"
    return {
        "type": 1,
        "steps": [
            {"op": "take", "item": -1, "item_name": taken},
            {"op": choose, "num": 0, "type": failure_domain},
            {"op": "emit"},
        ],
    }


def default_min_size(size: int) -> int:
    return size - size // 2


class SimulatedCeph:
    """One cluster: pools with what is in them, users, the key-value store, sessions."""

    def __init__(self, fsid: str = FSID) -> None:
        self.fsid, self.monitor = fsid, "127.0.2.1"
        self.release = "pacific"
        self.min_compat_client = "luminous"
        self.ciphers: list[str] = []
        self.preferred_cipher = "aes"
        self.config: dict[tuple[str, str], str] = {}
        self.pools: dict[str, dict[str, Any]] = {}
        self.rules = {0: "replicated_rule", 1: "ssd"}
        self.shapes = {"ssd": replicated("default~ssd", "host")}
        self.classes = ["hdd", "ssd"]
        self.profiles = {"default": {"k": "2", "m": "2", "plugin": "jerasure", "technique": "reed_sol_van"}}
        self.schedules: dict[str, set[tuple[str, str | None]]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.store: dict[str, str] = {}
        self.images: dict[str, dict[str, int]] = {}
        self.trash: dict[str, int] = {}
        self.objects: dict[str, int] = {}
        self.data: dict[str, int] = {}
        self.sessions: list[dict[str, str]] = []
        self.watchers: dict[str, list[dict[str, Any]]] = {}
        self.locks: dict[str, list[ImageLock]] = {}
        self.unreadable: dict[str, str] = {}
        self.blocklist: dict[str, str] = {}
        self.former_words = False
        self.garbled: dict[str, str] = {}
        self.log: list[str] = []
        self._numbers = Numbers()
        self.add_user("client.admin", dict.fromkeys(DAEMONS, "allow *"))

    def add_user(self, entity: str, caps: dict[str, str], kind: str = "") -> str:
        key = cephx_key(next(self._numbers), kind or self.preferred_cipher)
        self.users[entity] = {"key": key, "caps": dict(caps)}
        return key

    def as_tentacle(self) -> None:
        """Be a cluster that is new with 20.2.4: it makes keys of the newer type, and allows no others."""
        self.release, self.ciphers, self.preferred_cipher = "tentacle", ["aes256k"], "aes256k"
        for user in self.users.values():
            user["key"] = cephx_key(next(self._numbers), "aes256k")

    def rotate(self, entity: str) -> str:
        self.users[entity]["key"] = key = cephx_key(next(self._numbers), self.preferred_cipher)
        return key

    def keys(self) -> list[str]:
        """Return every key that the cluster has made so far."""
        made = range(1, next(self._numbers))
        return [cephx_key(number, kind) for number in made for kind in ("aes", "aes256k")]

    def state(self) -> dict[str, Any]:
        """Return everything that a destroy has to leave as it was."""
        pools = {
            name: {key: value for key, value in row.items() if key != "pool_id"} for name, row in self.pools.items()
        }
        schedules = {pool: items for pool, items in self.schedules.items() if items}
        return deepcopy(
            {
                "pools": pools,
                "users": self.users,
                "store": self.store,
                "images": self.images,
                "schedules": schedules,
                "rules": sorted(self.rules.values()),
                "profiles": self.profiles,
                "ciphers": self.ciphers,
                "config": {" ".join(where): value for where, value in self.config.items()},
            }
        )

    def command(self, command: dict[str, Any], data: str = "") -> Answer:
        words = {name: value for name, value in command.items() if name not in ("prefix", "format")}
        prefix = command["prefix"]
        self.log.append(prefix)
        if prefix in self.garbled:
            return "", self.garbled[prefix], ""
        method: Callable[..., Answer] | None = getattr(self, "do_" + prefix.replace(" ", "_").replace("-", "_"), None)
        return ("EINVAL", "", "command not known") if method is None else method(**words)

    def do_fsid(self) -> Answer:
        return "", json.dumps({"fsid": self.fsid}), ""

    def do_mon_dump(self) -> Answer:
        there = self.monitor
        address = [{"type": "v2", "addr": f"{there}:3300", "nonce": 0}, {"type": "v1", "addr": f"{there}:6789"}]
        monitors = [{"rank": 0, "name": "ceph1", "public_addrs": {"addrvec": address}}]
        dump = {"epoch": 1, "fsid": self.fsid, "min_mon_release_name": self.release, "mons": monitors}
        if self.ciphers:
            dump["auth_allowed_ciphers"] = [{"name": name, "value": CIPHERS[name]} for name in self.ciphers]
            dump["auth_preferred_cipher"] = {
                "name": self.preferred_cipher,
                "value": CIPHERS[self.preferred_cipher],
            }
        return "", json.dumps(dump), "dumped monmap epoch 1"

    def do_mon_set(self, name: str, value: str) -> Answer:
        if not self.ciphers:
            return "EINVAL", "", "command not known"
        if name != "auth_allowed_ciphers":
            return "", "", f"unknown name {name}"
        if not all(kind in CIPHERS for kind in value.split(",")):
            return "EINVAL", "", "(22) Invalid argument"
        self.ciphers = sorted(value.split(","))
        return "", "", ""

    def do_config_set(self, who: str, name: str, value: str) -> Answer:
        self.config[who, name] = value
        return "", "", ""

    def do_config_rm(self, who: str, name: str) -> Answer:
        self.config.pop((who, name), None)
        return "", "", ""

    def do_config_dump(self) -> Answer:
        rows = [{"section": who, "name": name, "value": value} for (who, name), value in self.config.items()]
        return "", json.dumps([{**row, "level": "advanced", "mask": ""} for row in rows]), ""

    # Pools

    def do_osd_pool_ls(self, detail: str = "") -> Answer:
        return "", json.dumps(list(self.pools.values()) if detail == "detail" else list(self.pools)), ""

    def do_osd_crush_rule_dump(self) -> Answer:
        rules = [
            {"rule_id": number, "rule_name": name, **self.shapes.get(name, replicated("default", "osd"))}
            for number, name in self.rules.items()
        ]
        return "", json.dumps(rules), ""

    def do_osd_crush_class_ls(self) -> Answer:
        return "", json.dumps(self.classes), ""

    def do_osd_crush_rule_create_replicated(self, name: str, root: str, type: str, **more: str) -> Answer:
        device_class = more.pop("class", "")
        assert not more, more
        if name in self.rules.values():
            return "", "", f"rule {name} already exists"
        if root != "default":
            return "ENOENT", "", f"root item {root} does not exist"
        if type not in ("osd", "host", "rack"):
            return "EINVAL", "", f"unknown type {type}"
        if device_class and device_class not in self.classes:
            return "EINVAL", "", f"device class {device_class} does not exist"
        self._add_rule(name, replicated(f"{root}~{device_class}" if device_class else root, type))
        return "", "", ""

    def _add_rule(self, name: str, shape: dict[str, Any]) -> None:
        self.rules[min({*range(len(self.rules) + 1)} - self.rules.keys())] = name
        self.shapes[name] = shape

    def do_osd_crush_rule_rm(self, name: str) -> Answer:
        number = next((number for number, known in self.rules.items() if known == name), None)
        if number is None:
            return "", "", f"rule {name} does not exist"
        if any(row["crush_rule"] == number for row in self.pools.values()):
            return "EBUSY", "", f"crush rule {name} ({number}) is in use"
        del self.rules[number]
        self.shapes.pop(name, None)
        return "", "", ""

    def do_osd_erasure_code_profile_set(self, name: str, profile: list[str]) -> Answer:
        given = dict(text.split("=", 1) for text in profile)
        for number in ("k", "m"):
            if not given.get(number, "1").isdecimal():
                return "EINVAL", "", f"could not convert {number}={given[number]} to int"
        whole = {**DEFAULT_PROFILE, **given}
        if self.profiles.setdefault(name, whole) != whole:
            return "EPERM", "", f"will not override erasure code profile {name}"
        return "", "", ""

    def do_osd_erasure_code_profile_rm(self, name: str) -> Answer:
        users = [pool for pool, row in self.pools.items() if row.get("erasure_code_profile") == name]
        if users:
            return "EBUSY", "", f"{', '.join(users)} pool(s) are using the erasure code profile '{name}'"
        return "", "", "" if self.profiles.pop(name, None) else f"erasure-code-profile {name} does not exist"

    def do_osd_pool_create(
        self,
        pool: str,
        pg_num: int = 8,
        pool_type: str = "replicated",
        erasure_code_profile: str = "",
        rule: str = "",
        size: int = 1,
        autoscale_mode: str = "off",
    ) -> Answer:
        if pool in self.pools:
            return "", "", f"pool '{pool}' already exists"
        erasure = self.profiles.get(erasure_code_profile or "default") if pool_type == "erasure" else None
        if pool_type == "erasure" and erasure is None:
            return "EINVAL", "", "cannot determine the erasure code plugin because there is no 'plugin' entry"
        if erasure and not rule and pool not in self.rules.values():
            failure_domain = erasure.get("crush-failure-domain", "host")
            self._add_rule(pool, {**replicated("default", failure_domain), "type": 3})
        rule = rule or (pool if erasure else "replicated_rule")
        if rule not in self.rules.values():
            return "ENOENT", "", f"specified rule {rule} doesn't exist"
        k, m = (int(erasure["k"]), int(erasure["m"])) if erasure else (0, 0)
        self.pools[pool] = {
            "pool_id": next(self._numbers),
            "pool_name": pool,
            "type": 3 if erasure else 1,
            "erasure_code_profile": (erasure_code_profile or "default") if erasure else "",
            "flags_names": "hashpspool",
            "size": k + m if erasure else size,
            "min_size": k + min(1, m - 1) if erasure else default_min_size(size),
            "pg_num": pg_num,
            "pg_num_target": pg_num,
            "pg_autoscale_mode": autoscale_mode,
            "crush_rule": next(number for number, name in self.rules.items() if name == rule),
            "quota_max_bytes": 0,
            "quota_max_objects": 0,
            "options": {},
            "application_metadata": {},
        }
        self.images[pool] = {}
        return "", "", f"pool '{pool}' created"

    def do_osd_pool_set(self, pool: str, var: str, val: str, yes_i_really_mean_it: bool = False) -> Answer:
        row = self.pools.get(pool)
        if row is None:
            return "ENOENT", "", f"unrecognized pool '{pool}'"
        erasure = self.profiles[row["erasure_code_profile"]] if row.get("type") == 3 else None
        if var == "allow_ec_overwrites":
            return self._overwrites(row, val)
        if var == "size":
            if erasure:
                return "ENOTSUP", "", "can not change the size of an erasure-coded pool"
            if int(val) == 1 and not yes_i_really_mean_it:
                return "EPERM", "", "WARNING: setting pool size 1 could lead to data loss without recovery."
            row["size"] = int(val)
            if int(val) < row["min_size"]:
                row["min_size"] = default_min_size(int(val))
        elif var == "min_size":
            least = int(erasure["k"]) if erasure else 1
            if not least <= int(val) <= row["size"]:
                return "EINVAL", "", f"pool min_size must be between {least} and size, which is set to {row['size']}"
            row["min_size"] = int(val)
        elif var == "pg_num":
            row["pg_num_target"] = row["pg_num"] = int(val)
        elif var == "pg_autoscale_mode":
            row["pg_autoscale_mode"] = val
        elif var == "crush_rule":
            numbers = [number for number, name in self.rules.items() if name == val]
            if not numbers:
                return "ENOENT", "", f"crush rule {val} does not exist"
            row["crush_rule"] = numbers[0]
        elif var == "target_size_ratio":
            row["options"].pop("target_size_ratio", None)
            if float(val):
                row["options"]["target_size_ratio"] = float(val)
        elif var in COMPRESSION:
            if val not in (*COMPRESSION[var], "unset"):
                return "EINVAL", "", f"unrecognized {var} '{val}'"
            row["options"].pop(var, None)
            if val != "unset":
                row["options"][var] = val
        else:
            return "EINVAL", "", f"unrecognized variable '{var}'"
        return "", "", f"set pool {row['pool_id']} {var} to {val}"

    @staticmethod
    def _overwrites(row: dict[str, Any], val: str) -> Answer:
        if row.get("type") != 3:
            return "EINVAL", "", "ec overwrites can only be enabled for an erasure coded pool"
        if val != "true":
            return "EINVAL", "", "ec overwrites cannot be disabled once enabled"
        if "ec_overwrites" not in row["flags_names"]:
            row["flags_names"] += ",ec_overwrites"
        return "", "", f"set pool {row['pool_id']} allow_ec_overwrites to true"

    def do_osd_pool_set_quota(self, pool: str, field: str, val: str) -> Answer:
        row = self.pools.get(pool)
        if row is None:
            return "ENOENT", "", f"unrecognized pool '{pool}'"
        if not val.isdecimal():
            return "EINVAL", "", f"error parsing value '{val}'"
        row[f"quota_{field}"] = int(val)
        return "", "", f"set-quota {field} = {val} for pool {pool}"

    # The manager's module rbd_support

    def do_rbd_trash_purge_schedule_list(self) -> Answer:
        found = {
            str(self.pools[pool]["pool_id"]): {
                "name": f"{pool}/",
                "schedule": [{"interval": interval, "start_time": start} for interval, start in items],
            }
            for pool, items in self.schedules.items()
            if items
        }
        return "", json.dumps(found), ""

    def do_rbd_trash_purge_schedule_add(self, level_spec: str, interval: str, start_time: str = "") -> Answer:
        return self._schedule(level_spec, (interval, start_time or None), set.add)

    def do_rbd_trash_purge_schedule_remove(self, level_spec: str, interval: str, start_time: str = "") -> Answer:
        return self._schedule(level_spec, (interval, start_time or None), set.discard)

    def _schedule(self, level_spec: str, item: tuple[str, str | None], change: Callable[[Any, Any], None]) -> Answer:
        pool = level_spec.removesuffix("/")
        if pool not in self.pools:
            return "EINVAL", "", f"Invalid level spec {level_spec}: pool {pool} does not exist"
        if "rbd" not in self.pools[pool]["application_metadata"]:
            return "EINVAL", "", f"Invalid level spec {level_spec}: {pool} is not an RBD pool"
        change(self.schedules.setdefault(pool, set()), item)
        return "", "", ""

    def do_osd_pool_application_enable(self, pool: str, app: str) -> Answer:
        row = self.pools.get(pool)
        if row is None:
            return "ENOENT", "", f"unrecognized pool '{pool}'"
        if row["application_metadata"] and app not in row["application_metadata"]:
            return "EPERM", "", f"Are you SURE? Pool '{pool}' already has an enabled application"
        row["application_metadata"][app] = {}
        return "", "", f"enabled application '{app}' on pool '{pool}'"

    def do_osd_pool_application_disable(self, pool: str, app: str, yes_i_really_mean_it: bool = False) -> Answer:
        row = self.pools.get(pool)
        if row is None:
            return "ENOENT", "", f"unrecognized pool '{pool}'"
        if not yes_i_really_mean_it:
            return "EPERM", "", "Are you SURE? Disabling an application within a pool might result in loss of function"
        if row["application_metadata"].pop(app, None) is None:
            return "", "", f"application '{app}' is not enabled on pool '{pool}'"
        return "", "", f"disable application '{app}' on pool '{pool}'"

    def do_osd_pool_delete(self, pool: str, pool2: str = "", yes_i_really_really_mean_it: bool = False) -> Answer:
        if pool not in self.pools:
            return "", "", f"pool '{pool}' does not exist"
        if pool2 != pool or not yes_i_really_really_mean_it:
            return "EPERM", "", f"WARNING: this will *PERMANENTLY DESTROY* all data stored in pool {pool}."
        for things in (self.pools, self.images, self.trash, self.objects, self.schedules, self.data):
            things.pop(pool, None)
        return "", "", f"pool '{pool}' removed"

    # Users

    def do_auth_ls(self) -> Answer:
        return "", json.dumps({"auth_dump": [{"entity": name, **user} for name, user in self.users.items()]}), ""

    def do_auth_get(self, entity: str) -> Answer:
        if entity not in self.users:
            return "ENOENT", "", f"failed to find {entity} in keyring"
        return "", json.dumps([{"entity": entity, **self.users[entity]}]), f"exported keyring for {entity}"

    def do_auth_get_or_create(self, entity: str, caps: list[str], key_type: str = "") -> Answer:
        wrong = self._wrong(caps) or (self._wrong_type(key_type) if entity not in self.users else "")
        if wrong:
            return "EINVAL", "", wrong
        wanted = dict(zip(caps[::2], caps[1::2], strict=True))
        if entity not in self.users:
            self.add_user(entity, wanted, key_type if self.ciphers else "")
        elif wanted and self.users[entity]["caps"] != wanted:
            return "EINVAL", "", f"key for {entity} exists but cap {next(iter(wanted))} does not match"
        return "", f"[{entity}]\n\tkey = {self.users[entity]['key']}\n", ""

    def do_auth_caps(self, entity: str, caps: list[str]) -> Answer:
        wrong = self._wrong(caps)
        if entity not in self.users:
            return "ENOENT", "", f"couldn't find entry {entity}"
        if wrong:
            return "EINVAL", "", wrong
        self.users[entity]["caps"] = dict(zip(caps[::2], caps[1::2], strict=True))
        return "", "", f"updated caps for {entity}"

    def do_auth_rm(self, entity: str) -> Answer:
        return "", "", "updated" if self.users.pop(entity, None) else f"entity {entity} does not exist"

    def _wrong_type(self, kind: str) -> str:
        """Return why no key of this type is made. Monitors that know one type do not look at the argument."""
        if not self.ciphers or not kind:
            return ""
        if kind not in CIPHERS:
            return f"invalid key type: {kind}"
        leave = self.config.get(("mon", "mon_auth_allow_insecure_key"))
        if kind == "aes" and not (leave == "true" or (leave is None and self.preferred_cipher == "aes")):
            return f'creating key with insecure key type ("{kind}") not allowed'
        if kind not in self.ciphers:
            return f"refusing to create key with type ({kind}) that cannot be used for auth (auth_allowed_ciphers)"
        return ""

    @staticmethod
    def _wrong(caps: list[str]) -> str:
        if len(caps) % 2:
            return "bad capabilities request; odd number of arguments"
        for daemon, text in zip(caps[::2], caps[1::2], strict=True):
            if not text.startswith(("allow ", "profile ")):
                return f"{daemon} capability parse failed, stopped at '{text}' of '{text}'"
        return ""

    # The key-value store

    def do_config_key_set(self, key: str, val: str) -> Answer:
        self.store[key] = val
        return "", "", f"set {key}"

    def do_config_key_get(self, key: str) -> Answer:
        return ("", self.store[key], "") if key in self.store else ("ENOENT", "", "")

    def do_config_key_rm(self, key: str) -> Answer:
        found = self.store.pop(key, None) is not None
        return "", "", "key deleted" if found else f"no such key '{key}'"

    def do_config_key_dump(self, key: str = "") -> Answer:
        found = {name: value for name, value in sorted(self.store.items()) if name.startswith(key)}
        return "", json.dumps(found) + "\n", ""

    def do_osd_dump(self) -> Answer:
        return (
            "",
            json.dumps(
                {
                    "blacklist" if self.former_words else "blocklist": self.blocklist,
                    "erasure_code_profiles": self.profiles,
                    "require_min_compat_client": self.min_compat_client,
                }
            ),
            "",
        )

    # What is not a monitor command

    def opened(self, entity: str, pool: str, image: str, host: str, parent: str = "", data_pool: str = "") -> None:
        """Let a client on a host open an image to write, as a guest does. Watcher and session have one nonce."""
        data_pool_id = self.pools[data_pool or pool]["pool_id"]
        number = next(self._numbers)
        instance = f"192.0.2.21:0/{number}"
        self.images[pool].setdefault(image, 0)
        self.watchers.setdefault(pool, []).append(
            {"image": image, "address": instance, "client": number, "parent": parent, "data_pool_id": data_pool_id}
        )
        session = {"entity": entity, "address": "192.0.2.21:0", "instance": instance, "host": host}
        self.sessions.append({**session, "id": f"client.? {number}"})

    def closed(self, pool: str, image: str) -> None:
        """Let whoever has an image open end, as a guest that was moved or stopped."""
        there = self.watchers.get(pool, [])
        gone = {watcher["address"] for watcher in there if watcher["image"] == image}
        self.watchers[pool] = [watcher for watcher in there if watcher["address"] not in gone]
        self.sessions = [session for session in self.sessions if session.get("instance") not in gone]

    def pool_init(self, pool: str) -> None:
        name, _, words = self.do_osd_pool_application_enable(pool, "rbd")
        if name:
            raise OSError(words)

    def image_locks(self, pool: str, images: Sequence[str]) -> ImageLocks:
        there = [image for image in images if image in self.images[pool]]
        return ImageLocks(
            locks=[lock for image in there if image not in self.unreadable for lock in self.locks.get(image, [])],
            gone=[image for image in images if image not in there],
            problems={image: text for image, text in self.unreadable.items() if image in there},
        )

    def break_lock(self, step: BreakLock) -> None:
        asked = (step.client, step.cookie, step.address)
        found = [lock for lock in self.locks.get(step.image, []) if (lock.client, lock.cookie, lock.address) == asked]
        if not found:
            raise StepFailed(f"{step.client} does not hold this lock any more", "ESTALE")
        if step.address in found[0].watchers:
            raise StepFailed(f"{step.client} watches the image, so it is alive", "EBUSY")
        self.blocklist[step.address] = "2026-11-26T23:00:00.000000+0000"
        self.locks[step.image].remove(found[0])

    def content(self, pool: str) -> PoolContent:
        images = self.images.get(pool, {})
        return PoolContent(
            images=len(images),
            snapshots=sum(images.values()),
            trash=self.trash.get(pool, 0),
            objects=0 if images or self.trash.get(pool) else self.objects.get(pool, 0),
            names=list(images)[:3],
            images_elsewhere=self.data.get(pool, 0),
        )
