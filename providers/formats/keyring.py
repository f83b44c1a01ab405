"""Keyring files: one section per entity with its key. Ceph reads them with ceph.conf's grammar."""

from __future__ import annotations

import base64
import binascii
import re

from providers.formats import ceph_conf as conf_text
from providers.formats.document import Document

CEPHX_KEY = re.compile(r"A[Qg][A-D][A-Za-z0-9+/]{29,}={0,2}")
"""What looks like a key in any text. In base64, type 1 (AES-128) begins with AQ, type 2 (AES-256) with Ag."""

_ENTITY = re.compile(r"[a-z]+\.[A-Za-z0-9_.@:-]+")
_REDACTED = re.compile(r"sha256:[0-9a-f]{64}")


def render(entity: str, key: str) -> str:
    """The file for one entity: ``[client.glance]``, a tab, ``key = ...``.

    Raises ValueError for what is no entity or no key; the text of the error never holds the key.
    """
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"entity {entity!r} is no Ceph entity; write for example client.glance")
    if not is_key(key) and not _REDACTED.fullmatch(key):
        raise ValueError(f"the key of {entity} is no cephx key; read it from the cluster again")
    return f"[{entity}]\n\tkey = {key}\n"


def parse(text: str) -> dict[str, str]:
    """``{entity: key}``; caps and entities without a key are left out. A key may be redacted (``sha256:<hex>``).

    Raises conf_text.CephConfSyntaxError, which never quotes the text.
    """
    return {option.section.name: option.value for option in conf_text.parse(text).options if option.name == "key"}


def with_key(text: str, entity: str, key: str) -> str:
    """Return the text of a keyring with the entity's key set; what belongs to other entities, and comments, stay byte for byte.

    Args:
        text: A keyring as `parse` reads it. Its keys may be redacted.
        entity: Whose key. An entity that is not there yet is appended.
        key: The key, or what stands for it.

    Raises:
        CephConfSyntaxError: Ceph refuses the text.
    """
    document = Document(conf_text.CEPH_CONF, text)
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
    document = Document(conf_text.CEPH_CONF, text)
    document.put(entity, "key", None)
    if section:
        document.drop_empty_section(entity)
    return document.text


def has_entity(text: str, entity: str) -> bool:
    """Return whether a keyring names the entity, with a key or without."""
    return any(section.name == entity for section in conf_text.parse(text).sections)


def is_key(key: str) -> bool:
    """Whether this is the base64 form of a cephx key (type, time, length, secret)."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) > 12 and len(raw) == 12 + int.from_bytes(raw[10:12], "little")
