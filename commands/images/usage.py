"""How many volumes and servers were made from each image."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from providers.errors import ProviderError
from providers.reach.cloud import Cloud, understood


@dataclass(frozen=True)
class Usage:
    """Counts by the id of the image; None where the cloud did not say.

    Attributes:
        volumes: Volumes of all projects.
        servers: Servers of all projects.
    """

    volumes: Counter[str] | None
    servers: Counter[str] | None

    def text(self, image_id: str) -> str:
        """Return an image's counts in words."""
        counts = ((self.volumes, "volumes"), (self.servers, "servers"))
        return ", ".join(f"{'?' if count is None else count[image_id]} {what}" for count, what in counts)


def read_usage(cloud: Cloud) -> Usage:
    """Ask Cinder and Nova for the volumes and servers of all projects."""
    volumes = _rows(cloud, "volume", "/volumes/detail?all_tenants=1", "volumes")
    servers = _rows(cloud, "compute", "/servers/detail?all_tenants=1", "servers")
    with understood(cloud.where, "volumes and servers"):
        return Usage(
            None if volumes is None else Counter(_id(row.get("volume_image_metadata"), "image_id") for row in volumes),
            # A server that was booted from a volume has an empty text for its image.
            None if servers is None else Counter(_id(row["image"], "id") for row in servers),
        )


def _rows(cloud: Cloud, service: str, path: str, rows: str) -> list[dict[str, Any]] | None:
    try:
        return cloud.listed(service, path, rows)
    except ProviderError:
        return None


def _id(part: Any, name: str) -> str:
    return str(part.get(name, "")) if isinstance(part, dict) else ""
