"""Makes a raw image in RBD of one that is not, and lets it take the other's place.

Downloaded, converted when it must be, uploaded as a new image, compared, and only then switched: the new one gets name,
visibility, tags, members and properties, the old one another name, and is hidden. The old one is never deleted here.
A run that was cut off is taken up by the same command: the old image's property `ceph_openstack_copy` has the id of
the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from commands.images.copy_data import complete_copy
from commands.images.earlier_run import recorded_copy, unrecorded_copies
from commands.images.eligibility import check_eligible
from commands.images.find_image import find_image
from commands.images.original import Original
from commands.images.request import CopyRequest
from commands.images.size import size_text
from commands.images.switch import hide_original, show_copy
from commands.images.usage import read_usage
from providers.errors import Refused
from providers.reach.cloud import Cloud
from providers.reach.images import COPY


class Replacement:
    """Replaces one image by a copy of it.

    Args:
        cloud: The OpenStack that has the image.
        name: Name or id of the image.
        request: How the image is to be replaced.
        print_line: Prints a line to the operator.

    Raises:
        Refused: There is no such image, or several images have the name.
    """

    def __init__(self, cloud: Cloud, name: str, request: CopyRequest, print_line: Callable[[str], None]) -> None:
        self.original, self.print_line = Original(cloud, request, find_image(cloud, name)), print_line

    def check(self) -> None:
        """Refuse an image that must not be replaced, or that is as it should be."""
        check_eligible(self.original)

    def describe(self) -> list[str]:
        """Return what `run` would do, in sentences."""
        original, request, copy = self.original, self.original.request, recorded_copy(self.original)
        image, store = original.image, request.target.store
        to = f"store {store}" if store else "Glance's default store"
        how = f"converted from {image['disk_format']} to raw, compared by qemu-img, " if request.convert else ""
        resumed = [f"  the new image {copy['id']} of an earlier run is taken up ({copy['status']})"] if copy else []
        return [
            f"{original.title}: {image['disk_format']}, {size_text(image['size'])}, {original.location.text};"
            f" used by {self._usage()}",
            *resumed,
            f"  it would be downloaded to {request.folder}, {how}uploaded into {to} as a new image,"
            " and compared by digest",
            f"  then the new one would be called {original.name}, with its visibility, tags, members and properties,",
            f"  and the old one {original.former_name}, hidden; it is not deleted",
        ]

    def run(self) -> str:
        """Do all that is left to do and return the id of the copy."""
        self.check()
        copy = recorded_copy(self.original)
        for id_ in unrecorded_copies(self.original):
            self.print_line(
                f"image {id_} was begun by a run that was cut, and has no data; it is left as it is:"
                f" openstack image delete {id_}"
            )
        if copy is None or copy.get("os_hidden"):
            copy = complete_copy(self.original, copy, self.print_line)
            self._look_again(str(copy["id"]))
            show_copy(self.original, str(copy["id"]), self.print_line)
        copy_id = str(copy["id"])
        hide_original(self.original, copy_id, self.print_line)
        self.print_line(
            f"the old one is not deleted. Servers and volumes made from it: {self._usage()}."
            f" When nobody needs it any more: openstack image delete {self.original.id}"
        )
        return copy_id

    def _look_again(self, copy_id: str) -> None:
        """Read the original again, because what was set on it since goes to the copy.

        Raises:
            Refused: Another run works on the original, or the original must not be replaced any more.
        """
        original = self.original
        image = original.cloud.get("image", f"/images/{original.id}")
        if image is None or image.get(COPY) != copy_id:
            raise Refused(
                f"{original.where}: it went, or another run began a copy of it meanwhile; image {copy_id} stays"
                " hidden; run it again when no other does"
            )
        self.original = replace(original, image=image)
        self.check()

    def _usage(self) -> str:
        return read_usage(self.original.cloud).text(self.original.id)
