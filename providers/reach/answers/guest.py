"""Guest: a running domain, and what its qemu has of Ceph."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class GuestDisk(Answer):
    """A disk that is an RBD image, as qemu was told to open the image.

    Attributes:
        pool: The image's pool.
        image: The image; `namespace/image` where the image is in a namespace.
        user: As whom qemu connects, without `client.`; empty where the domain names nobody.
        secret: UUID of the libvirt secret with the user's key; empty where the domain names none.
        usage: Usage name of that secret, where the domain names the secret by it.
        monitors: Addresses of monitors as `host:port`; none where qemu takes them from ceph.conf.
    """

    pool: str
    image: str
    user: str
    secret: str
    usage: str
    monitors: list[str]


class Guest(Answer):
    """A running domain.

    Attributes:
        name: The domain's name, such as `instance-00000001`.
        uuid: The domain's UUID, which is the server's in Nova.
        started: When its qemu was started on this host, in seconds since 1970; 0 when that cannot be told.
        disks: The disks that are RBD images.
        pid: The process of its qemu; 0 when that cannot be told.
    """

    name: str
    uuid: str
    started: float
    disks: list[GuestDisk]
    pid: int = 0
