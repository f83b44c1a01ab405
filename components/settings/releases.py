"""The OpenStack releases that this product writes options for."""

from __future__ import annotations

from components.settings.problem import hint

CODE_NAMES = {
    "2023.1": "antelope",
    "2023.2": "bobcat",
    "2024.1": "caracal",
    "2024.2": "dalmatian",
    "2025.1": "epoxy",
    "2025.2": "flamingo",
    "2026.1": "gazpacho",
    "2026.2": "hibiscus",
}
"""Releases that go by year, each with its code name."""

RELEASES = (
    *("havana", "icehouse", "juno", "kilo", "liberty", "mitaka", "newton", "ocata", "pike", "queens", "rocky"),
    *("stein", "train", "ussuri", "victoria", "wallaby", "xena", "yoga", "zed"),
    *CODE_NAMES,
)
"""Oldest first."""

USUAL = "zed"
"""The release that is written where nobody says another one: it is Debian 12's, on which most of this was proven."""


def release_named(name: str) -> str | None:
    """Return the release of a name or a code name; None when there is none."""
    return next((release for release in RELEASES if name in (release, CODE_NAMES.get(release))), None)


def release_title(release: str) -> str:
    """Return a release as sentences name it, such as Queens or 2024.1."""
    return release.capitalize()


def is_before(release: str, other: str) -> bool:
    """Return whether a release came out before another one."""
    return RELEASES.index(release) < RELEASES.index(other)


def unknown_release(release: str) -> str | None:
    """Return what is wrong with the name of a release; None when the name is known."""
    if release_named(release):
        return None
    known = (*RELEASES, *CODE_NAMES.values())
    return f"unknown OpenStack release; known are {', '.join(RELEASES)}; {hint(release, known, 'choose one of them')}"
