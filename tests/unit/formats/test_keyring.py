"""Keyring files: what is rendered is parsed again, and no error holds a key."""

from __future__ import annotations

import pytest

from providers.formats.ceph_conf import CephConfSyntaxError
from providers.formats.keyring import keyring_text, keys_in

KEY = "AQBSdFhnAAAAABAAmZ0WpX0zB1Xq3v5Yw8k2JA=="
REDACTED = "sha256:" + "0f" * 32


def test_the_rendered_file_is_the_one_ceph_writes() -> None:
    assert keyring_text("client.glance", KEY) == f"[client.glance]\n\tkey = {KEY}\n"


@pytest.mark.parametrize("key", [KEY, REDACTED])
@pytest.mark.parametrize("entity", ["client.glance", "client.cinder-g2", "client.rgw.a_b"])
def test_what_is_rendered_is_parsed(entity: str, key: str) -> None:
    assert keys_in(keyring_text(entity, key)) == {entity: key}


def test_the_monitors_own_entity_has_an_empty_id() -> None:
    assert keys_in(f"[mon.]\n\tkey = {KEY}\n") == {"mon.": KEY}


def test_caps_and_keyless_entities_are_left_out() -> None:
    text = f'[client.a]\n\tkey = {KEY}\n\tcaps mon = "profile rbd"\n\tcaps osd = "profile rbd pool=a"\n[client.b]\n'
    assert keys_in(text) == {"client.a": KEY}


def test_an_empty_file_has_no_keys() -> None:
    assert keys_in("") == {}


@pytest.mark.parametrize(
    "text", [f"[client.a]\n\tkey: {KEY.rstrip('=')}\n", f"[client.a]\n\tkey = {KEY}", f"key = {KEY}\n\n[client.a]\n"]
)
def test_a_broken_file_is_refused_without_its_key(text: str) -> None:
    with pytest.raises(CephConfSyntaxError) as refused:
        keys_in(text)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("key", ["", "hunter2", KEY[:-4], f"{KEY}\n", f" {KEY}", "sha256:0f", KEY + "é"])
def test_what_is_no_key_is_refused_without_saying_it(key: str) -> None:
    with pytest.raises(ValueError, match=r"^the key of client\.glance is no cephx key") as refused:
        keyring_text("client.glance", key)
    assert key == "" or key not in str(refused.value)


@pytest.mark.parametrize("entity", ["", "glance", "client.", "client.a]", "client.a\n", "client.a b", "[client.a]"])
def test_what_is_no_entity_is_refused(entity: str) -> None:
    with pytest.raises(ValueError, match="is no Ceph entity"):
        keyring_text(entity, KEY)


AS_CEPH_READS = [
    (f"key = {KEY}\n", {}),
    (f"[global]\nx = y\n[client.a]\nkey = {KEY}\n", {"client.a": KEY}),
    (f"[client.a]\nkey = {KEY}\nauid = 1\ncaps_mon = x\ncaps  osd = y\n", {"client.a": KEY}),
    (f"[auth.x]\n[mon.]\n[mgr.x]\n[osd.0]\n[mds.a]\n[client.a]\nkey = {KEY}\n", {"client.a": KEY}),
    (f"[client.a]\nkey = {KEY}\n[client.]\n", {"client.a": KEY}),
    (f"[client.a]\nkey = x\n[client.a]\nkey = '{KEY}' # c", None),
    (f"[client.a]\nkey = x\n[client.a]\nkey = '{KEY}' # c\n", {"client.a": KEY}),
    (f"[foo]\n[client.a]\nkey = {KEY}\n", None),
    (f"[foo.a]\n[client.a]\nkey = {KEY}\n", None),
    (f"[client.a]\nkey = {KEY}\nfoo = bar\n", None),
    (f"[client.a]\nkey = {KEY}\nKey = x\n", None),
    (f"[client.a]\nkey = {KEY}\ncaps = x\n", None),
    (f"[client.a]\nkey = {KEY}\n[client.b]\nkey =\n", None),
]
"""Judged by the `ceph-authtool` of 16.2.15."""


@pytest.mark.parametrize(("text", "keys"), AS_CEPH_READS)
def test_a_keyring_is_read_as_ceph_reads_it(text: str, keys: dict[str, str] | None) -> None:
    if keys is not None:
        assert keys_in(text) == keys
        return
    with pytest.raises(CephConfSyntaxError) as refused:
        keys_in(text)
    assert KEY not in str(refused.value)
