"""Account: who runs log in as on a host, and what the host is to allow that account."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from providers.errors import Refused
from providers.reach.host_access import HostAccess
from providers.reach.ssh_connection import public_key

USUAL = "Defaults:{user} !requiretty\n{user} ALL=(root) NOPASSWD: {program}\n"
"""As docs/access.md has it; `{program}` is filled in on the host, which knows the path."""


@dataclass(frozen=True)
class Account:
    """The account of a host.

    Attributes:
        user: Its name, `ssh.user`.
        public_key: A line of authorized_keys.
        key_name: Where the key comes from, for the operator.
        sudo: Whether runs start their agent under sudo.
        program: What they start under sudo: Python, an installed agent, or the first word of a prefix.
        sudoers: Text of the sudoers file, in which `{program}` is the program's path.
    """

    user: str
    public_key: str
    key_name: str
    sudo: bool
    program: str
    sudoers: str


def account_of(access: HostAccess, key_file: str, sudoers_file: str) -> Account:
    """Return the account that the settings want on a host.

    Args:
        access: How runs reach the host.
        key_file: The public key's file; empty for that of `ssh.identity_file`.
        sudoers_file: A sudoers file of the operator's own; empty for the usual text.

    Raises:
        Refused: There is no public key, or a file cannot be read.
    """
    key = _text(key_file).strip() if key_file else public_key(access)
    if len(key.split()) < 2 or "\n" in key:
        what = f"{key_file} holds no public key" if key_file else "ssh.identity_file is not set"
        raise Refused(f"{access.where}: {what}; name the public key's file with --public-key")
    words = access.command()
    sudoers = _text(sudoers_file) if sudoers_file else USUAL.replace("{user}", access.user)
    return Account(
        user=access.user,
        public_key=key,
        key_name=key_file or access.identity_file,
        sudo=access.sudo,
        program=words[2] if access.sudo else words[0],
        sudoers=sudoers if sudoers.endswith("\n") else f"{sudoers}\n",
    )


def _text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(f"{path}: cannot be read: {getattr(problem, 'strerror', '') or 'it is no text'}") from None
