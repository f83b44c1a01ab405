"""Restarts: each unit of each host has one resource before its files and one after them.

Deletes run in reverse, so the first one restarts when files were taken out, the second when they were written. Several
services edit one file and one unit reads several files, so both belong to the stack, not to a service's component.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from components.services.daemon import Daemon
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.reads import Reads, reads
from components.stack.running import Running
from providers.models import Ready, ServiceDesired, Watched, Workers


def add_removal_restarts(draft: Draft, inventory: Inventory, *, users: Mapping[str, str]) -> dict[str, list[str]]:
    """Add what restarts the daemons after files were taken out.

    They come after the users: on the way back a daemon lets go of a user before the user is deleted.

    Args:
        draft: the graph.
        inventory: what is needed.
        users: entity to the user's logical name; empty in a cell.

    Returns:
        Host to their logical names.
    """
    made: dict[str, list[str]] = {host: [] for host in inventory.hosts}
    for one in inventory.running:
        daemon, name = one.daemon, names.removal_restart(one.daemon.unit, one.host)
        service = ServiceDesired(
            stack=inventory.site.stack,
            host=one.host,
            unit=daemon.unit,
            restart_on="removal",
            reads={},
            # Its options are put back before this is deleted; where nothing was edited, nothing is restarted.
            watch=[Watched(path=daemon.conf, dialect="oslo", options={})],
            # What it logs without our files is not ours to know; that it is up again is.
            ready=Ready(log=daemon.log, lines=[], failures=[], timeout_s=daemon.ready_s, steady_s=2),
        )
        let_go = [users[user.entity] for user in one.users if user.entity in users]
        draft.add(name, service, needs=[names.preflight(one.host), *let_go])
        made[one.host].append(name)
    return made


def add_change_restarts(
    draft: Draft, inventory: Inventory, *, after: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add what restarts the daemons after one of the files that they read was written.

    Args:
        draft: the graph.
        inventory: what is needed.
        after: host to every edit there, also of files that a daemon does not read.

    Returns:
        Name of a service to the logical names of its restarts.
    """
    made: dict[str, list[str]] = {}
    for one in inventory.running:
        name = names.change_restart(one.daemon.unit, one.host)
        draft.add(name, _change_restart(draft, inventory, one), needs=after[one.host])
        made.setdefault(one.service.name, []).append(name)
    return made


def _change_restart(draft: Draft, inventory: Inventory, one: Running) -> ServiceDesired:
    daemon, site = one.daemon, inventory.site
    files = _files_read(draft, inventory, one)
    return ServiceDesired(
        stack=site.stack,
        fsid=site.fsid,
        host=one.host,
        unit=daemon.unit,
        restart_on="change",
        reads={name: read.digest for name, read in files.items()},
        watch=[read.watch for read in files.values()] + _later(daemon, files.values()),
        ready=Ready(
            log=daemon.log,
            lines=list(daemon.ready_lines),
            workers=_workers(one),
            failures=list(daemon.failure_lines),
            timeout_s=daemon.ready_s,
            steady_s=daemon.steady_s,
        ),
    )


def _files_read(draft: Draft, inventory: Inventory, one: Running) -> dict[str, Reads]:
    """Return what the daemon reads, by the logical name of the file."""
    entities, roles = [user.entity for user in one.users], inventory.roles
    read = [
        names.ceph_conf(one.host),
        *(names.keyring(roles[user.entity], user.generation, one.host) for user in one.users),
        names.config(one.service.label, one.host),
    ]
    return {name: reads(draft.nodes[name], entities) for name in read if name in draft.nodes}


def _workers(one: Running) -> Workers | None:
    if one.daemon.worker_lines is None:
        return None
    started, ready = one.daemon.worker_lines
    return Workers(count=one.workers, started=started, ready=ready)


def _later(daemon: Daemon, files: Iterable[Reads]) -> list[Watched]:
    """Return the files that the daemon reads after ours: one may have overridden an option when it last started."""
    return [
        Watched(path=path, dialect="oslo", options=file.watch.options, optional=True)
        for file in files
        if file.watch.path == daemon.conf
        for path in daemon.later_files
    ]
