"""Keys that a host's librados cannot read are not handed to it: found at the gate, at the keyring, at the secret."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.stack.wire import wire
from providers.ceph.readable_key import WAYS_OUT
from providers.errors import Refused
from providers.formats.keyring import is_key, key_type
from providers.reach.handed_keys import HandedKey
from providers.redaction import redacted
from providers.resources import CephxUserProvider, GuardProvider, KeyTypeProvider
from tests.sim.ceph import cephx_key
from tests.sim.site import FSID, Managed, Site
from tests.unit.components.graph import built, settings
from tests.unit.examples.example import STACK
from tests.unit.examples.keyring import KEYRING_FILE
from tests.unit.examples.secret import SECRET
from tests.unit.examples.user import CAPS

LOOKS_AT: dict[str, Any] = {
    "pools": {},
    "entities": {},
    "secrets": {"compute1": {}},
    "volume_types": {},
    "caps": {"client.cinder": CAPS},
    "settings": {"client.cinder": "cinder.user"},
}


@pytest.fixture
def tentacle(site: Site) -> Site:
    """A cluster that is new with Ceph 20.2.4, and hosts with an older librados."""
    site.ceph.as_tentacle()
    for host in site.hosts.values():
        host.packages["librados2"] = "18.2.7+ds-1"
    site.hosts["ceph1"].reads_key_types = ["aes", "aes256k"]
    return site


def gate(site: Site, **more: Any) -> Managed:
    inputs = {"stack": STACK, "fsid": FSID, "guards": "change", "looks_at": {**LOOKS_AT, **more}}
    return Managed(site, GuardProvider(), inputs)


def user(site: Site, **more: Any) -> Managed:
    wanted = {"stack": STACK, "fsid": FSID, "entity": "client.cinder", "caps": CAPS}
    return Managed(site, CephxUserProvider(), {**wanted, **more})


def key_type_aes(site: Site) -> Managed:
    return Managed(site, KeyTypeProvider(), {"stack": STACK, "fsid": FSID, "key_type": "aes"})


@pytest.mark.parametrize("kind", ["aes", "aes256k"])
def test_a_key_tells_its_type_and_is_hidden_wherever_it_is_printed(kind: str) -> None:
    """Also in the words of an older librados, which prints the key that it cannot read."""
    for number in range(200):
        key = cephx_key(number**9, kind)
        assert is_key(key)
        assert key_type(key) == kind
        assert len(key) == {"aes": 40, "aes256k": 60}[kind]
        line = f"auth: error setting modifier for [client.x] type=key val={key}: Malformed input"
        assert redacted(line) == "auth: error setting modifier for [client.x] type=key val=***: Malformed input"
    assert key_type("AAAA") == key_type("") == key_type("no key") == ""


def test_the_gate_refuses_hosts_that_can_read_no_key_of_the_users_before_a_user_is_made(tentacle: Site) -> None:
    before = tentacle.everything()
    words = (
        "stack dev: nothing was changed: keys of this cluster's users are of type aes256k, which librados 18.2.7+ds-1"
        f" there cannot read on compute1, and would write into the services' logs: {WAYS_OUT}; then run again"
    )
    with pytest.raises(Refused, match=re.escape(words)):
        gate(tentacle).up()
    assert tentacle.everything() == before


def test_a_host_that_reads_them_is_let_through(tentacle: Site) -> None:
    tentacle.hosts["compute1"].reads_key_types = ["aes", "aes256k"]
    assert gate(tentacle).up() == "create"


def test_the_way_out_is_a_setting_with_which_the_users_get_other_keys(tentacle: Site) -> None:
    assert gate(tentacle, key_type="aes").up() == "create"
    before = tentacle.everything()
    kind, made = key_type_aes(tentacle), user(tentacle, key_type="aes")
    kind.up()
    made.up()
    assert key_type(tentacle.ceph.users["client.cinder"]["key"]) == "aes"
    for example in (KEYRING_FILE, SECRET):
        example.prepare(tentacle)
    made.destroy()
    kind.destroy()
    assert tentacle.everything()["cluster"] == before["cluster"]


def test_without_the_leave_the_cluster_makes_none(tentacle: Site) -> None:
    with pytest.raises(Exception, match='creating key with insecure key type \\("aes"\\) not allowed'):
        user(tentacle, key_type="aes").up()


def test_a_cluster_that_knows_one_type_is_asked_nothing_more(site: Site) -> None:
    assert gate(site).up() == "create"
    assert user(site, key_type="aes").up() == "create"
    assert not [done for done in site.cut.done if "key_types" in done]


@pytest.mark.parametrize("example", [KEYRING_FILE, SECRET], ids=lambda example: example.name)
def test_a_key_that_the_host_cannot_read_is_not_handed_over(tentacle: Site, example: Any) -> None:
    """Where users have keys of both types, the gate cannot know which host is handed whose."""
    tentacle.ceph.users.pop("client.cinder", None)
    example.prepare(tentacle)
    tentacle.ceph.users.pop("client.cinder", None)
    tentacle.ceph.add_user("client.cinder", CAPS)
    resource, before = example.resource(tentacle), tentacle.everything()
    words = (
        r"the key of client\.cinder is of type aes256k, which librados 18\.2\.7\+ds-1 there cannot read, and would"
        r" write into the service's log; it was not handed over: .*cluster\.key_type: aes"
    )
    with pytest.raises(Refused, match=words):
        resource.up()
    assert tentacle.everything() == before
    for host in tentacle.hosts.values():
        host.reads_key_types = ["aes", "aes256k"]
    assert resource.up() == "create"


def test_a_key_that_was_handed_to_a_cell_tells_its_type(tmp_path: Any) -> None:
    file = tmp_path / "key"
    file.write_text(cephx_key(5, "aes256k"))
    assert key_type(HandedKey(file=str(file)).read("client.cinder")) == "aes256k"


def test_the_setting_is_previewed() -> None:
    declared = built(cluster__key_type="aes")
    assert declared["key-type-aes"].inputs["key_type"] == "aes"
    assert declared["key-type-aes"].needs == {"cluster"}
    for label in ("glance", "cinder", "cinder-backup"):
        assert declared[f"{label}-user"].inputs["key_type"] == "aes"
        assert "key-type-aes" in declared[f"{label}-user"].needs
    assert declared["gate"].inputs["looks_at"]["key_type"] == "aes"
    assert "key_type" not in str(built())


def test_keys_of_the_old_type_are_a_notice_until_it_is_acknowledged() -> None:
    (notice,) = [one for one in wire(settings(cluster__key_type="aes"), "t").notices if one.name == "old-key-type"]
    assert "CVE-2025-30156" in notice.text
    quiet = wire(settings(cluster__key_type="aes", acknowledge=["old-key-type"]), "t")
    assert "old-key-type" not in [one.name for one in quiet.notices]
    assert "old-key-type" not in [one.name for one in wire(settings(cluster__key_type="aes256k"), "t").notices]
