"""Keyrings: one section per entity, with the entity's key. Ceph reads them with ceph.conf's grammar."""

from __future__ import annotations

import base64
import binascii
import re

from providers.formats.ceph_conf import CEPH_CONF, CephConfSyntaxError
from providers.formats.document import Document

CEPHX_KEY = re.compile(r"A[Qg][A-D][A-Za-z0-9+/]{29,}={0,2}")
"""What looks like a key in any text. In base64, type 1 (AES-128) begins with AQ, type 2 (AES-256) with Ag."""

KEY_TYPES = {1: "aes", 2: "aes256k"}
"""The number that a key begins with, and how Ceph names keys of that type. The second is new in 20.2.4 and 19.2.6."""

_SECTION = re.compile(r"global$|(auth|mon|mds|osd|mgr|client)\.")  # Ceph passes over [global]
_ENTITY = re.compile(r"[a-z]+\.[A-Za-z0-9_.@:-]+")
_REDACTED = re.compile(r"sha256:[0-9a-f]{64}")


def keyring_text(entity: str, key: str) -> str:
    """Return the file for one entity: `[client.glance]`, a tab, `key = …`.

    Raises:
        ValueError: That is no entity, or no key. The text of the error never holds the key.
    """
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"entity {entity!r} is no Ceph entity; write for example client.glance")
    if not is_key(key) and not _REDACTED.fullmatch(key):
        raise ValueError(f"the key of {entity} is no cephx key; read it from the cluster again")
    return f"[{entity}]\n\tkey = {key}\n"


def keys_in(text: str) -> dict[str, str]:
    """Return the key of each entity that has one. A key may be redacted (`sha256:<hex>`).

    Raises:
        CephConfSyntaxError: Ceph refuses the text. The error never quotes the text.
    """
    parsed, keys = Document(CEPH_CONF, text).parsed, dict[str, str]()
    for section in parsed.sections:
        if not _SECTION.match(section.name):
            raise CephConfSyntaxError(
                section.line + 1, "a section that is no entity; an entity is for example client.glance"
            )
    for option in parsed.options:
        name = CEPH_CONF.option_key(option.name).replace("_", " ")
        if option.section.name == "global":
            continue
        if name != "auid" and not name.startswith("caps ") and (name != "key" or not option.value):
            raise CephConfSyntaxError(option.first + 1, "neither a key nor caps of an entity")
        if name == "key":
            keys[option.section.name] = option.value
    return keys


def with_key(text: str, entity: str, key: str) -> str:
    """Return the text of a keyring with the entity's key set.

    What belongs to other entities, and comments, stay byte for byte.

    Args:
        text: A keyring as `keys_in` reads it. Its keys may be redacted.
        entity: Whose key. An entity that is not there yet is appended.
        key: The key, or what stands for it.

    Raises:
        CephConfSyntaxError: Ceph refuses the text, or would with the key in it.
    """
    document = Document(CEPH_CONF, text)
    found = document.find(entity, "key")
    if found is None:
        document.set(entity, "key", key)
        return document.text
    line = document.lines[found.first]
    if found.value and found.first == found.last and line.count(found.value) == 1:
        line = line.replace(found.value, key)  # with its quotes and comment
    else:
        line = line[: len(line) - len(line.lstrip(" \t"))] + f"key = {key}" + ("\r" if line.endswith("\r") else "")
    document.put(entity, "key", [line])
    return document.text


def without_added(text: str, entity: str, *, section: bool) -> str:
    """Return the text as it was before `with_key` added the entity's key.

    Args:
        text: A keyring that has a key of the entity.
        entity: Whose key was added.
        section: Whether the entity was added, too; an entity that has something else by now stays.
    """
    document = Document(CEPH_CONF, text)
    document.put(entity, "key", None)
    if section:
        document.drop_empty_section(entity)
    return document.text


def has_entity(text: str, entity: str) -> bool:
    """Return whether a keyring names the entity, with a key or without."""
    return any(section.name == entity for section in Document(CEPH_CONF, text).parsed.sections)


def is_key(key: str) -> bool:
    """Return whether this is the base64 form of a cephx key (type, time, length, secret)."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) > 12 and len(raw) == 12 + int.from_bytes(raw[10:12], "little")


def key_type(key: str) -> str:
    """Return the type of a key as Ceph names it, `aes` or `aes256k`; empty for what is no key of a type known here."""
    if not is_key(key):
        return ""
    return KEY_TYPES.get(int.from_bytes(base64.b64decode(key)[:2], "little"), "")
