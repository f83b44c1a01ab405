"""HandedKey: a key that an operator was handed instead of access to the cluster."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from providers.errors import Refused

KEY = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")


@dataclass(frozen=True)
class HandedKey:
    """Where a key lies on the machine that runs Pulumi: a file (a keyring or the bare key) or an environment variable."""

    file: str = ""
    env: str = ""

    def read(self, entity: str) -> str:
        """Return the key of the entity: its section's of a keyring, or all that is there when it is no keyring."""
        place = f"the environment variable {self.env}" if self.env else f"the file {self.file}"
        try:
            text = os.environ[self.env] if self.env else Path(self.file).expanduser().read_text(errors="replace")
        except KeyError:
            raise Refused(f"key of {entity}: {place} is not set; see `cluster.keys`") from None
        except OSError as problem:
            raise Refused(f"key of {entity}: cannot read {place}: {problem.strerror}; see `cluster.keys`") from None
        found = [key for section, key in _keys(text) if section in ("", entity)]
        if len(found) != 1 or not KEY.fullmatch(found[0]):
            raise Refused(
                f"key of {entity}: {place} holds neither a keyring with [{entity}] nor a bare key; see `cluster.keys`"
            )
        return found[0]


def _keys(text: str) -> Iterator[tuple[str, str]]:
    """Yield section and key of each `key = …` line; section and name may be missing."""
    section = ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, equals, value = line.partition("=")
        if line.startswith("["):
            section = line.strip("[] \t")
        elif equals and name.strip() == "key":
            yield section, value.strip()
        elif not section and not line.startswith(("#", ";")):
            yield section, line
