"""ExportedState: what `pulumi stack export` wrote, which holds no key and is still never printed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.errors import Refused

PROJECT = "ceph-openstack"
ENCRYPTED = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks a value of a state that is not plain: a secret, or a file."""


@dataclass(frozen=True)
class ExportedState:
    """A stack's state, as it was exported.

    Attributes:
        document: The whole document.
    """

    document: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> ExportedState:
        """Return the state in a file.

        Raises:
            Refused: The file is no state of this project.
        """
        try:
            document = json.loads(path.read_text())
        except OSError as problem:
            raise Refused(f"{path}: {problem.strerror}; name what `pulumi stack export --file` wrote") from None
        except ValueError:
            raise Refused(f"{path}: is no JSON; name what `pulumi stack export --file` wrote") from None
        deployment = document.get("deployment") if isinstance(document, dict) else None
        if not isinstance(deployment, dict) or not isinstance(deployment.get("resources"), list):
            raise Refused(f"{path}: holds no resources of a stack; name what `pulumi stack export --file` wrote")
        state = cls(document)
        if state.project != PROJECT:
            raise Refused(
                f"{path}: is the state of project {state.project or '(none)'}, and this edits states of {PROJECT} only;"
                " export the right stack"
            )
        return state

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources, in an order in which each one comes after all that it depends on."""
        found: list[dict[str, Any]] = self.document["deployment"]["resources"]
        return found

    @property
    def project(self) -> str:
        """The project's name, as the first URN says it."""
        return self._part_of_urn(1)

    @property
    def stack(self) -> str:
        """The stack's name, as the first URN says it."""
        return self._part_of_urn(0)

    def _part_of_urn(self, number: int) -> str:
        urn = next((str(row.get("urn", "")) for row in self.resources), "")
        parts = urn.removeprefix("urn:pulumi:").split("::")
        return parts[number] if len(parts) > number else ""

    @property
    def hosts(self) -> list[str]:
        """The hosts that resources lie on."""
        return sorted({host for row in self.resources if (host := host_of(row))})

    @property
    def admin_host(self) -> str:
        """The admin host by the settings of the last run. Empty: the settings name none, or they are encrypted."""
        for row in self.resources:
            cluster = (row.get("inputs") or {}).get(f"{PROJECT}:cluster")
            if str(row.get("type", "")).startswith("pulumi:providers:") and isinstance(cluster, str):
                try:
                    found = json.loads(cluster)
                except ValueError:
                    return ""
                return str(found.get("admin_host") or "") if isinstance(found, dict) else ""
        return ""

    def write(self, path: Path) -> None:
        """Write the state to a new file that only its owner may read.

        Raises:
            Refused: There is such a file, or no such folder.
        """
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(self.document, file, indent=4)
                file.write("\n")
        except FileExistsError:
            raise Refused(f"{path}: is there already, and is not overwritten; name another file with -o") from None
        except OSError as problem:
            raise Refused(f"{path}: {problem.strerror}; name another file with -o") from None


def host_of(resource: Mapping[str, Any]) -> str:
    """Return the host that a resource lies on. Empty: it lies on none, or the state holds the host encrypted."""
    host = (resource.get("inputs") or {}).get("host")
    return host if isinstance(host, str) else ""


def is_encrypted(value: Any) -> bool:
    """Return whether a state holds a value as an encrypted secret."""
    return isinstance(value, dict) and ENCRYPTED in value
