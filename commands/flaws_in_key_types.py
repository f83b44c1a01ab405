"""Flaws in the types of keys that users have: the old type, where the monitors know the newer one. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from commands.flaw import Flaw
from components.stack.key_type_notice import OLD_KEY_TYPE, OLD_TYPE

TOLD = (
    "is of the old type aes, which Ceph calls insecure (CVE-2025-30156), while these monitors make keys of type"
    " aes256k: once librados is 19.2.6, 20.2.4 or later on all hosts, set cluster.key_type to aes256k and raise"
    f" generation of the user (docs/key-types.md; acknowledge: {OLD_KEY_TYPE})"
)


def is_old(key_type: str, known: list[str]) -> bool:
    """Return whether a key is of the old type although it could be of the newer one.

    Args:
        key_type: The type of the key; empty when nobody tells.
        known: The types that the monitors allow; none where they know one type only.
    """
    return bool(known) and key_type == OLD_TYPE


def flaws_in_key_types(where: str, entity: str, key_type: str, known: list[str]) -> Iterator[Flaw]:
    """Yield what is wrong with the type of a user's key; see `is_old`."""
    if is_old(key_type, known):
        yield Flaw(where, f"key of {entity}", TOLD)
