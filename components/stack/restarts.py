"""Restarts: each unit on each host has one resource before its files, and one resource after its files.

The resource after the files restarts the unit when a file was written. Deletes run in reverse order, so the resource
before the files restarts the unit when files were taken out. Several services edit one file, and one unit reads several
files. Therefore both resources belong to the stack, and not to the component of a service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.stack import names
from components.stack.commands import Place
from components.stack.daemon_on_host import DaemonOnHost
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.service_files import Users
from components.stack.watched_file import watched_file
from providers.models import Ready, ServiceDesired, WatchedFile, Workers


def add_removal_restarts(
    draft: Draft,
    inventory: Inventory,
    *,
    users: Users,
    before: Mapping[Place, Sequence[str]],
    former: Mapping[str, Sequence[str]],
) -> dict[str, list[str]]:
    """Add the resources that restart the daemons after files were taken out.

    These resources need the users, because in a destroy a daemon has to let go of a user before the user is deleted.
    All else on a host needs these resources. Therefore these resources need what is done in a rollout's former batch.

    Args:
        draft: the graph.
        inventory: what the services need.
        users: the users of each cluster.
        before: place to the logical names of the commands that run before a service is changed there.
        former: host to the logical names of what has to be done on other hosts before anything there.

    Returns:
        Host to the logical names of its restarts.
    """
    made: dict[str, list[str]] = {host: [] for host in inventory.hosts}
    for instance in inventory.daemons:
        host, name = instance.host, names.removal_restart(instance.daemon.unit, instance.host)
        let_go = [
            users[there.cluster][user.entity]
            for there, mine in _by_cluster(inventory, instance)
            for user in mine.users
            if user.entity in users[there.cluster]
        ]
        first = [*before.get((instance.service.label, host), []), *former.get(host, [])]
        draft.add(name, _removal_restart(inventory, instance), needs=[names.preflight(host), *let_go, *first])
        made[host].append(name)
    return made


def add_change_restarts(
    draft: Draft, inventory: Inventory, *, needs: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add the resources that restart a daemon after one of the files that the daemon reads was written.

    Args:
        draft: the graph.
        inventory: what the services need.
        needs: host to the logical names of all files there, also of files that a daemon does not read.

    Returns:
        Name of a service to the logical names of its restarts.
    """
    made: dict[str, list[str]] = {}
    for instance in inventory.daemons:
        name = names.change_restart(instance.daemon.unit, instance.host)
        draft.add(name, _change_restart(draft, inventory, instance), needs=needs[instance.host])
        made.setdefault(instance.service.name, []).append(name)
    return made


def _removal_restart(inventory: Inventory, instance: DaemonOnHost) -> ServiceDesired:
    daemon = instance.daemon
    return ServiceDesired(
        stack=inventory.site.stack,
        host=instance.host,
        unit=daemon.unit,
        restart_on="removal",
        # The options are put back before this resource is deleted. If no file was edited, nothing is restarted.
        watch={daemon.conf: WatchedFile(dialect="oslo")},
        # No lines, because without our files the daemon may log anything. Only that it is up again is checked.
        ready=Ready(log=daemon.log, lines=[], failures=[], timeout_s=daemon.ready_s, steady_s=2),
        adopt=inventory.site.takes_over,
    )


def _change_restart(draft: Draft, inventory: Inventory, instance: DaemonOnHost) -> ServiceDesired:
    daemon, site = instance.daemon, inventory.site
    return ServiceDesired(
        stack=site.stack,
        fsid=site.fsid,
        host=instance.host,
        unit=daemon.unit,
        restart_on="change",
        watch=_files_read(draft, inventory, instance),
        ready=Ready(
            log=daemon.log,
            lines=list(daemon.ready_lines),
            workers=_workers(instance),
            failures=list(daemon.failure_lines),
            timeout_s=daemon.ready_s,
            steady_s=daemon.steady_s,
        ),
        adopt=site.takes_over,
        restart="deferred" if inventory.settings.services[instance.service.name].restart == "deferred" else None,
    )


def _files_read(draft: Draft, inventory: Inventory, instance: DaemonOnHost) -> dict[str, WatchedFile]:
    """Return the files that the daemon reads, by path."""
    found: dict[str, WatchedFile] = {}
    for there, mine in _by_cluster(inventory, instance):
        entities, roles = [user.entity for user in mine.users], there.roles
        keyrings = [names.keyring(roles[user.entity], user.generation, mine.host) for user in mine.users]
        read = [there.named(name) for name in (names.ceph_conf(mine.host), *keyrings)]
        fsid = there.site.fsid if there.cluster else None
        found |= dict(watched_file(draft.nodes[name], entities, fsid) for name in read if name in draft.nodes)
    config = names.config(instance.service.label, instance.host)
    return found | dict(watched_file(draft.nodes[name], []) for name in (config,) if name in draft.nodes)


def _by_cluster(inventory: Inventory, whole: DaemonOnHost) -> Iterator[tuple[Inventory, DaemonOnHost]]:
    """Yield each cluster that a daemon on a host has to do with, and the daemon with its users there."""
    for there in inventory.clusters:
        for instance in there.daemons:
            if (instance.service, instance.host) == (whole.service, whole.host):
                yield there, instance


def _workers(instance: DaemonOnHost) -> Workers | None:
    if instance.daemon.worker_lines is None:
        return None
    started, ready = instance.daemon.worker_lines
    return Workers(count=instance.worker_count, started=started, ready=ready)
