"""Restarts: each unit of each host has one resource before its files and one after them.

Deletes run in reverse, so the first one restarts when files were taken out, the second when they were written. Several
components edit one file and one unit reads several files, so both belong to the stack, not to a component.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Resource, ResourceOptions

from providers.models import Ready, ServiceDesired, Watched, Workers
from providers.resources import Service

from .context import Context
from .edits import Edit
from .platforms import Daemon


@dataclass(frozen=True)
class Reading:
    """A daemon on a host that reads files of the stack.

    users   -- entities it connects as, or whose keyring it reads
    workers -- how many processes of it work on the cluster, each for a back end of its own
    """

    host: str
    daemon: Daemon
    users: tuple[str, ...]
    workers: int = 1


def removal_restarts(
    context: Context, readings: Sequence[Reading], users: Mapping[str, Resource], *, after: Mapping[str, Resource]
) -> dict[str, list[Resource]]:
    """Return, per host, the resources that restart its daemons after files were taken out.

    They come after the users: on the way back a daemon lets go of a user before the user is deleted.

    after -- host -> what comes before anything else on it
    """
    made: dict[str, list[Resource]] = {}
    for reading in readings:
        daemon = reading.daemon
        service = Service(
            f"{daemon.unit}-removal-{reading.host}",
            ServiceDesired(
                stack=context.stack,
                host=reading.host,
                unit=daemon.unit,
                restart_on="removal",
                reads={},
                # Its options are put back before this is deleted; where nothing was edited, nothing is restarted.
                watch=[Watched(path=daemon.conf, dialect="oslo", options={})],
                # What it logs without our files is not ours to know; that it is up again is.
                ready=Ready(log=daemon.log, lines=[], failures=[], timeout_s=daemon.ready_s, steady_s=2),
            ),
            opts=ResourceOptions(
                depends_on=[after[reading.host], *(users[one] for one in reading.users if one in users)]
            ),
        )
        made.setdefault(reading.host, []).append(service)
    return made


def change_restart(context: Context, reading: Reading, edits: Sequence[Edit], *, after: Sequence[Resource]) -> Resource:
    """Return the resource that restarts a daemon after one of `edits` changed.

    after -- every edit on the host, also those of files that this daemon does not read
    """
    daemon = reading.daemon
    workers = None
    if daemon.workers:
        started, says = daemon.workers
        workers = Workers(count=reading.workers, started=started, ready=says)
    return Service(
        f"{daemon.unit}-{reading.host}",
        ServiceDesired(
            stack=context.stack,
            fsid=context.fsid,
            host=reading.host,
            unit=daemon.unit,
            restart_on="change",
            reads={edit.label: edit.digest for edit in edits},
            watch=[edit.watch for edit in edits] + _later(daemon, edits),
            ready=Ready(
                log=daemon.log,
                lines=list(daemon.ready),
                workers=workers,
                failures=list(daemon.failures),
                timeout_s=daemon.ready_s,
                steady_s=daemon.steady_s,
            ),
        ),
        opts=ResourceOptions(depends_on=list(after)),
    )


def _later(daemon: Daemon, edits: Sequence[Edit]) -> list[Watched]:
    """Return the files that the daemon reads after ours: one may have overridden an option when the daemon last started."""
    return [
        Watched(path=path, dialect="oslo", options=edit.watch.options, optional=True)
        for edit in edits
        if edit.watch.path == daemon.conf
        for path in daemon.later_files
    ]
