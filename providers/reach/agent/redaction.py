"""What leaves the host in place of a key: the key's SHA-256."""

import base64
import hashlib
import re
from typing import Any

# `\s*` would match line ends, too, and over a file of empty lines take the square of their number. A line that ends
# with a backslash goes on in the next one.
KEY_LINE = re.compile(r"(?m)^([ \t]*key[ \t]*=[ \t]*(?:\\\r?\n[ \t]*)*)((?:\\\r?\n|\\[^\r\n]|[^\\\r\n])+)")
QUOTED = re.compile(r"(?s)([\"'])((?:\\.|[^\\#;\"'])+)\1")
UNQUOTED = re.compile(r"(?s)((?:\\.|[^\\#;])*(?:\\.|[^\\#; \t]))")
KEY_TYPES = {1: "aes", 2: "aes256k"}
KEY_FIELDS = ("key", "pending_key")


def digest(data: bytes) -> str:
    """Return the SHA-256 as hex."""
    return hashlib.sha256(data).hexdigest()


def keyring_without_keys(text: str) -> str:
    """Return a keyring's text with SHA-256 in place of each key as Ceph reads the key, on as many lines as before."""
    return KEY_LINE.sub(lambda line: line.group(1) + value_without_key(line.group(2)), text)


def value_without_key(written: str) -> str:
    """Return what follows `key =`, with SHA-256 in place of the key; quotes and comments stay."""
    quoted = QUOTED.match(written)
    found = quoted or UNQUOTED.match(written)
    if found is None:
        return written  # nothing but a comment
    quote, key = (found.group(1), found.group(2)) if quoted else ("", found.group(1))
    value = re.sub(r"\\(.)", r"\1", re.sub(r"\\\r?\n", "", key))
    shown = quote + "sha256:" + digest(value.encode("utf-8", "surrogateescape")) + quote
    return shown + "\\\n" * key.count("\n") + written[found.end() :]


def answer_without_keys(value: Any) -> Any:
    """Return an answer of the monitors with SHA-256 in place of each key, and beside it the key's type."""
    if isinstance(value, dict):
        hidden = {name: field_without_key(name, field) for name, field in value.items()}
        kind = type_of_key(value.get("key"))
        return dict(hidden, key_type=kind) if kind else hidden
    return [answer_without_keys(item) for item in value] if isinstance(value, list) else value


def type_of_key(key: Any) -> str:
    """Return the type of a cephx key, as Ceph names it; empty for what is no key of a type that is known."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (TypeError, ValueError):
        return ""
    is_key = len(raw) > 12 and len(raw) == 12 + int.from_bytes(raw[10:12], "little")
    return KEY_TYPES.get(int.from_bytes(raw[:2], "little"), "") if is_key else ""


def field_without_key(name: str, value: Any) -> Any:
    """Return a field of such an answer."""
    if name in KEY_FIELDS and isinstance(value, str) and value:
        return "sha256:" + digest(value.encode())
    return answer_without_keys(value)
