"""Host keys from OpenSSH's known_hosts, for Pulumi's command provider, which takes one key for each host."""

from __future__ import annotations

import base64
import hmac
from fnmatch import fnmatchcase
from pathlib import Path

# The order in which the ssh client of Go would take them, because Pulumi's command provider is written in Go.
_PREFERRED = ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", "ssh-ed25519")


def host_key(file: Path, address: str, port: int) -> str | None:
    """Return the preferred key of a host as `type base64`. None when the file has no key of the host."""
    name = address if port == 22 else f"[{address}]:{port}"
    keys: dict[str, str] = {}
    for line in file.read_text().splitlines():
        fields = line.split()
        # Lines with @revoked or @cert-authority are left out, because no host shows such a key as its own.
        if len(fields) >= 3 and not fields[0].startswith(("#", "@")) and _names(fields[0], name):
            keys.setdefault(fields[1], f"{fields[1]} {fields[2]}")
    return next((keys[kind] for kind in _PREFERRED if kind in keys), None)


def _names(patterns: str, name: str) -> bool:
    """Return whether the first field of a line, patterns or a salted hash, stands for the host called `name`."""
    if patterns.startswith("|1|"):
        _, _, salt, digest = patterns.split("|")
        found = hmac.digest(base64.b64decode(salt), name.encode(), "sha1")
        return hmac.compare_digest(found, base64.b64decode(digest))
    listed = patterns.split(",")
    return not any(pattern[:1] == "!" and _fits(pattern[1:], name) for pattern in listed) and any(
        _fits(pattern, name) for pattern in listed
    )


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))
