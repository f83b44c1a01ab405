"""What a pool holds, in words: what a deletion of the pool would destroy. Pure."""

from __future__ import annotations

from providers.reach.answers.pool_content import PoolContent


def why_not_empty(content: PoolContent) -> str:
    """Return what a deletion would destroy, such as `3 images`; empty when the pool is empty."""
    parts = [
        f"{count} {singular if count == 1 else plural}"
        for count, singular, plural in (
            (content.images, "image", "images"),
            (content.snapshots, "snapshot", "snapshots"),
            (content.trash, "image in the trash", "images in the trash"),
            (content.images_elsewhere, "image's data", "images' data"),
            (content.data, "object of an image that is gone", "objects of images that are gone"),
            (content.objects, "object that is not RBD's", "objects that are not RBD's"),
        )
        if count
    ]
    more = f" ({', '.join(content.names[:3])}{', …' if content.images > 3 else ''})" if content.names else ""
    return (" and ".join(parts) + more) if parts else ""
