"""Login: who is on every host before the account of the settings is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """Who is on every host already.

    Attributes:
        user: The user, such as root.
        identity_file: The user's private key; empty for ssh-agent, or for a password alone.
        password: The user's password, for sshd and for sudo; empty for none.
    """

    user: str
    identity_file: str
    password: str = field(repr=False)
