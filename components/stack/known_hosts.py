"""Host keys from OpenSSH's known_hosts, for a provider that asks for them one by one."""

from __future__ import annotations

import base64
import hmac
from fnmatch import fnmatchcase
from pathlib import Path

# The order in which Go's ssh client, which Pulumi's command provider is made of, would take them.
_PREFERRED = ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", "ssh-ed25519")


def host_key(file: Path, address: str, port: int) -> str | None:
    """Return the key of a host as `type base64`, None when the file has none; the file may have several types."""
    name = address if port == 22 else f"[{address}]:{port}"
    keys: dict[str, str] = {}
    for line in file.read_text().splitlines():
        words = line.split()
        # @revoked and @cert-authority lines name no key that a host may show by itself.
        if len(words) >= 3 and not words[0].startswith(("#", "@")) and _names(words[0], name):
            keys.setdefault(words[1], f"{words[1]} {words[2]}")
    return next((keys[kind] for kind in _PREFERRED if kind in keys), None)


def _names(patterns: str, name: str) -> bool:
    if patterns.startswith("|1|"):
        _, _, salt, digest = patterns.split("|")
        found = hmac.digest(base64.b64decode(salt), name.encode(), "sha1")
        return hmac.compare_digest(found, base64.b64decode(digest))
    listed = patterns.split(",")
    return not any(one[:1] == "!" and _fits(one[1:], name) for one in listed) and any(
        _fits(one, name) for one in listed
    )


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))
