"""ImageLocks: the locks of RBD images, and who holds them."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class ImageLock(Answer):
    """A lock of an image, as one client holds it.

    Attributes:
        image: The image; `namespace/image` where the image is in a namespace.
        client: The client's name in the cluster, such as `client.4338`.
        cookie: What tells the lock from others of this client, such as `auto 94012345`.
        address: The client's address with the nonce that tells the client from all others there: `192.0.2.21:0/12`.
        exclusive: Whether it is the lock that a client takes by itself before it writes. Other locks are set by hand.
        tag: What the lock says of its purpose.
        watchers: The addresses of all clients that have the image open to write.
    """

    image: str
    client: str
    cookie: str
    address: str
    exclusive: bool
    tag: str
    watchers: list[str]


class ImageLocks(Answer):
    """The locks of some images of a pool.

    Attributes:
        locks: Their locks.
        gone: The images that are not there.
        problems: What kept an image from being looked at, by image.
    """

    locks: list[ImageLock]
    gone: list[str]
    problems: dict[str, str]
