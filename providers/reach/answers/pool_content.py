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
        names: The first three image names of each namespace.
    """

    images: int
    snapshots: int
    trash: int
    objects: int
    names: list[str]
