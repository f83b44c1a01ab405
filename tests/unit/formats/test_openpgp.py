"""Fingerprints and armor of OpenPGP keys, beside what gpg says of them."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from providers.formats.openpgp import NoPublicKey, armored, fingerprints

KEY = Path(__file__).parents[2] / "data" / "repository-key.asc"
FINGERPRINT = "D24D3534076075823E6BA0591F791F713E1C0D22"
ARMORED = KEY.read_bytes()
SHIPPED = sorted(Path("/usr/share/keyrings").glob("*.gpg"))


def raw() -> bytes:
    lines = ARMORED.decode().split("\n\n", 1)[1].split("\n=")[0]
    return base64.b64decode(lines)


def packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body


@pytest.mark.parametrize("data", [ARMORED, ARMORED.replace(b"\n", b"\r\n"), b"some words\n" + ARMORED, raw()],
                         ids=["armored", "of Windows", "with words before it", "binary"])  # fmt: skip
def test_the_fingerprint_of_a_key(data: bytes) -> None:
    assert fingerprints(data) == [FINGERPRINT]


def test_armor_is_read_back_and_by_gpg() -> None:
    assert fingerprints(armored(raw()).encode()) == [FINGERPRINT]
    assert armored(ARMORED) == armored(raw())
    assert armored(raw()).split("\n\n")[1] == ARMORED.decode().split("\n\n", 1)[1], "gpg's own lines and checksum"


def test_newer_versions_have_longer_fingerprints() -> None:
    body = b"\x06" + b"\x00" * 40
    assert [len(one) for one in fingerprints(packet(6, body) + packet(6, b"\x05" + body[1:]))] == [64, 64]


@pytest.mark.parametrize(("data", "words"), [
    (b"", "no public key"), (b"ssh-ed25519 AAAA", "no public key"), (raw()[:40], "ends too early"),
    (ARMORED.replace(b"\n\nmDM", b"\n\nmDN"), "checksum"), (b"-----BEGIN PGP SIGNATURE-----\n", "no block"),
    (ARMORED.replace(b"mDM", b"m!M"), "no base64"), (packet(5, b"\x04abc"), "a private key"),
    (packet(6, b"\x03abc"), "version 3"), (packet(13, b"name"), "no public key"),
])  # fmt: skip
def test_what_is_no_public_key_is_said(data: bytes, words: str) -> None:
    with pytest.raises(NoPublicKey, match=words):
        fingerprints(data)


@pytest.mark.skipif(not shutil.which("gpg"), reason="no gpg on this machine to compare with")
@pytest.mark.skipif(not SHIPPED, reason="no keyrings on this machine to compare with")
def test_keys_that_the_distribution_ships_are_read_as_gpg_reads_them(tmp_path: Path) -> None:
    """Some of them hold several keys, and keys of several kinds."""
    told = {}
    for path in SHIPPED:
        words = ["gpg", "--homedir", str(tmp_path), "--batch", "--show-keys", "--with-colons", str(path)]
        lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
        keys: list[list[str]] = []
        for row in (line.split(":") for line in lines):
            if row[0] == "pub":
                keys.append([])
            elif row[0] == "fpr" and keys:
                keys[-1].append(row[9])
        told[path] = [prints[0] for prints in keys]
    assert {path: fingerprints(path.read_bytes()) for path in SHIPPED} == told
