"""What an operator writes under `ceph-openstack:cinder_backup`."""

from __future__ import annotations

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User
from providers.formats.names import ClusterName


class CinderBackupSettings(ServiceSettings):
    """cinder-backup and its pool.

    The base class adds `hosts`, on which cinder-backup runs, and `options`, further options of cinder.conf.
    """

    pool: Pool = Field(description="Pool for backups.")
    cluster: ClusterName | None = Field(
        None, description="The cluster of the pool, by its name in clusters. Default: the stack's own `cluster`."
    )
    user: User = Field(
        User(name="cinder-backup"), description="Cinder Backup's cephx user. Default {name: cinder-backup}."
    )
    read_volumes: bool = Field(
        False,
        description="Let Cinder Backup's user read Cinder's pools, as in Cinder's documentation. Default false, as in "
        "Ceph's documentation.",
    )
