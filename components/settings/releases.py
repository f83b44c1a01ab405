"""The OpenStack releases that this product writes options for."""

from __future__ import annotations

from components.settings.problem import hint

RELEASES = ("zed", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2", "2026.1")
"""Oldest first."""

EARLIER = ("Train", "Ussuri", "Victoria", "Wallaby", "Xena", "Yoga")
"""The releases before these, oldest first: clouds that were wired by hand may have one."""


def unknown_release(release: str) -> str | None:
    """Return what is wrong with the name of a release; None when the name is known."""
    if release in RELEASES:
        return None
    return (
        f"unknown OpenStack release; known are {', '.join(RELEASES)}; {hint(release, RELEASES, 'choose one of them')}"
    )
