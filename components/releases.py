"""Which option names and values an OpenStack release knows.

Only options that an operator is likely to carry over from a guide are listed. Sources: the release notes and git
history of each project, as collected in `docs/` and named in each reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

RELEASES = ("zed", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2", "2026.1")
"""Releases this product writes options for, oldest first."""

BACKEND = "<backend>"
"""Stands for every section that is named after a back end."""


@dataclass(frozen=True)
class Removed:
    """An option that no release in `RELEASES` reads any more.

    service, section, option -- where guides still put it; an empty section means any
    release                  -- the release that removed it, `never` when none ever had it
    instead                  -- what to do, as the end of a sentence
    """

    service: str
    section: str
    option: str
    release: str
    instead: str


@dataclass(frozen=True)
class Added:
    """An option that appeared in a release of `RELEASES`; an older one ignores it without a word."""

    service: str
    section: str
    option: str
    release: str


_NOVA_LIBVIRT_PREFIX = (
    "libvirt_images_type",
    "libvirt_images_rbd_pool",
    "libvirt_images_rbd_ceph_conf",
    "libvirt_inject_password",
    "libvirt_inject_key",
    "libvirt_inject_partition",
)

REMOVED = (
    Removed("cinder", "", "glance_api_version", "Queens", "leave it out: only version 2 is left"),
    Removed("cinder", "", "rbd_keyring_conf", "Victoria", "leave it out: ceph.conf names the keyring (OSSN-0085)"),
    Removed("cinder", "", "volume_tmp_dir", "Ocata", "leave it out"),
    Removed(
        "cinder",
        "DEFAULT",
        "volume_driver",
        "Ocata",
        "back ends have sections of their own, see cinder.backends",
    ),
    Removed("cinder", "DEFAULT", "rbd_pool", "Ocata", "back ends have sections of their own, see cinder.backends"),
    Removed("cinder", "DEFAULT", "rbd_user", "Ocata", "back ends have sections of their own, see cinder.backends"),
    Removed(
        "cinder",
        "DEFAULT",
        "rbd_secret_uuid",
        "Ocata",
        "back ends have sections of their own, see cinder.backends",
    ),
    Removed(
        "glance",
        "DEFAULT",
        "default_store",
        "Kilo",
        "enabled_backends and default_backend are written from glance",
    ),
    Removed(
        "glance",
        "DEFAULT",
        "known_stores",
        "Kilo",
        "enabled_backends and default_backend are written from glance",
    ),
    *(
        Removed(
            "glance",
            "DEFAULT",
            f"rbd_store_{name}",
            "Kilo",
            "the store has a section of its own, see glance.backend",
        )
        for name in ("pool", "user", "ceph_conf", "chunk_size")
    ),
    *(
        Removed("nova", "", name, "Juno", f"its name is {name.removeprefix('libvirt_')} in [libvirt]")
        for name in _NOVA_LIBVIRT_PREFIX
    ),
    Removed("nova", "", "libvirt_disk_cachemodes", "never", "its name is disk_cachemodes in [libvirt]"),
    Removed("nova", "DEFAULT", "disk_cachemodes", "Juno", "set nova.disk_cachemodes"),
    Removed("nova", "", "libvirt_live_migration_flag", "never", "leave it out: Nova derives the flags"),
    Removed("nova", "", "live_migration_flag", "Newton", "leave it out: Nova derives the flags"),
    Removed("nova", "DEFAULT", "rbd_user", "Juno", "it is written in [libvirt]"),
    Removed("nova", "DEFAULT", "rbd_secret_uuid", "Juno", "it is written in [libvirt]"),
)

ADDED = (
    Added("cinder", BACKEND, "rbd_concurrent_flatten_operations", "2024.1"),
    Added("cinder_backup", "DEFAULT", "backup_ceph_max_snapshots", "2025.1"),
    Added("glance", BACKEND, "weight", "2023.2"),
    Added("glance", "backend_defaults", "", "2025.2"),
    Added("cinder", "glance", "", "2025.2"),
)


def nearest(word: str, known: list[str]) -> str | None:
    """Return the member of `known` that `word` most likely meant, None when nothing is close."""
    spelt = {one.lower(): one for one in known}
    matches = get_close_matches(word.lower(), spelt, n=1, cutoff=0.6)
    return spelt[matches[0]] if matches else None


def unknown_release(release: str) -> str | None:
    """Say what is wrong with a release name; None when nothing is."""
    if release in RELEASES:
        return None
    guess = nearest(release, list(RELEASES))
    hint = f'did you mean "{guess}"?' if guess else "choose one of them"
    return f"unknown OpenStack release; known are {', '.join(RELEASES)}; {hint}"


def option_problem(release: str, service: str, section: str, option: str, *, backend: bool) -> str | None:
    """Say why `service` of `release` would not read `option` in `section`; None when it would.

    backend -- whether the section is one of the service's back ends or stores
    """
    if service == "cinder_backup":
        dead = [one for one in REMOVED if one.service in ("cinder", "cinder_backup")]
    else:
        dead = [one for one in REMOVED if one.service == service]
    for gone in dead:
        if gone.option == option and gone.section in ("", section):
            if gone.release == "never":
                return f"no release ever had this option; {gone.instead}"
            return f"removed in {gone.release}, {release} ignores it; {gone.instead}"
    for new in ADDED:
        same_section = new.section == section or (new.section == BACKEND and backend)
        older = RELEASES.index(release) < RELEASES.index(new.release)
        if older and new.service == service and same_section and new.option in ("", option):
            return f"appeared in {new.release}, {release} ignores it; leave it out until the cloud runs that release"
    return None
