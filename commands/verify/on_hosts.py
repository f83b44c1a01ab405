"""The links on the hosts: keyrings, secrets, the cluster as each service's own user sees it, and the services."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from commands.flaws_in_key_types import TOLD, is_old
from commands.verify.look import Look
from components.services.finding import Finding, broken, ok, skipped, unseen, warning
from components.stack.account import Account
from components.stack.caps_linter import caps_flaws
from components.stack.graph import Graph
from components.stack.key_type_notice import OLD_KEY_TYPE
from providers.ceph.cluster import ClusterDesired, ClusterKind
from providers.ceph.keyring import KeyringDesired, KeyringKind
from providers.ceph.readable_key import why_unreadable
from providers.ceph.user import UserDesired, UserKind
from providers.desired import Desired
from providers.errors import Refused, StepFailed
from providers.host.ready import logged
from providers.host.service import ServiceDesired, ServiceKind
from providers.kind import D, Kind
from providers.libvirt.secret import SecretDesired, SecretKind
from providers.reach.answers.cluster_as_user import Complaint
from providers.reach.machines import Machines
from providers.redaction import redacted
from providers.stack.preflight import PreflightDesired, PreflightKind

KINDS = ("host", "cluster", "caps", "keyring", "libvirt secret", "rbd ls by", "service", "driver of")
"""The kinds of links on hosts, in the order of the table."""
REPAIR = "`pulumi up --refresh` repairs it"
RECENT_S = 120
NOT_CONNECTED = {
    "EACCES": "the cluster refuses this key, or this user cannot read the keyring; the row of the keyring says more",
    "ENOENT": "there is no ceph.conf, keyring or user; the row of the keyring says more",
    "ETIMEDOUT": "no monitor answers from here; see mon_host and firewalls",
}
NO_KEYRING = ("EACCES", "ENOENT")
NOT_NEEDED = (
    "no keyring with which to connect there, and the stack keeps none; only guests use this user, with libvirt's"
    " secret, which is a row of its own"
)
NO_POOL = {"EPERM": "the caps of {entity} do not allow it", "ENOENT": "there is no such pool"}


def looks_on_hosts(graph: Graph, machines: Machines) -> Iterator[Look]:
    """Yield the links on the hosts, beginning with the hosts themselves."""
    models = [node.model.as_stored() for node in graph.nodes.values() if isinstance(node.model, Desired)]
    packages = {model.host: model for model in models if isinstance(model, PreflightDesired)}
    clusters = [machines.admin_or_none(model.fsid) for model in models if isinstance(model, ClusterDesired)]
    hosts = [*filter(None, clusters), *packages, *(account.host for account in graph.accounts)]
    for host in dict.fromkeys(hosts):
        yield Look("host", "", host, partial(_host, host, packages.get(host), machines))
    for model in models:
        yield from _looks_at(model, machines, graph)
    for account in graph.accounts:
        name = f"{account.user} as {account.entity}{_of_further(account.fsid, graph)}"
        yield Look("rbd ls by", name, account.host, partial(_pools, account, machines))


def _looks_at(desired: Desired, machines: Machines, graph: Graph) -> Iterator[Look]:
    match desired:
        case ClusterDesired():
            yield Look(
                "cluster",
                _of_further(desired.fsid, graph).strip(),
                machines.admin_of(desired.fsid),
                partial(_cluster, desired, machines),
            )
        case UserDesired():
            look = partial(_caps, desired, graph, machines)
            name = f"{desired.entity}{_of_further(desired.fsid, graph)}"
            yield Look("caps", name, machines.admin_of(desired.fsid), look)
        case KeyringDesired():
            name = f"{desired.entity}{_of_further(desired.fsid, graph)}"
            yield Look("keyring", name, desired.host, partial(_keyring, desired, machines))
        case SecretDesired():
            name = f"{desired.entity}{_of_further(desired.fsid, graph)}"
            yield Look("libvirt secret", name, desired.host, partial(_secret, desired, machines))
        case ServiceDesired(restart_on="change"):
            yield Look("service", desired.unit, desired.host, partial(_service, desired, machines))
            yield Look("driver of", desired.unit, desired.host, partial(_driver, desired, machines))


def _of_further(fsid: str, graph: Graph) -> str:
    """Return what tells a row of a further cluster from the same row of the stack's own: ` of west`."""
    further = {cluster["fsid"]: f" of {name}" for name, cluster in graph.outputs.get("clusters", {}).items()}
    return further.get(fsid, "")


