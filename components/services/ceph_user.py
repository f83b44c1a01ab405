"""CephUser: a cephx user of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components.services.caps import Caps, with_kept
from components.settings.user import User


@dataclass(frozen=True)
class CephUser:
    """A cephx user of a service, and what that user may do.

    Attributes:
        user: the user.
        caps: what the user may do.
        setting: the name of the service's setting that speaks of the user.
        breaks: the name of a pool to what breaks when the user has less than these caps there, as a sentence.
    """

    user: User
    caps: Caps
    setting: str = "user"
    breaks: Mapping[str, str] = field(default_factory=dict)

    def breaks_without(self, pool: str) -> str:
        """Return what breaks when the user has less than these caps on a pool."""
        return self.breaks.get(pool, "the service does not work there")

    def as_set(self) -> CephUser:
        """Return the user with what the settings say of the caps: a text of their own, or further pools."""
        if self.user.caps is not None:
            return replace(self, caps=replace(self.caps, texts=self.user.caps))
        if self.user.keep_pools:
            return replace(self, caps=with_kept(self.caps, self.user.keep_pools))
        return self
