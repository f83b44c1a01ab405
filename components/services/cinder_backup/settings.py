"""What stands under `ceph-openstack:cinder_backup`."""

from __future__ import annotations

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User


class CinderBackupSettings(ServiceSettings):
    """cinder-backup and its pool."""

    pool: Pool = Field(description="Pool for backups.")
    user: User = Field(User(name="cinder-backup"), description="Its cephx user. Default {name: cinder-backup}.")
    read_volumes: bool = Field(
        False,
        description="Let it read Cinder's pools, as Cinder's documentation does. Default false, as Ceph's.",
    )
