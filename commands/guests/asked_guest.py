"""AskedGuest: a running guest, and what its Ceph clients said through their admin sockets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from providers.reach.answers.guest import Guest
from providers.reach.answers.socket_answer import SocketAnswer


@dataclass(frozen=True)
class AskedGuest:
    """A guest. Its qemu has one client, and so one socket, for each image that it has open.

    Attributes:
        guest: The domain.
        answers: What its sockets said.
        why_none: Why it has no socket; empty when it has one, or has no disk in Ceph and so needs none.
    """

    guest: Guest
    answers: Sequence[SocketAnswer]
    why_none: str

    @property
    def is_silent(self) -> bool:
        """Whether something of the guest should have answered, and did not."""
        return bool(self.why_none) or any(answer.problem for answer in self.answers)


@dataclass(frozen=True)
class AskedHost:
    """The guests of one host.

    Attributes:
        host: The host's name.
        guests: Its running guests.
        unseen: Why the host could not be asked; empty when it was.
    """

    host: str
    guests: Sequence[AskedGuest]
    unseen: str = ""
