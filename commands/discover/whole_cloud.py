"""The settings of a whole cloud: the cluster and the OpenStack hosts are read, and said in settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from commands.discover.adjusting import Adjusting
from commands.discover.client_options import ClientOptionsFound
from commands.discover.cluster_contents import ClusterContents, contents_through
from commands.discover.faults import note_faults
from commands.discover.host_contents import HostContents, read_host
from commands.discover.openstack_release import known_release
from commands.discover.proposal import Proposal
from commands.discover.proposing import Findings, Proposing
from commands.discover.settings_text import cluster_block, ssh_block
from components.services import SERVICES
from components.services.service import AnyService
from components.settings.releases import USUAL, release_title
from providers.errors import ProviderError
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines

THREADS = 32


def whole_cloud(
    machines: Machines, names: Sequence[str], stack: str, release: str, services: Sequence[AnyService] = SERVICES
) -> tuple[Proposal, dict[str, str]]:
    """Return settings with which a first run would do nothing, and why hosts could not be looked at.

    Args:
        machines: The hosts, the admin host among them.
        names: The OpenStack hosts.
        stack: Name of the stack that the settings are for.
        release: The OpenStack release; empty to take it from the hosts' packages.
        services: The services to look for.
    """
    cluster = contents_through(machines)
    hosts, unseen = _read_hosts(machines, names, services)
    proposal = Proposal()
    _begin(proposal, machines, cluster, names, unseen)
    _release(proposal, hosts, release)
    _platform(proposal, hosts)
    mapped = [host for host in hosts if host.platform == (proposal.get("platform") or "debian")]
    Proposing(proposal, Findings(cluster, mapped), services).propose()
    client_options = ClientOptionsFound(proposal, mapped, services)
    client_options.propose()
    Adjusting(proposal, cluster, mapped, stack, services, client_options).adjust(machines)
    note_faults(proposal, cluster, hosts, str(proposal.settings["release"]), services, client_options)
    return proposal, unseen


def _read_hosts(
    machines: Machines, names: Sequence[str], services: Sequence[AnyService]
) -> tuple[list[HostContents], dict[str, str]]:
    """Return what each host has, and why hosts could not be looked at."""

    def read(name: str) -> HostContents | str:
        try:
            return read_host(name, machines.host(name), services)
        except ProviderError as problem:
            return str(problem)

    with ThreadPoolExecutor(THREADS) as pool:
        found = dict(zip(names, pool.map(read, names), strict=True))
    hosts = [host for host in found.values() if isinstance(host, HostContents)]
    return hosts, {name: why for name, why in found.items() if isinstance(why, str)}


def _begin(
    proposal: Proposal, machines: Machines, cluster: ClusterContents, names: Sequence[str], unseen: Mapping[str, str]
) -> None:
    """Set what is no service's."""
    admin = machines.access(machines.admin())
    proposal.note(f"Ceph {cluster.release} as {admin.where} sees it. Every setting is described in docs/settings.md.")
    proposal.set(USUAL, "release")
    proposal.set(True, "adopt")
    proposal.note("the first run only records what is there: it changes and restarts nothing", "adopt")
    proposal.set(ssh_block(admin), "ssh")
    for name in dict.fromkeys([admin.name, *names]):
        proposal.set(_host_block(machines.access(name)), "hosts", name)
    for name, why in unseen.items():
        proposal.note(f"{name} COULD NOT BE LOOKED AT, and no service below names it: {why}", "hosts", name)
    settings = machines.settings
    proposal.set(cluster_block(cluster, admin, settings.admin_conf, settings.admin_entity), "cluster")


def _host_block(access: HostAccess) -> dict[str, str]:
    return {} if access.address == access.name else {"address": access.address}


def _release(proposal: Proposal, hosts: Sequence[HostContents], given: str) -> None:
    """Set the release: what was given, or what most hosts' packages say."""
    found = Counter(host.release for host in hosts if host.release)
    release = given or (found.most_common(1)[0][0] if found else "")
    proposal.set(known_release(release), "release")
    if not release:
        proposal.note("no host's packages tell the release; correct it", "release")
    for host in hosts:
        if host.release and host.release != release:
            proposal.note(f"{host.name} has the packages of {release_title(host.release)}", "release")


def _platform(proposal: Proposal, hosts: Sequence[HostContents]) -> None:
    """Set the operating system that most hosts have; the others are left out."""
    found = Counter(host.platform for host in hosts if host.platform)
    platform = found.most_common(1)[0][0] if found else "debian"
    if platform != "debian":
        proposal.set(platform, "platform")
    for host in hosts:
        if host.platform != platform:
            proposal.note(
                f"{host.name} runs {host.system}, and settings have one platform: left out", "hosts", host.name
            )
