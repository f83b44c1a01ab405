"""OnHost: what a room is told of one host, to say what the service does with Ceph there."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.service_file import ServiceFile


@dataclass(frozen=True)
class OnHost:
    """One host on which the service's daemon runs.

    Attributes:
        name: the host's name in the settings.
        file: the files that the daemon reads.
        local_disks: servers with a disk that is a file of the host itself; none for a service that runs no guests.
    """

    name: str
    file: ServiceFile
    local_disks: tuple[str, ...] = ()
