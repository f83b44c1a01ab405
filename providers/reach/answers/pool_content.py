"""PoolContent: what a deletion of a pool would destroy."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class PoolContent(Answer):
    """Counts of what a pool holds.

    Attributes:
        images: RBD images in all namespaces.
        snapshots: Snapshots of the first hundred images of each namespace.
        trash: Images in the trash.
        objects: Objects that are not RBD's own; counted only where there are no images.
        data: Objects with data of images of other pools that are gone. Counted only where there are no images.
        images_elsewhere: Images of other pools whose data lies in this one, which is their data pool. Counted only
            where there are no images. An agent of an earlier version counts their objects among `objects`.
        names: The first three image names of each namespace.
    """

    images: int
    snapshots: int
    trash: int
    objects: int
    names: list[str]
    data: int = 0
    images_elsewhere: int = 0
