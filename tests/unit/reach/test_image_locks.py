"""The agent's part of `locks`: what librbd is asked, on libraries that only look like rados and rbd."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.errors import StepFailed
from providers.reach.local import LocalHost
from providers.reach.steps import BreakLock

RADOS = """
import json, os
FOLDER = os.path.dirname(__file__)
class Error(Exception): pass
class ObjectNotFound(Error): errno = 2
def world():
    with open(FOLDER + "/world.json") as source: return json.load(source)
def say(*words):
    with open(FOLDER + "/said", "a") as target: target.write(" ".join(words) + "\\n")
class Pool:
    def __init__(self, name):
        if name not in world()["pools"]: raise ObjectNotFound("no such pool")
        self.name, self.namespace = name, ""
    def __enter__(self): return self
    def __exit__(self, *exc): pass
    def set_namespace(self, name): self.namespace = name
class Rados:
    def __init__(self, conffile, name): pass
    def conf_set(self, name, value): pass
    def connect(self, timeout): pass
    def open_ioctx(self, pool): return Pool(pool)
    def mon_command(self, command, data, timeout, target=None):
        command = json.loads(command)
        word = command["prefix"].split()[1]
        if word not in world()["words"]: return -22, b"", "command not known"
        if world().get("denied"): return -13, b"", "access denied"
        say(word, command[word + "op"], command["addr"])
        return 0, b"", ""
"""
RBD = """
import rados
class ImageNotFound(Exception): errno = 2
class PermissionError(Exception): errno = 1
class RBD:
    def namespace_list(self, pool):
        return sorted({image.rpartition("/")[0] for image in rados.world()["pools"][pool.name]} - {""})
    def list(self, pool):
        names = [image.rpartition("/") for image in rados.world()["pools"][pool.name]]
        return [name for namespace, _, name in names if namespace == pool.namespace] + rados.world()["removed"]
class Image:
    def __init__(self, pool, name, read_only=False):
        path = (pool.namespace + "/" if pool.namespace else "") + name
        images = rados.world()["pools"][pool.name]
        if path not in images: raise ImageNotFound(path)
        self.path, self.image = path, images[path]
        if self.image == "denied": raise PermissionError("error opening image")
        if not read_only: rados.say("open", path)
    def __enter__(self): return self
    def __exit__(self, *exc): pass
    def list_lockers(self):
        if not self.image["lockers"]: return []
        return {"tag": self.image["tag"], "exclusive": True, "lockers": [tuple(row) for row in self.image["lockers"]]}
    def watchers_list(self): return [{"addr": addr, "id": 1, "cookie": 2} for addr in self.image["watchers"]]
    def break_lock(self, client, cookie): rados.say("break", self.path, client, cookie)
