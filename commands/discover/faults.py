"""Faults: what `lint` would find on the hosts and in the cluster, beside the setting that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from commands.discover.client_options import ClientOptionsFound
from commands.discover.cluster_contents import ClusterContents
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from commands.flaw import Flaw
from commands.flaws_in_caps import flaws_in_caps
from commands.flaws_in_ceph_conf import flaws_in_ceph_conf
from commands.flaws_in_key_files import flaws_in_key_files
from commands.flaws_in_options import ReadFiles, flaws_in_files
from components.services.neighbours import Neighbours
from components.services.service import AnyService

NOT_YET = "appeared in"
"""How lint begins for an option of a later release, which is no fault of a guide's."""


def note_faults(
    proposal: Proposal,
    cluster: ClusterContents,
    hosts: Sequence[HostContents],
    release: str,
    services: Sequence[AnyService],
    client_options: ClientOptionsFound,
) -> None:
    """Note every fault once for all hosts that have it."""
    found: dict[str, tuple[list[Where], list[str]]] = {}
    for host in hosts:
        for where, text in _of_host(host, cluster, release, services, client_options):
            places, names = found.setdefault(text, ([], []))
            places.append(where)
            names.append(host.name)
    for text, (places, names) in found.items():
        # Two services may read one file.
        where = next((place for place in places if proposal.get(*place) is not None), places[0])
        proposal.note(f"{', '.join(dict.fromkeys(names))}: {text}", *where)
    for service in services:
        name = proposal.get(service.name, "user", "name")
        for flaw in flaws_in_caps("", f"client.{name}", cluster.caps.get(f"client.{name}", {})) if name else ():
            proposal.note(f"{flaw.place}: {flaw.what}", service.name, "user", "caps")


def _of_host(
    host: HostContents,
    cluster: ClusterContents,
    release: str,
    services: Sequence[AnyService],
    client_options: ClientOptionsFound,
) -> Iterator[tuple[Where, str]]:
    here = ("hosts", host.name)
    for service in services:
        file = host.files.get(service.name)
        if file:
            found = service.found(host.seen_by(service), Neighbours())
            backends = frozenset(name.lower() for name in found.sections) if found else frozenset[str]()
            read = ReadFiles(service, host.daemons[service.name], backends, release)
            yield from _said((service.name,), flaws_in_files(host.name, read, file.texts, services))
            yield from (((service.name,), f"{file.path}: {text}") for text in service.faults(file))
    for path, why in host.broken.items():
        yield here, f"{path}: {why}"
    for name in host.stopped:
        yield here, f"{name} is installed and does not run, so it is left alone"
    for path, document in host.ceph_confs.items():
        yield from _said(("cluster",), flaws_in_ceph_conf(host.name, path, document.text))
        left = client_options.left(host.name, path, document)
        if left:
            yield ("cluster",), f"{path}: [client] {', '.join(left)}: left as found"
    users = {key: entity for entity, key in cluster.keys.items()}
    yield from _said(here, flaws_in_key_files(host.name, host.key_files, users))


def _said(where: Where, flaws: Iterable[Flaw]) -> Iterator[tuple[Where, str]]:
    yield from ((where, f"{flaw.place}: {flaw.what}") for flaw in flaws if not flaw.what.startswith(NOT_YET))
