"""Host keys are found as OpenSSH finds them; judged by ssh-keygen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from components.stack.known_hosts import host_key

LINES = """\
# a comment
@revoked compute1 ssh-ed25519 BAD
compute1,192.0.2.1 ssh-ed25519 AAAAed comment
compute1 ecdsa-sha2-nistp256 AAAAec
[compute1]:2222 ssh-rsa AAAArsa
*.example.org,!bad.example.org ssh-ed25519 AAAAwild
short line
"""


@pytest.mark.parametrize(
    ("address", "port", "key"),
    [
        ("compute1", 22, "ecdsa-sha2-nistp256 AAAAec"),
        ("192.0.2.1", 22, "ssh-ed25519 AAAAed"),
        ("compute1", 2222, "ssh-rsa AAAArsa"),
        ("a.example.org", 22, "ssh-ed25519 AAAAwild"),
        ("bad.example.org", 22, None),
        ("compute2", 22, None),
        ("compute1", 23, None),
    ],
)
def test_lines(tmp_path: Path, address: str, port: int, key: str | None) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(LINES)
    assert host_key(file, address, port) == key


@pytest.mark.parametrize(("address", "port"), [("compute1", 22), ("2001:db8::1", 22), ("compute1", 2222)])
def test_hashed_names(tmp_path: Path, address: str, port: int) -> None:
    file, key = tmp_path / "known_hosts", tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    file.write_text(f"{address if port == 22 else f'[{address}]:{port}'} {public}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True)
    assert address not in file.read_text()
    assert host_key(file, address, port) == public
    assert host_key(file, "other", port) is None
