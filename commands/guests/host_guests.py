"""The guests of one host, each with what its disks still use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from providers.reach.answers.guest import Guest, GuestDisk


@dataclass(frozen=True)
class SeenDisk:
    """A disk of a running guest.

    Attributes:
        disk: As qemu was told to open it.
        ours: Whether this stack says how the disk is opened.
        old: What is not as the guest would be started now, such as `user cinder instead of nova`.
    """

    disk: GuestDisk
    ours: bool
    old: Sequence[str]


@dataclass(frozen=True)
class SeenGuest:
    """A running guest.

    Attributes:
        guest: The domain.
        disks: Its disks that are RBD images.
        is_before_conf: Whether the guest was started before ceph.conf was changed last; None when that cannot be told.
    """

    guest: Guest
    disks: Sequence[SeenDisk]
    is_before_conf: bool | None

    @property
    def is_old(self) -> bool:
        """Whether a disk uses something old."""
        return any(disk.old for disk in self.disks)


@dataclass(frozen=True)
class HostGuests:
    """The guests of one host.

    Attributes:
        host: The host's name.
        guests: Its running guests.
        unseen: Why the host could not be looked at; empty when it was.
    """

    host: str
    guests: Sequence[SeenGuest]
    unseen: str = ""
