"""Flaw: something on a host, or in the cluster, that is dead weight or does harm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flaw:
    """One finding of lint.

    Attributes:
        where: The host by its name in the settings; the cluster's flaws are the admin host's.
        place: The path, with line, section and option if it is one; or whose caps.
        what: What is wrong, since which release, and what to do instead. Never a value, which may be a password.
    """

    where: str
    place: str
    what: str
