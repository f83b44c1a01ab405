"""Watcher: a client that has an image open."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Watcher(Answer):
    """A client that has an RBD image open and may write to the image.

    Attributes:
        image: The image; `namespace/image` where the image is in a namespace.
        address: The client's address with the nonce that tells the client from all others there: `192.0.2.21:0/12`.
        client: The client's number in the cluster, which the session has as `client.? 4338`.
        parent: The pool of the image that this image is a clone of; empty for an image that is no clone.
        data_pool_id: The number of the pool that has the image's data, be it the image's own pool.
    """

    image: str
    address: str
    client: int
    parent: str = ""
    data_pool_id: int = -1
