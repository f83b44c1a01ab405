"""Faults: what guides leave on hosts and in the cluster that is dead, dangerous or in the way."""

from __future__ import annotations

from collections.abc import Iterator

from commands.discover.cluster_contents import ClusterContents
from commands.discover.found_backup import BACKUP_DRIVER
from commands.discover.found_cinder import found_cinder
from commands.discover.found_glance import found_glance
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from commands.discover.service_file import ServiceFile
from components.services import SERVICES
from components.services.service import AnyService
from components.stack.checks.options import rows_of_file, unread
from providers.formats.oslo_ini import OSLO

NOT_YET = "appeared in"
"""How `unread` begins for an option of a later release, which is no fault of a guide's."""


def note_faults(proposal: Proposal, cluster: ClusterContents, hosts: list[HostContents], release: str) -> None:
    """Note every fault beside the setting that it belongs to, once for all hosts that have it."""
    found: dict[str, tuple[list[Where], list[str]]] = {}
    for host in hosts:
        for where, text in _of_host(host, cluster, release):
            places, names = found.setdefault(text, ([], []))
            places.append(where)
            names.append(host.name)
    for text, (places, names) in found.items():
        # Two services may read one file.
        where = next((place for place in places if proposal.get(*place) is not None), places[0])
        proposal.note(f"{', '.join(dict.fromkeys(names))}: {text}", *where)
    for service in SERVICES:
        for entity in _entities(proposal, service):
            if cluster.caps.get(entity, {}).get("mon", "").startswith("allow r") and proposal.get(service.name):
                proposal.note(
                    f"{entity} has mon '{cluster.caps[entity]['mon']}': it cannot blocklist a dead client, so a server"
                    " whose compute died may not start again; mon 'profile rbd' mends it",
                    service.name,
                    "user",
                    "caps",
                )


def _entities(proposal: Proposal, service: AnyService) -> list[str]:
    usual = service.settings.model_fields["user"].default
    name = proposal.get(service.name, "user", "name") or (usual.name if usual else "")
    return [f"client.{name}"] if name else []


def _of_host(host: HostContents, cluster: ClusterContents, release: str) -> Iterator[tuple[Where, str]]:
    for service in SERVICES:
        file = host.files.get(service.name)
        if file:
            yield from ((where, f"{file.path}: {text}") for where, text in _of_file(service, file, release))
    for path, why in host.broken.items():
        yield ("hosts", host.name), f"{path}: {why}"
    for name in host.stopped:
        yield ("hosts", host.name), f"{name} is installed and does not run, so it is left alone"
    for path, document in host.ceph_confs.items():
        if any(section.name == "client.keyring" for section in document.parsed.sections):
            yield (
                ("cluster",),
                f"{path}: [client.keyring] speaks to a user of that name only, so nobody reads it; take it out",
            )
        client = [option.name for option in document.parsed.options if option.section.name == "client"]
        if client:
            yield (
                ("cluster",),
                f"{path}: [client] {', '.join(client)}: left as found; nova.client_options and cluster.client_options"
                " can take them over",
            )
    for left in host.left_over:
        yield ("hosts", host.name), _left_over(left.path, left.mode, left.keys, cluster)


def _left_over(path: str, mode: str, keys: list[str], cluster: ClusterContents) -> str:
    owners = [name for name, key in cluster.keys.items() if key in keys]
    holds = f"holds the key of {', '.join(owners)}" if owners else "holds a key" if keys else "is of no use"
    return f"{path} ({mode}), left over from a guide, {holds}: nothing reads it; remove it"


def _of_file(service: AnyService, file: ServiceFile, release: str) -> Iterator[tuple[Where, str]]:
    backends = {OSLO.section_key(section) for section in _backends(service, file)}
    rows = rows_of_file(service, SERVICES)
    for section, option in file.set_options():
        text = unread(release, rows, section, option, backend=section in backends)
        if text and not text.startswith(NOT_YET):
            yield (service.name,), f"[{section}] {option}: {text}"
    yield from (((service.name,), text) for text in _dangers(service, file))


def _backends(service: AnyService, file: ServiceFile) -> list[str]:
    cinder, glance = found_cinder(file), found_glance(file)
    sections = {"cinder": list(cinder.pools) if cinder else [], "glance": [glance.store] if glance else []}
    return sections.get(service.name, [])


def _dangers(service: AnyService, file: ServiceFile) -> Iterator[str]:
    """Yield values that are read, and do harm."""
    driver = file.text("DEFAULT", "backup_driver")
    if service.name == "cinder_backup" and driver.startswith("cinder.backup.drivers.ceph") and driver != BACKUP_DRIVER:
        yield (
            f"[DEFAULT] backup_driver = {driver}: the name of a module is not read since Stein, so no backup works;"
            f" write {BACKUP_DRIVER}"
        )
    if service.name == "cinder" and not file.items("DEFAULT", "enabled_backends"):
        yield "[DEFAULT] enabled_backends is not set: since Ocata no back end starts without it"
    if service.name == "glance" and "cachemanagement" in file.text("paste_deploy", "flavor"):
        yield "[paste_deploy] flavor has cachemanagement: images are cached on the host's disk, too; write keystone"
    if service.name == "nova":
        if file.text("DEFAULT", "force_raw_images").lower() in ("false", "0", "no", "off"):
            yield "[DEFAULT] force_raw_images = False: since Train nova-compute does not start so with images_type rbd"
        modes = file.items("libvirt", "disk_cachemodes")
        if any("=" not in mode for mode in modes):
            yield "[libvirt] disk_cachemodes has a mode without a type, which Nova drops; write network=writeback"
