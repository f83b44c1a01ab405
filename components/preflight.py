"""What comes first on every host: a look at it, and, where it is asked for, the packages that services need."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Resource, ResourceOptions

from providers.models import PreflightDesired
from providers.resources import Preflight

from .context import Context
from .packages import installed
from .restarts import Reading


def preflights(context: Context, readings: Sequence[Reading], *, after: Resource) -> dict[str, Resource]:
    """Return host -> the resource that refuses to go on there when a package is missing or a server would be harmed."""
    settings, packages = context.settings, context.platform.packages
    needs: dict[str, list[str]] = {}
    for reading in readings:
        known = needs.setdefault(reading.host, [])
        known += [package for package in reading.daemon.needs if package not in known]
    refusing = settings.nova.rbd_hosts if settings.nova and settings.nova.local_disks == "refuse" else []
    first = installed(context, needs, after=after) if settings.packages and settings.packages.install else {}
    return {
        host: Preflight(
            f"preflight-{host}",
            PreflightDesired(
                stack=context.stack,
                host=host,
                packages={package: packages[package] for package in wanted},
                refuse_local_disks=host in refusing,
            ),
            opts=ResourceOptions(depends_on=[first.get(host, after)]),
        )
        for host, wanted in needs.items()
    }
