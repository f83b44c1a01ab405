"""What a host has: its OpenStack services with the files that they read, and what there is of Ceph. It only reads."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape

from commands.discover.openstack_release import release_of, release_packages
from commands.flaws_in_key_files import PATTERNS
from components.services.daemon import Daemon
from components.services.on_host import OnHost
from components.services.service import AnyService
from components.services.service_file import ServiceFile
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.document import Document
from providers.formats.oslo_ini import OSLO
from providers.formats.parsed import SyntaxProblem
from providers.reach.answers.file_state import FileState
from providers.reach.answers.key_file import KeyFile
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.host import RemoteHost

OS_RELEASE = "/etc/os-release"
FAMILIES = {"ubuntu": ("ubuntu",), "debian": ("debian",), "rhel": ("rhel", "centos", "fedora", "rocky", "almalinux")}


@dataclass(frozen=True)
class HostContents:
    """What a host has.

    Attributes:
        name: The host's name in the settings.
        platform: `debian`, `ubuntu` or `rhel`; empty for another operating system.
        system: The operating system's own name.
        release: The OpenStack release of its packages; empty when there are none.
        daemons: Name of a service to its daemon, for each service that runs there.
        stopped: Names of the services that are installed, and do not run.
        files: Name of a service to the files that its daemon reads.
        broken: Path to why its reader refuses the file.
        ceph_confs: Path to ceph.conf or a file of its kind in /etc/ceph.
        keyrings: Path to keyring, each key in it as SHA-256.
        secrets: The secrets of libvirt, where guests run.
        key_files: Files that may hold keys, each with the digests of the keys in it.
        local_disks: Servers with a disk that Nova made on the host itself, where guests run.
    """

    name: str
    platform: str = ""
    system: str = ""
    release: str = ""
    daemons: Mapping[str, Daemon] = field(default_factory=dict)
    stopped: Sequence[str] = ()
    files: Mapping[str, ServiceFile] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    ceph_confs: Mapping[str, Document] = field(default_factory=dict)
    keyrings: Mapping[str, FileState] = field(default_factory=dict)
    secrets: Sequence[LibvirtSecret] = ()
    key_files: Sequence[KeyFile] = ()
    local_disks: Sequence[str] = ()

    def seen_by(self, service: AnyService) -> OnHost:
        """Return what a service whose files are here is told of the host."""
        return OnHost(self.name, self.files[service.name], tuple(self.local_disks) if service.runs_guests else ())


def read_host(name: str, host: RemoteHost, services: Sequence[AnyService]) -> HostContents:
    """Return what a host has.

    Args:
        name: The host's name in the settings.
        host: The host.
        services: The services to look for.

    Raises:
        ProviderError: The host cannot be reached, or does not answer a question.
    """
    platform, system = _system(host.read_files([], follow=[OS_RELEASE]).get(OS_RELEASE))
    release = _release(host, services)
    daemons = {service.name: service.daemons[platform].of(release) for service in services} if platform else {}
    states = {service: host.unit_state(f"{daemon.unit}.service") for service, daemon in daemons.items()}
    there = {service for service, state in states.items() if state.load_state == "loaded"}
    running = {service for service in there if states[service].active_state in ("active", "activating", "reloading")}
    broken: dict[str, str] = {}
    files = {service: _service_file(host, daemons[service], broken) for service in daemons if service in running}
    has_guests = any(service.runs_guests for service in services if service.name in running)
    confs = _ceph_confs(host, files.values(), broken)
    return HostContents(
        name=name,
        platform=platform,
        system=system,
        release=release,
        daemons={service: daemon for service, daemon in daemons.items() if service in running},
        stopped=tuple(sorted(there - running)),
        files={service: file for service, file in files.items() if file is not None},
        broken=broken,
        ceph_confs=confs,
        keyrings=_keyrings(host, confs.values()),
        secrets=tuple(host.libvirt_secrets()) if has_guests else (),
        key_files=tuple(host.key_files(PATTERNS)),
        local_disks=tuple(sorted(host.libvirt_local_disks())) if has_guests else (),
    )


def _release(host: RemoteHost, services: Sequence[AnyService]) -> str:
    versions = host.package_versions([package.name for package in release_packages(services)])
    return release_of(versions, services)


def _system(state: FileState | None) -> tuple[str, str]:
    """Return the platform of an operating system, and its own name."""
    words = dict(
        line.split("=", 1) for line in ((state and state.content) or "").splitlines() if re.match(r"[A-Z_]+=", line)
    )
    values = {name: " ".join(shlex.split(value)) for name, value in words.items()}
    ids = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    platform = next((name for name, family in FAMILIES.items() if set(ids) & set(family)), "")
    return platform, values.get("PRETTY_NAME", "") or values.get("ID", "") or "unknown"


def _service_file(host: RemoteHost, daemon: Daemon, broken: dict[str, str]) -> ServiceFile | None:
    """Return what the daemon reads, first to last; None when there is no such file, or its reader refuses it."""
    later = [glob for path in daemon.later_files for glob in (escape(path), f"{escape(path)}/*.conf")]
    found = host.read_files([daemon.conf], follow=later)
    texts = {path: state.content or "" for path, state in found.items() if state.kind == "file"}
    if daemon.conf not in texts:
        broken[daemon.conf] = "is not there, or no plain file"
        return None
    ordered = {daemon.conf: texts.pop(daemon.conf), **texts}
    broken.update({path: why for path, text in ordered.items() if (why := _why_unreadable(Document(OSLO, text)))})
    return None if broken.keys() & ordered.keys() else ServiceFile(daemon.conf, ordered)


def _why_unreadable(document: Document) -> str:
    try:
        _ = document.parsed
    except SyntaxProblem as problem:
        return str(problem)
    return ""


def _ceph_confs(host: RemoteHost, files: Iterable[ServiceFile | None], broken: dict[str, str]) -> dict[str, Document]:
    """Return the files of ceph.conf's kind: those in /etc/ceph, and those that a service's file names."""
    named = {path for file in files if file for path in file.ceph_confs() if path.startswith("/")}
    found = host.read_files(sorted(named), patterns=["/etc/ceph/*.conf"], hide_keys=True)
    documents = {
        path: Document(CEPH_CONF, state.content or "") for path, state in found.items() if state.kind == "file"
    }
    broken.update({path: problem for path, document in documents.items() if (problem := _why_unreadable(document))})
    return {path: document for path, document in documents.items() if path not in broken}


def _keyrings(host: RemoteHost, confs: Iterable[Document]) -> dict[str, FileState]:
    """Return the keyrings in /etc/ceph, and those that a ceph.conf names."""
    named = {
        option.value
        for document in confs
        for option in document.parsed.options
        if CEPH_CONF.option_key(option.name) == "keyring" and option.value.startswith("/") and "$" not in option.value
    }
    found = host.read_files(sorted(named), patterns=["/etc/ceph/*keyring*"], hide_keys=True)
    return {path: state for path, state in found.items() if state.kind == "file"}
