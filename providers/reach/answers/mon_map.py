"""MonMap: the answer of `ceph mon dump`."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class MonAddress(Answer):
    """One address of a monitor: `type` is `v1` or `v2`, `addr` is `192.0.2.1:3300` or `[fd00::1]:3300`."""

    type: str
    addr: str
    nonce: int = 0


class MonAddresses(Answer):
    """All addresses of a monitor."""

    addrvec: list[MonAddress]


class Monitor(Answer):
    """A monitor of the map."""

    public_addrs: MonAddresses


class MonCipher(Answer):
    """A type of keys, by the name that Ceph gives it."""

    name: str


class MonMap(Answer):
    """The cluster's monitors, and the oldest release among them.

    Attributes:
        auth_allowed_ciphers: The types of keys with which clients may log in; none where the monitors know one type.
        auth_preferred_cipher: The type of the keys that the monitors make; None where they know one type.
    """

    fsid: str
    mons: list[Monitor]
    min_mon_release_name: str = ""
    auth_allowed_ciphers: list[MonCipher] = []
    auth_preferred_cipher: MonCipher | None = None

    @property
    def key_types(self) -> list[str]:
        """The types of keys that are allowed; none where the monitors know one type only."""
        return [cipher.name for cipher in self.auth_allowed_ciphers]

    @property
    def new_key_type(self) -> str:
        """The type of a key that is made."""
        return self.auth_preferred_cipher.name if self.auth_preferred_cipher else "aes"