def _actual(kind: Kind[D, Any], desired: D, machines: Machines) -> dict[str, Any]:
    """Return what is there, by the names of the fields that the model asks for."""
    return kind.actual(desired, kind.read(desired, machines))


def _host(host: str, wanted: PreflightDesired | None, machines: Machines) -> Finding:
    machines.host(host).identity()
    if wanted is None:
        return ok("reached")
    try:
        observed = PreflightKind().read(wanted.model_copy(update={"refuse_local_disks": False}), machines)
    except StepFailed as problem:
        return unseen(f"reached, but not whether its packages are there: {problem}")
    if observed.missing:
        return broken(f"{', '.join(observed.missing)} not installed, so services there cannot reach the cluster")
    return ok(f"reached; {', '.join(sorted(wanted.packages))} there")


def _cluster(desired: ClusterDesired, machines: Machines) -> Finding:
    kind = ClusterKind()
    try:
        observed = kind.read(desired, machines)
        kind.plan(desired, observed)
    except Refused as problem:
        return broken(str(problem))
    except StepFailed as problem:
        return broken(f"{problem}; see `ceph -s` there")
    return ok(f"fsid {observed.fsid} as wired; release {observed.release}, monitors {', '.join(observed.addresses)}")


def _caps(desired: UserDesired, graph: Graph, machines: Machines) -> Finding:
    """Compare the caps with the wired ones, and say which features of the service break under those that are there.

    Of what is no flaw of the caps, an old type of the user's key is said as well.
    """
    actual, needed = _actual(UserKind(), desired, machines), graph.users.get(desired.fsid, {}).get(desired.entity)
    if not actual["present"]:
        return broken(f"the cluster has no such user; {REPAIR}")
    found: dict[str, str] = actual["caps"]
    differences = [
        f"{daemon} `{found.get(daemon, '')}` instead of `{desired.caps.get(daemon, '')}`"
        for daemon in sorted({*desired.caps, *found})
        if found.get(daemon) != desired.caps.get(daemon)
    ]
    flaws = list(caps_flaws(found, needed)) if needed else []
    breaks = "".join(f"; {desired.entity} {flaw.what}" for flaw in flaws)
    breaks += "".join(f"; its key {text}" for text in _of_key(desired, graph, machines))
    if differences:
        return broken(f"{'; '.join(differences)}{breaks}; {REPAIR}")
    return warning(f"as wired{breaks}") if breaks else ok("as wired")


def _of_key(desired: UserDesired, graph: Graph, machines: Machines) -> list[str]:
    cluster = machines.cluster(desired.fsid)
    told = OLD_KEY_TYPE not in graph.acknowledged
    return [TOLD] if told and is_old(cluster.key_type(desired.entity), cluster.monitors().key_types) else []


def _cannot_read(desired: KeyringDesired | SecretDesired, machines: Machines) -> str:
    """Return why the host cannot read the key, though it is the cluster's; empty when it can."""
    return why_unreadable(desired.host, desired.fsid, desired.entity, machines)


def _keyring(desired: KeyringDesired, machines: Machines) -> Finding:
    actual = _actual(KeyringKind(), desired, machines)
    what = {
        "missing": f"there is no {desired.path}",
        "stale": f"{desired.path} does not hold the key that the cluster has",
        "unreadable": f"{desired.path} is no keyring of {desired.entity}",
    }.get(actual["key_state"])
    if what:
        return broken(f"{what}; {REPAIR}")
    differences = [
        f"{name} {actual[name]} instead of {getattr(desired, name)}"
        for name in ("owner", "group", "mode")
        if actual[name] != getattr(desired, name)
    ]
    if differences:
        return broken(f"{desired.path}: {', '.join(differences)}; {REPAIR}")
    if why := _cannot_read(desired, machines):
        return broken(why)
    return ok(f"the cluster's key, {desired.owner}:{desired.group} {desired.mode}")


