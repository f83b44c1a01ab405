"""How the settings become ways in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.errors import Refused
from providers.reach.access import AccessSettings
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from providers.reach.ssh import SshHost


def settings(**blocks: Any) -> AccessSettings:
    return AccessSettings.from_config(lambda name: json.dumps(blocks[name]) if name in blocks else None)


def test_a_host_takes_from_ssh_what_it_does_not_say() -> None:
    found = settings(
        ssh={"user": "deploy", "port": 2222.0, "identity_file": "id", "sudo": None},
        hosts={
            "a": {"address": "10.0.0.1"},
            "b": None,
            "c": {"user": "root", "port": None, "prefix": ["docker", "exec"]},
        },
    ).hosts
    assert found["a"] == HostAccess("a", "10.0.0.1", "deploy", 2222, "id")
    assert (found["b"].address, found["b"].where) == ("b", "b")
    assert (found["c"].user, found["c"].port) == ("root", 2222)
    assert found["c"].command() == ["sudo", "-n", "docker", "exec", "python3"]


def test_jump_hosts() -> None:
    found = settings(
        ssh={"user": "deploy", "port": 2222, "jump": "bastion"},
        hosts={
            "bastion": {"address": "192.0.2.1", "user": "hop"},
            "a": {},
            "b": {"jump": {"address": "192.0.2.2"}},
            "c": {"jump": "b"},
        },
    ).hosts
    assert found["bastion"].jump is None
    assert found["a"].jump == found["bastion"]
    assert found["b"].jump == HostAccess("b's jump host", "192.0.2.2", "deploy", 22)
    assert found["c"].jump == found["b"]


@pytest.mark.parametrize("jump", ["nonesuch", "b"])
def test_a_way_that_leads_nowhere_is_refused_and_never_a_direct_one(jump: str) -> None:
    with pytest.raises(Refused, match="leads nowhere"):
        settings(ssh={}, hosts={"a": {"jump": jump}, "b": {"jump": "a"}})


def test_what_is_stored_leads_there_again_and_holds_no_secret() -> None:
    way = HostAccess("a", "10.0.0.1", "deploy", 2222, "id", "known", sudo=False, prefix=("x", "y"))
    way = way.through(HostAccess("b", "10.0.0.2").through(HostAccess("c", "10.0.0.3")))
    stored = json.loads(json.dumps({**way.as_dict(), "machine_id": "m", "host_key": "k"}))
    assert HostAccess.from_dict("a", stored) == way
    assert len({way, HostAccess.from_dict("a", stored)}) == 1


def test_empty_settings_name_nothing() -> None:
    assert settings() == AccessSettings()
    assert settings(cluster={"admin_host": None, "keys": None, "admin_conf": None}) == AccessSettings()
    assert AccessSettings.from_config({"hosts": {"a": {}}}.get).hosts == {"a": HostAccess("a", "a")}
    assert AccessSettings.from_config(lambda _: "") == AccessSettings()


def test_further_clusters_by_their_fsid_in_any_spelling() -> None:
    west = {"fsid": "0E57E57E0C1E4D0A9B6E1AB0CE9D0502", "admin_host": "b", "admin_conf": "/etc/ceph/west.conf"}
    found = settings(hosts={"a": {}, "b": {}}, cluster={"fsid": "x", "admin_host": "a"}, clusters={"west": west})
    fsid = "0e57e57e-0c1e-4d0a-9b6e-1ab0ce9d0502"
    assert list(found.further) == [fsid]
    assert (found.cluster(fsid).admin_host, found.cluster(fsid).admin_conf) == ("b", "/etc/ceph/west.conf")
    assert found.cluster("x").admin_host == "a"
    assert found.admin_hosts == ["a", "b"]


def test_opening_connects_nowhere() -> None:
    found = settings(hosts={"a": {"address": "192.0.2.1"}, "b": {"address": "local"}})
    assert isinstance(found.open(found.hosts["a"]), SshHost)
    assert isinstance(found.open(found.hosts["b"]), LocalHost)
