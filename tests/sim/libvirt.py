"""SimulatedLibvirt: secrets with libvirt's own rules, and domains that name them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree

from providers.reach.answers.libvirt_secret import LibvirtSecret


class SimulatedLibvirt:
    """The secrets of one compute host; values are bytes, as libvirt stores them decoded."""

    def __init__(self) -> None:
        self.secrets: dict[str, dict[str, Any]] = {}
        self.domains: dict[str, list[str]] = {}
        self.local_disks: dict[str, list[str]] = {}
        self.guests: list[dict[str, Any]] = []
        self.answers = True

    def state(self) -> dict[str, Any]:
        return deepcopy(self.secrets)

    def rbd_disks(self) -> dict[str, list[str]]:
        """Return what the agent's `libvirt_rbd_disks` does."""
        made = {
            guest["name"]: [
                f"{disk['pool']}/{disk['image']}"
                for disk in guest["disks"]
                if disk["image"].startswith(guest["uuid"] + "_")
            ]
            for guest in self.guests
        }
        return {name: images for name, images in made.items() if images}

    def define(self, xml: str) -> str:
        """Return why not, or an empty text."""
        wanted = ElementTree.fromstring(xml)  # noqa: S314 - our own
        uuid, usage = wanted.findtext("uuid") or "", wanted.findtext("usage/name") or ""
        private = wanted.get("private") == "yes"
        for other, secret in self.secrets.items():
            if (other == uuid) != (secret["usage"] == usage):
                return f"internal error: a secret with UUID {other} already defined for use with {secret['usage']}"
        found = self.secrets.get(uuid)
        if found and found["private"] and not private:
            return "internal error: cannot change private flag on existing secret"
        kind = wanted.find("usage")
        self.secrets[uuid] = {
            "usage": usage,
            "is_ceph": kind is not None and kind.get("type") == "ceph",
            "private": private,
            "ephemeral": wanted.get("ephemeral") == "yes",
            "value": found["value"] if found else None,
        }
        return ""

    def virsh(self, argv: list[str], stdin: str) -> str:
        """Do what virsh does; return its error text, or an empty text."""
        words = [word for word in argv[1:] if word != "--quiet"]
        if words[0] == "secret-define":
            return self.define(stdin)
        uuid = words[words.index("--secret") + 1] if "--secret" in words else words[1]
        if uuid not in self.secrets:
            return f"failed to get secret '{uuid}'"
        if words[0] == "secret-set-value":
            self.secrets[uuid]["value"] = base64.b64decode(stdin, validate=True)
        elif words[0] == "secret-undefine":
            del self.secrets[uuid]
        else:
            return f"unknown command: '{words[0]}'"
        return ""

    def listed(self) -> list[LibvirtSecret]:
        """Return what the agent's `libvirt_secrets` does."""
        return [
            LibvirtSecret.model_validate({"uuid": uuid, **secret, "value": self._value(secret)})
            for uuid, secret in self.secrets.items()
        ]

    @staticmethod
    def _value(secret: dict[str, Any]) -> str:
        if secret["private"]:
            return "private"
        if secret["value"] is None:
            return ""
        return "sha256:" + hashlib.sha256(base64.b64encode(secret["value"])).hexdigest()

    def users(self, uuids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, named in self.domains.items():
            for uuid in set(uuids) & set(named):
                found.setdefault(uuid, []).append(name)
        return found
