"""Locks of RBD images: who holds each of them, who watches the image, and the end of a lock whose holder is dead."""

from typing import Any, Callable, Dict, List

from providers.reach.agent.ceph import ceph
from providers.reach.agent.failed import Failed, explained
from providers.reach.agent.opened_once import imported
from providers.reach.agent.watchers import of_images

EXCLUSIVE_LOCK = "internal"
"""The tag of the lock that a client takes by itself, of the feature `exclusive-lock`; other locks are set by hand."""
Locks = Dict[str, Any]


def image_locks(conf: str, entity: str, pool: str, images: List[str]) -> Locks:
    """Return the locks of these images; see `ImageLocks`.

    An image that cannot be looked at is named, and keeps nobody from looking at the others.
    """
    rbd = imported("rbd", "python3-rbd")
    seen: Locks = {"gone": [], "problems": {}}

    def look(data: Any, image: str) -> List[Dict[str, Any]]:
        try:
            return locks_of(data, image)
        except rbd.ImageNotFound:
            seen["gone"].append(image)
        except Exception as problem:  # noqa: BLE001 - told for this image
            seen["problems"][image] = told(problem)
        return []

    found = of_images(conf, entity, pool, images, look)
    return dict(seen, locks=sorted(found, key=lambda lock: (lock["image"], lock["client"], lock["cookie"])))


def told(problem: Exception) -> str:
    """Return why an image could not be looked at."""
    failed = explained(problem)
    return "%s (%s)" % (failed, failed.name) if failed.name else str(failed)


def in_image(data: Any, image: str, look: Callable[[Any], Any], read_only: bool) -> Any:
    """Open an image, and return what `look` makes of it."""
    rbd = imported("rbd", "python3-rbd")
    namespace, _, name = image.rpartition("/")
    data.set_namespace(namespace)
    with rbd.Image(data, name, read_only=read_only) as opened:
        return look(opened)


def locks_of(data: Any, image: str) -> List[Dict[str, Any]]:
    """Return the locks of an image."""

    def look(opened: Any) -> List[Dict[str, Any]]:
        found = opened.list_lockers() or {}
        if not found:
            return []
        watchers = sorted(watcher["addr"] for watcher in opened.watchers_list())
        return [
            {
                "image": image,
                "client": client,
                "cookie": cookie,
                "address": address,
                "exclusive": found["tag"] == EXCLUSIVE_LOCK,
                "tag": found["tag"],
                "watchers": watchers,
            }
            for client, cookie, address in found["lockers"]
        ]

    locks: List[Dict[str, Any]] = in_image(data, image, look, True)
    return locks


def break_lock(conf: str, entity: str, pool: str, image: str, client: str, cookie: str, address: str) -> None:
    """Take away the lock of a client that is dead, and shut the client out of the cluster first.

    librbd does the same before it takes a dead client's lock over, because a client that is only cut off could write
    again. What was found dead is looked at once more, because the client may have come back since.
    """
    session = ceph(conf, entity)
    with session.rados.open_ioctx(pool) as data:
        held = [
            lock
            for lock in locks_of(data, image)
            if (lock["client"], lock["cookie"], lock["address"]) == (client, cookie, address)
        ]
        if not held:
            raise Failed("ESTALE", "%s does not hold this lock any more" % client)
        if address in held[0]["watchers"]:
            raise Failed("EBUSY", "%s watches the image, so it is alive" % client)
        blocklist(session, address)
        in_image(data, image, lambda opened: opened.break_lock(client, cookie), False)


def blocklist(session: Any, address: str) -> None:
    """Shut one client out of the OSDs, for the time that the cluster gives, an hour by default."""
    for word in ("blocklist", "blacklist"):  # its name until Octopus
        name, _, text = session.command({"prefix": "osd " + word, word + "op": "add", "addr": address})
        if name != "EINVAL":
            break
    if name:
        raise Failed(name, text or "no further words")