def _secret(desired: SecretDesired, machines: Machines) -> Finding:
    try:
        state = _actual(SecretKind(), desired, machines)["key_state"]
    except StepFailed as problem:
        if problem.errno_name == "ECONNREFUSED" and "libvirt does not answer" in str(problem):
            return broken(f"{problem}; guests' disks cannot be attached")
        raise
    what = {
        "missing": "there is no secret, or no value in it",
        "stale": "its value is not the key that the cluster has",
        "unreadable": f"it is private, not of type ceph, or its usage is not `{desired.usage}`",
    }.get(state)
    if what:
        return broken(f"{desired.uuid}: {what}; {REPAIR}")
    why = _cannot_read(desired, machines)
    return broken(why) if why else ok(f"the cluster's key, uuid {desired.uuid}")


def _pools(account: Account, machines: Machines) -> Finding:
    """List the pools as the service would: its user, its ceph.conf, its keyring."""
    host = machines.host(account.host)
    seen = host.pools_as_user(account.user, account.conf, account.entity, account.pools)
    if seen.error is not None:
        if "ModuleNotFoundError" in seen.error.text:
            return unseen(seen.error.text)
        if account.for_guests and account.keyring is None and seen.error.errno in NO_KEYRING:
            return skipped(NOT_NEEDED)
        why = NOT_CONNECTED.get(seen.error.errno, "see ceph.conf and keyring there")
        return broken(f"cannot connect ({seen.error.text}): {why}")
    if seen.fsid != account.fsid:
        return broken(f"connects to cluster {seen.fsid}, which is not the settings'; see {account.conf}")
    failed = {pool: found.error for pool, found in seen.pools.items() if found.error is not None}
    if failed:
        return broken(
            "; ".join(f"pool {pool}: {_why(account, problem)}" for pool, problem in failed.items()) + f"; {REPAIR}"
        )
    return ok(", ".join(f"{pool} {_count(found.images)}" for pool, found in seen.pools.items()) or "connects")


def _why(account: Account, problem: Complaint) -> str:
    known = NO_POOL.get(problem.errno, "").format(entity=account.entity)
    return f"{known} ({problem.text})" if known else problem.text


def _count(images: int) -> str:
    return f"({images} image{'' if images == 1 else 's'})"


def _service(desired: ServiceDesired, machines: Machines) -> Finding:
    kind = ServiceKind()
    observed = kind.read(desired, machines)
    state = observed.state
    if state.load_state != "loaded":
        return broken(f"there is no such unit ({state.load_state}); install the service, or correct the host list")
    if state.active_state != "active":
        return broken(f"is {state.active_state}; `systemctl status {desired.unit}` there says why")
    if not (observed.is_current and observed.has_valid_keys):
        if kind.deferred(desired, observed):
            return warning("goes on with what it has read before, because its restart is deferred")
        return broken("was started with other files than are there now; `pulumi up --refresh` restarts it")
    if observed.older_than:
        return ok(f"active, taken over as it runs, started before {' and '.join(observed.older_than)} changed last")
    return ok("active, started with the files that are there now")


def _driver(desired: ServiceDesired, machines: Machines) -> Finding:
    """Judge a driver by what its service logged since the start, and by failures in the last two minutes.

    A failure counts only if no line after it says that the service works.
    """
    host, ready = machines.host(desired.host), desired.ready
    state = host.unit_state(desired.unit)
    if state.active_state != "active":
        return skipped(f"the service is {state.active_state}, which is a row of its own")

    def lines_since(usec: float) -> list[str]:
        return logged(host, desired.unit, ready, state, 0, int(usec))

    started = state.started_usec
    recent = lines_since(max(started, (time.time() - RECENT_S) * 1e6))
    ready_at = [number for number, line in enumerate(recent) if any(re.search(text, line) for text in ready.lines)]
    failure = ready.failure(recent[ready_at[-1] if ready_at else 0 :])
    if failure:
        return broken(f"it says `{redacted(failure).strip()[-300:]}`")
    lines = lines_since(started)
    missing = ready.missing(lines)
    if not missing:
        return ok("it said that it works after its start")
    if len(lines_since(0)) > len(lines):
        return broken(f"it did not log {missing[0]} since its start; see {ready.log}")
    return warning(f"no failure in the last minutes; {ready.log} no longer reaches back to its start")
