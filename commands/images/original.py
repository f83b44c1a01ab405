"""The image that is to be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commands.images.location import Location, location_of
from commands.images.request import CopyRequest
from providers.reach.cloud import Cloud
from providers.reach.images import COPY, REPLACED, SOURCE, properties

SDK_SUMS = ("owner_specified.openstack.md5", "owner_specified.openstack.sha256")
"""Properties in which openstacksdk keeps the digests of an image's data."""


@dataclass(frozen=True)
class Original:
    """The image that is to be replaced, and what its copy will be.

    Attributes:
        cloud: The OpenStack that has the image.
        request: How the image is to be replaced.
        image: The image as Glance's API shows it.
    """

    cloud: Cloud
    request: CopyRequest
    image: dict[str, Any]

    @property
    def id(self) -> str:
        """The image's id."""
        return str(self.image["id"])

    @property
    def name(self) -> str:
        """The image's name."""
        return str(self.image["name"])

    @property
    def title(self) -> str:
        """The image by name and id, as messages name it."""
        return f"image {self.name} ({self.id})"

    @property
    def where(self) -> str:
        """The beginning of an error about the image: the cloud and the title."""
        return f"{self.cloud.where}: {self.title}"

    @property
    def location(self) -> Location:
        """Where the image's data is."""
        return location_of(self.image, self.request.target)

    @property
    def properties(self) -> dict[str, str]:
        """The image's properties, without the fields that are Glance's own."""
        return properties(self.cloud, self.image)

    @property
    def is_replaced(self) -> bool:
        """Whether an earlier run came to its end."""
        return REPLACED in self.image and bool(self.image.get("os_hidden"))

    @property
    def former_name(self) -> str:
        """The image's name after the switch."""
        return f"{self.name} ({self.image['disk_format']}, replaced)"

    @property
    def unfinished_name(self) -> str:
        """The copy's name before the switch."""
        return f"{self.name} (unfinished copy)"

    @property
    def copy_format(self) -> str:
        """The copy's `disk_format`."""
        return "raw" if self.request.convert else str(self.image["disk_format"])

    @property
    def copy_properties(self) -> dict[str, str]:
        """The copy's properties. Digests of the original's data are left out when the copy has other data."""
        left = (SOURCE, REPLACED, COPY, *(SDK_SUMS if self.request.convert else ()))
        return {
            name: value
            for name, value in self.properties.items()
            if name not in left and not name.startswith("os_glance_")
        }
