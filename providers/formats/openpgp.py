"""Public keys of OpenPGP (RFC 9580), as far as their fingerprints go, and their armor, as apt and rpm read it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

_BEGIN, _END = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----"
_BLOCK = re.compile(rf"{_BEGIN}\s*\n(?:[^\n:]+: [^\n]*\n)*\s*\n?(.*?)\n{_END}", re.DOTALL)
_PRIMARY, _SECRET = 6, (5, 7)
_LINE = 64


class NoPublicKey(ValueError):
    """What was read is not a file of public keys."""


def fingerprints(data: bytes) -> list[str]:
    """Return the fingerprint of each primary key in a file, armored or not, in upper case.

    Raises:
        NoPublicKey: There is no public key in it, or something else than OpenPGP.
    """
    found = []
    for tag, body in _packets(_dearmored(data)):
        if tag in _SECRET:
            raise NoPublicKey("holds a private key")
        if tag == _PRIMARY:
            found.append(_fingerprint(body))
    if not found:
        raise NoPublicKey("holds no public key of OpenPGP")
    return found


def armored(data: bytes) -> str:
    """Return a file of public keys as one armored block, with a checksum as old programs want it."""
    raw = _dearmored(data)
    text = base64.b64encode(raw).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    checksum = base64.b64encode(_crc24(raw).to_bytes(3, "big")).decode()
    return "\n".join([_BEGIN, "", *lines, f"={checksum}", _END, ""])


def _dearmored(data: bytes) -> bytes:
    if b"-----BEGIN PGP" not in data:
        return data
    blocks = _BLOCK.findall(data.decode("ascii", "replace").replace("\r\n", "\n"))
    if not blocks:
        raise NoPublicKey("holds no block of public keys")
    return b"".join(_decoded(block) for block in blocks)


def _decoded(block: str) -> bytes:
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    checksum = lines.pop()[1:] if lines and re.fullmatch(r"=[A-Za-z0-9+/]{4}", lines[-1]) else ""
    try:
        raw = base64.b64decode("".join(lines), validate=True)
    except binascii.Error:
        raise NoPublicKey("is damaged: it is no base64") from None
    if checksum and base64.b64decode(checksum) != _crc24(raw).to_bytes(3, "big"):
        raise NoPublicKey("is damaged: its checksum is another one")
    return raw


def _packets(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body of each packet."""
    at = 0
    while at < len(raw):
        first = raw[at]
        if not first & 0x80:
            raise NoPublicKey("holds no public key of OpenPGP")
        read = _new_length if first & 0x40 else _old_length
        tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
        length, start = read(raw, at)
        if length is None or start + length > len(raw):
            raise NoPublicKey("is damaged: it ends too early")
        yield tag, raw[start : start + length]
        at = start + length


def _new_length(raw: bytes, at: int) -> tuple[int | None, int]:
    """Return length and start of a packet's body; a key has no body in parts, so for such a one the length is None."""
    octet = raw[at + 1] if at + 1 < len(raw) else 255
    if octet < 192:
        return octet, at + 2
    if octet < 224 and at + 2 < len(raw):
        return ((octet - 192) << 8) + raw[at + 2] + 192, at + 3
    if octet == 255:
        return int.from_bytes(raw[at + 2 : at + 6], "big"), at + 6
    return None, at


def _old_length(raw: bytes, at: int) -> tuple[int | None, int]:
    kind = raw[at] & 0x03
    if kind == 3:
        return len(raw) - at - 1, at + 1
    octets = 1 << kind
    return int.from_bytes(raw[at + 1 : at + 1 + octets], "big"), at + 1 + octets


def _fingerprint(body: bytes) -> str:
    version = body[0] if body else 0
    if version == 4:
        head = b"\x99" + len(body).to_bytes(2, "big")
        return hashlib.sha1(head + body).hexdigest().upper()  # noqa: S324 - the fingerprint is defined so
    if version in (5, 6):
        head = bytes([0x9A if version == 5 else 0x9B]) + len(body).to_bytes(4, "big")
        return hashlib.sha256(head + body).hexdigest().upper()
    raise NoPublicKey(f"holds a key of version {version}, which has no fingerprint that is safe to compare")


def _crc24(data: bytes) -> int:
    crc = 0xB704CE
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF
