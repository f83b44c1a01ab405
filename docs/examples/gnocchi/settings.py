"""What stands under `ceph-openstack:gnocchi`."""

from __future__ import annotations

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User


class GnocchiSettings(ServiceSettings):
    """gnocchi-api and its pool."""

    pool: Pool = Field(description="Pool for measures.")
    user: User = Field(User(name="gnocchi"), description="Its cephx user. Default {name: gnocchi}.")
