"""HandedKey: a key that an operator was handed instead of access to the cluster."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from providers.errors import Refused
from providers.formats.keyring import is_key, keys_in
from providers.formats.parsed import SyntaxProblem


@dataclass(frozen=True)
class HandedKey:
    """Where a key lies on the machine that runs Pulumi. Either `file` or `env` is set.

    Attributes:
        file: Path of a keyring, or of a file with nothing but the key.
        env: Name of an environment variable that holds the same.
    """

    file: str = ""
    env: str = ""

    def read(self, entity: str) -> str:
        """Return the key of the entity.

        Raises:
            Refused: There is no such file or variable, or what it holds is no key of this entity.
        """
        source = f"the environment variable {self.env}" if self.env else f"the file {self.file}"
        try:
            text = os.environ[self.env] if self.env else Path(self.file).expanduser().read_text(errors="replace")
        except KeyError:
            raise Refused(f"key of {entity}: {source} is not set; see `cluster.keys`") from None
        except OSError as problem:
            raise Refused(f"key of {entity}: cannot read {source}: {problem.strerror}; see `cluster.keys`") from None
        key = _key_in(text, entity)
        if not is_key(key):
            raise Refused(
                f"key of {entity}: {source} holds neither a keyring with [{entity}] nor a bare key; see `cluster.keys`"
            )
        return key


def _key_in(text: str, entity: str) -> str:
    """Return the entity's key as Ceph reads a keyring, or a key that stands alone; else an empty text."""
    lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith(("#", ";"))]
    if len(lines) == 1 and is_key(lines[0]):
        return lines[0]
    header = "" if any(line.startswith("[") for line in lines) else f"[{entity}]\n"
    try:
        # A shell's `$(cat keyring)` has lost the newline at the end, which Ceph's grammar asks for.
        keys = keys_in(f"{header}{text}\n")
    except SyntaxProblem:
        return ""
    return keys.get(entity, "")
