"""Keyring files: one section per entity with its key. Ceph reads them with ceph.conf's grammar."""

from __future__ import annotations

import base64
import binascii
import re

from providers.formats import ceph_conf as conf_text

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


def is_key(key: str) -> bool:
    """Whether this is the base64 form of a cephx key (type, time, length, secret)."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) > 12 and len(raw) == 12 + int.from_bytes(raw[10:12], "little")
