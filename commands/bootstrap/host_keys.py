"""Host keys of hosts that are met for the first time: accepted only as the operator has them, and then recorded."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from providers.errors import Refused
from providers.reach.host_access import HostAccess

if TYPE_CHECKING:
    import paramiko


def expected(given: list[str], names: Mapping[str, object]) -> dict[str, str]:
    """Return host to fingerprint, of `--fingerprint HOST=SHA256:…`.

    Raises:
        Refused: An argument has another form, or names no host.
    """
    found: dict[str, str] = {}
    for word in given:
        name, _, fingerprint = word.partition("=")
        if name not in names or not fingerprint.startswith("SHA256:"):
            raise Refused(f"--fingerprint {word}: write HOST=SHA256:…, with a host of the stack")
        found[name] = fingerprint
    return found


@dataclass
class HostKeys:
    """What the operator knows of a host's key.

    Attributes:
        access: The host.
        fingerprint: The fingerprint that the operator expects; empty to be asked, where there is a terminal.
        accepted: Lines of known_hosts for keys that were accepted.
    """

    access: HostAccess
    fingerprint: str = ""
    accepted: list[str] = field(default_factory=list)

    def accept(self, host: str, key: paramiko.PKey) -> bool:
        """Return whether a key that known_hosts does not have is the host's."""
        line = f"{host} {key.get_name()} {key.get_base64()}"
        if line in self.accepted:
            return True  # of an earlier connection of this call
        shown = f"{self.access.where}: shows the host key {key.get_name()} {key.fingerprint}"
        if self.fingerprint:
            if key.fingerprint != self.fingerprint:
                raise Refused(f"{shown}, and --fingerprint says {self.fingerprint}: is it another machine?")
        elif not sys.stdin.isatty() or not _yes(f"{shown}\ncompare it on the host's console; is it this? (yes/no) "):
            return False
        self.accepted.append(line)
        return True

    def record(self) -> list[str]:
        """Add the accepted keys to known_hosts, and return a line of what was done."""
        if not self.accepted:
            return []
        path = Path(self.access.known_hosts_file).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a+") as file:
            file.seek(0)
            text = file.read()
            file.write("" if not text or text.endswith("\n") else "\n")
            file.writelines(f"{line}\n" for line in self.accepted if line not in text.splitlines())
        return [f"add its host key to {self.access.known_hosts_file}"]


def _yes(question: str) -> bool:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == "yes"