"""
HOLDER = ["client.4338", "auto 9", "127.0.2.21:0/31"]
FREE: dict[str, Any] = {"lockers": [], "watchers": [], "tag": ""}
STEP = BreakLock("vms", "a", *HOLDER)


@pytest.fixture
def world(fakes: Path) -> dict[str, Any]:
    (fakes / "rados.py").write_text(RADOS)
    (fakes / "rbd.py").write_text(RBD)
    held = {"lockers": [HOLDER], "watchers": ["127.0.2.22:0/7"], "tag": "internal"}
    return put(fakes, {"pools": {"vms": {"a": held, "b": FREE, "ns/a": held}}, "removed": [], "words": ["blocklist"]})


def put(fakes: Path, world: dict[str, Any]) -> dict[str, Any]:
    (fakes / "world.json").write_text(json.dumps(world))
    return world


def said(fakes: Path) -> list[str]:
    path = fakes / "said"
    return path.read_text().splitlines() if path.exists() else []


def test_every_image_of_every_namespace_is_looked_at_without_a_watch(
    world: dict[str, Any], fakes: Path, faked: LocalHost
) -> None:
    put(fakes, {**world, "removed": ["gone"]})
    seen = faked.image_locks("vms", faked.pool_images("vms"))
    assert [(lock.image, lock.client, lock.cookie, lock.address) for lock in seen.locks] == [
        ("a", *HOLDER),
        ("ns/a", *HOLDER),
    ]
    assert seen.locks[0].exclusive
    assert seen.locks[0].watchers == ["127.0.2.22:0/7"]
    assert (sorted(seen.gone), seen.problems) == (["gone", "ns/gone"], {})
    assert said(fakes) == []


def test_a_lock_of_another_tag_is_not_the_one_that_a_client_takes_by_itself(
    world: dict[str, Any], fakes: Path, faked: LocalHost
) -> None:
    world["pools"]["vms"]["a"] = {**world["pools"]["vms"]["a"], "tag": "backup"}
    put(fakes, world)
    assert not faked.image_locks("vms", ["a"]).locks[0].exclusive


def test_only_the_named_image_is_looked_at_and_one_that_is_not_there_is_told(
    world: dict[str, Any], faked: LocalHost
) -> None:
    seen = faked.image_locks("vms", ["ns/a"])
    assert [lock.image for lock in seen.locks] == ["ns/a"]
    assert faked.image_locks("vms", ["nonesuch"]).gone == ["nonesuch"]


def test_an_image_that_cannot_be_opened_is_named_and_the_others_are_looked_at(
    world: dict[str, Any], fakes: Path, faked: LocalHost
) -> None:
    world["pools"]["vms"]["b"] = "denied"
    put(fakes, world)
    seen = faked.image_locks("vms", ["a", "b", "ns/a"])
    assert seen.problems == {"b": "PermissionError: error opening image (EPERM)"}
    assert len(seen.locks) == 2


def test_a_pool_that_is_not_there_is_an_error(world: dict[str, Any], faked: LocalHost) -> None:
    with pytest.raises(StepFailed) as failure:
        faked.image_locks("nonesuch", ["a"])
    assert failure.value.errno_name == "ENOENT"


@pytest.mark.parametrize("word", ["blocklist", "blacklist"])
def test_the_holder_is_shut_out_before_its_lock_is_broken(
    world: dict[str, Any], fakes: Path, faked: LocalHost, word: str
) -> None:
    put(fakes, {**world, "words": [word]})
    faked.apply([STEP], lambda _: "")
    assert said(fakes) == [f"{word} add 127.0.2.21:0/31", "open a", "break a client.4338 auto 9"]


def test_no_lock_is_broken_where_the_holder_cannot_be_shut_out(
    world: dict[str, Any], fakes: Path, faked: LocalHost
) -> None:
    put(fakes, {**world, "denied": True})
    with pytest.raises(StepFailed, match=r"rbd lock rm vms/a 'auto 9' client\.4338.*access denied"):
        faked.apply([STEP], lambda _: "")
    assert said(fakes) == []


@pytest.mark.parametrize(
    ("changed", "errno_name"),
    [
        ({"watchers": ["127.0.2.21:0/31"]}, "EBUSY"),
        ({"lockers": [["client.5", "auto 9", "127.0.2.21:0/31"]]}, "ESTALE"),
        ({"lockers": [["client.4338", "auto 8", "127.0.2.21:0/31"]]}, "ESTALE"),
        ({"lockers": []}, "ESTALE"),
    ],
)
def test_a_lock_that_is_another_by_now_or_whose_holder_came_back_stays(
    world: dict[str, Any], fakes: Path, faked: LocalHost, changed: dict[str, Any], errno_name: str
) -> None:
    world["pools"]["vms"]["a"] = {**world["pools"]["vms"]["a"], **changed}
    put(fakes, world)
    with pytest.raises(StepFailed) as failure:
        faked.apply([STEP], lambda _: "")
    assert failure.value.errno_name == errno_name
    assert said(fakes) == []
