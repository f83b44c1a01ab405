"""The guest, seen through the lines that lab/guest_init.sh prints on the console."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openstack.connection import Connection

from lab.guest import IMAGE_SLOT
from tests.proof.cloud import until


def disk_with(marker: str, made: Path, target: Path) -> Path:
    """Copy the guest's disk and write a marker into the copy, which the guest prints at boot."""
    content = bytearray(made.read_bytes())
    content[IMAGE_SLOT * 512 : IMAGE_SLOT * 512 + 512] = f"{marker}\n".encode().ljust(512, b"\0")
    target.write_bytes(content)
    return target


@dataclass(frozen=True)
class Boot:
    image: str
    earlier: str
    now: str


class Console:
    """The serial console of a server, through Nova's API."""

    def __init__(self, cloud: Connection, server: Any) -> None:
        self.cloud, self.server = cloud, server

    def text(self) -> str:
        return str(self.cloud.compute.get_server_console_output(self.server, length=400)["output"])

    def says(self, pattern: str, seconds: float = 60, times: int = 1) -> re.Match[str]:
        """Wait until the guest has printed a line that matches `pattern` so many times, and return the last match."""

        def look() -> re.Match[str] | None:
            found = list(re.finditer(rf"lab-guest: {pattern}\s*$", self.text(), re.MULTILINE))
            return found[-1] if len(found) >= times else None

        try:
            return until(f"console of {self.server.id} says {pattern!r}", look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n-- console\n{self.text()[-3000:]}") from None

    def boot(self, times: int = 1) -> Boot:
        found = self.says(r"up image=(\S+) earlier=(\S+) now=(\S+)", 90, times)
        return Boot(*found.groups())

    def used(self, volume: Any, times: int = 1) -> tuple[str, str]:
        """Wait until the guest has used a volume so many times; return the token that it found and the one it wrote."""
        found = self.says(rf"disk serial={volume.id[:20]} found=(\S+) wrote=(\S+)", times=times)
        return found[1], found[2]

    def lost(self, times: int) -> None:
        """Wait until the guest has lost a disk so many times."""
        self.says(r"disk \S+ gone", times=times)
