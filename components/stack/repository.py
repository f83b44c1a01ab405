"""The repository of packages of each host: its public key, and the list that names the key."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from components.settings.repository import Repository
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.formats.openpgp import NoPublicKey, armored, fingerprints
from providers.models import DirectoryDesired, WholeFileDesired

_DEBIAN_KEYS, _RHEL_KEYS = "/etc/apt/keyrings", "/etc/pki/rpm-gpg"


def add_repository(draft: Draft, inventory: Inventory, host: str) -> list[str]:
    """Add the key and the list of a host, and return their logical names; nothing when the settings have none."""
    packages, stack = inventory.settings.packages, inventory.site.stack
    repository = packages.repository if packages else None
    if repository is None:
        return []
    key, path, text = _files(repository, inventory.settings.platform)
    adopt = inventory.site.takes_over
    folder = DirectoryDesired(stack=stack, host=host, path=str(PurePosixPath(key).parent), adopt=adopt)
    made = [names.repository_directory(host), names.repository_key(host), names.repository(host)]
    with draft.made_from("packages", "repository"):
        draft.add(made[0], folder, needs=[names.GATE])
        held = WholeFileDesired(stack=stack, host=host, path=key, content=armored(_read(repository)))
        draft.add(made[1], held, needs=[made[0]])
        draft.add(made[2], WholeFileDesired(stack=stack, host=host, path=path, content=text), needs=[made[1]])
    return made


def why_not_the_key(repository: Repository) -> str:
    """Return why the key's file is not the key of the settings, with what to do; empty if it is."""
    try:
        found = fingerprints(_read(repository))
    except OSError as problem:
        return f"{repository.key} cannot be read: {problem.strerror}; name the file with the repository's public key"
    except NoPublicKey as problem:
        return f"{repository.key} {problem}; name the file with the repository's public key"
    if len(found) > 1:
        return (
            f"{repository.key} holds {len(found)} keys, and each of them could sign; keep the one of fingerprint alone"
        )
    if found != [repository.fingerprint]:
        return (
            f"{repository.key} holds the key {found[0]}, and fingerprint says {repository.fingerprint}: is it the key "
            "that you meant? correct one of the two"
        )
    return ""


def _read(repository: Repository) -> bytes:
    return Path(repository.key).expanduser().read_bytes()


def _files(repository: Repository, platform: str) -> tuple[str, str, str]:
    """Return the path of the key, and path and text of the list."""
    name = repository.name
    if platform == "rhel":
        key = f"{_RHEL_KEYS}/RPM-GPG-KEY-{name}"
        lines = [
            f"[{name}]",
            f"name={name}",
            f"baseurl={repository.uri}",
            "enabled=1",
            "gpgcheck=1",
            f"gpgkey=file://{key}",
        ]
        return key, f"/etc/yum.repos.d/{name}.repo", "\n".join([*lines, ""])
    key, suite = f"{_DEBIAN_KEYS}/{name}.asc", repository.suite or ""
    components = [] if suite.endswith("/") else [f"Components: {' '.join(repository.components)}"]
    lines = ["Types: deb", f"URIs: {repository.uri}", f"Suites: {suite}", *components, f"Signed-By: {key}"]
    return key, f"/etc/apt/sources.list.d/{name}.sources", "\n".join([*lines, ""])
