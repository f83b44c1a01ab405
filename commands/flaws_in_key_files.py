"""Files that somebody left behind when wiring by hand, and keyrings that everybody may read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from commands.flaw import Flaw
from providers.reach.answers.key_file import KeyFile

FOLDERS = ("/etc/ceph", "/root", "/home/*")
LEFT_BEHIND = ("*.key", "*.key.tmp", "*.secret", "*uuid.txt", "*secret.xml")
"""Names of the files that guides make and never need again. Their folder is /etc/ceph, or wherever the operator was."""

PATTERNS = ("/etc/ceph/*", *(f"{folder}/{name}" for folder in FOLDERS[1:] for name in LEFT_BEHIND))


def flaws_in_key_files(where: str, files: Sequence[KeyFile], users: Mapping[str, str]) -> Iterator[Flaw]:
    """Yield each file that was left behind, that holds a key and is no keyring, or that everybody may read.

    Args:
        where: The host.
        files: The files, each with a SHA-256 of the keys in it.
        users: The entity of each key of the cluster, by its SHA-256.
    """
    for file in files:
        name, is_open = file.path.rpartition("/")[2], bool(int(file.mode, 8) & 0o004)
        held = ", ".join(dict.fromkeys(f"the key of {users[key]}" if key in users else "a key" for key in file.keys))
        if any(fnmatchcase(name, pattern) for pattern in LEFT_BEHIND):
            holds = f" and holds {held}{_open(is_open)}" if held else ""
            erase = "`shred --remove` it" if held else "remove it"
            yield Flaw(where, file.path, f"left behind by a wiring by hand{holds}; nothing reads it: {erase}")
        elif held and name.endswith(".keyring"):
            if is_open:
                yield Flaw(where, file.path, f"everybody may read {held} (mode {file.mode}); `chmod o-rwx` it")
        elif held:
            yield Flaw(where, file.path, f"holds {held}{_open(is_open)} and is no keyring; take the key out")


def _open(is_open: bool) -> str:
    return " (everybody may read it)" if is_open else ""
