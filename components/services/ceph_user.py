"""CephUser: a cephx user of a service."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.caps import Caps
from components.settings.user import User


@dataclass(frozen=True)
class CephUser:
    """A cephx user of a service, and what that user may do."""

    user: User
    caps: Caps
