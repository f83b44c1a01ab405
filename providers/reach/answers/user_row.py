"""UserRow: a user of `ceph auth ls` or `ceph auth get`."""

from __future__ import annotations

from pydantic import Field

from providers.reach.answers.answer import Answer


class UserRow(Answer):
    """One cephx user.

    Attributes:
        entity: Such as `client.cinder`.
        key: SHA-256 of the key (`sha256:<hex>`), or the key itself where it was asked for.
        caps: Caps by daemon.
        key_type: `aes` or `aes256k`; empty when the agent did not tell it.
    """

    entity: str
    key: str = Field(repr=False)
    caps: dict[str, str]
    key_type: str = ""


class UserRows(Answer):
    """The answer of `ceph auth ls`."""

    auth_dump: list[UserRow]
