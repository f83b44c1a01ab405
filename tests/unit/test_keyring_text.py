"""Keyring files: what is rendered is parsed again, and no error holds a key."""

from __future__ import annotations

import pytest

from providers.formats import keyring as keyring_text
from providers.formats.ceph_conf import CephConfSyntaxError

KEY = "AQBSdFhnAAAAABAAmZ0WpX0zB1Xq3v5Yw8k2JA=="
REDACTED = "sha256:" + "0f" * 32


def test_the_rendered_file_is_the_one_ceph_writes() -> None:
    assert keyring_text.render("client.glance", KEY) == f"[client.glance]\n\tkey = {KEY}\n"


@pytest.mark.parametrize("key", [KEY, REDACTED])
@pytest.mark.parametrize("entity", ["client.glance", "client.cinder-g2", "client.rgw.a_b"])
def test_what_is_rendered_is_parsed(entity: str, key: str) -> None:
    assert keyring_text.parse(keyring_text.render(entity, key)) == {entity: key}


def test_the_monitors_own_entity_has_an_empty_id() -> None:
    assert keyring_text.parse(f"[mon.]\n\tkey = {KEY}\n") == {"mon.": KEY}


def test_caps_and_keyless_entities_are_left_out() -> None:
    text = f'[client.a]\n\tkey = {KEY}\n\tcaps mon = "profile rbd"\n\tcaps osd = "profile rbd pool=a"\n[client.b]\n'
    assert keyring_text.parse(text) == {"client.a": KEY}


def test_an_empty_file_has_no_keys() -> None:
    assert keyring_text.parse("") == {}


@pytest.mark.parametrize(
    "text", [f"[client.a]\n\tkey: {KEY.rstrip('=')}\n", f"[client.a]\n\tkey = {KEY}", f"key = {KEY}\n"]
)
def test_a_broken_file_is_refused_without_its_key(text: str) -> None:
    with pytest.raises(CephConfSyntaxError) as refused:
        keyring_text.parse(text)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("key", ["", "hunter2", KEY[:-4], f"{KEY}\n", f" {KEY}", "sha256:0f", KEY + "é"])
def test_what_is_no_key_is_refused_without_saying_it(key: str) -> None:
    with pytest.raises(ValueError, match=r"^the key of client\.glance is no cephx key") as refused:
        keyring_text.render("client.glance", key)
    assert key == "" or key not in str(refused.value)


@pytest.mark.parametrize("entity", ["", "glance", "client.", "client.a]", "client.a\n", "client.a b", "[client.a]"])
def test_what_is_no_entity_is_refused(entity: str) -> None:
    with pytest.raises(ValueError, match="is no Ceph entity"):
        keyring_text.render(entity, KEY)
