"""LibvirtSecret: a secret as libvirt has it, without its value."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class LibvirtSecret(Answer):
    """One secret of a compute host.

    Attributes:
        uuid: Its UUID, lower case.
        usage: Its usage name.
        is_ceph: Whether its usage type is `ceph`.
        private: Whether libvirt keeps the value from everybody.
        ephemeral: Whether the secret is gone after libvirt's restart.
        value: SHA-256 of the value as base64 text (`sha256:<hex>`), `private` when the value cannot be read, empty when
            there is none.
    """

    uuid: str
    usage: str
    is_ceph: bool
    private: bool
    ephemeral: bool
    value: str
