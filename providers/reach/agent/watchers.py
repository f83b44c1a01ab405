"""Who has the images of a pool open: each client that may write to an image watches the image's header."""

import queue
import threading
from typing import Any, Callable, Dict, List

from providers.reach.agent.ceph import ceph
from providers.reach.agent.opened_once import imported

THREADS = 8
Watchers = List[Dict[str, Any]]


def pool_images(conf: str, entity: str, pool: str) -> List[str]:
    """Return the images of a pool; an image in a namespace is called `namespace/image`."""
    rbd, found = imported("rbd", "python3-rbd"), []
    with ceph(conf, entity).rados.open_ioctx(pool) as data:
        try:
            for namespace in [""] + list(rbd.RBD().namespace_list(data)):
                data.set_namespace(namespace)
                start = namespace + "/" if namespace else ""
                found += [start + image for image in rbd.RBD().list(data)]
        except rbd.OperationNotSupported:
            pass  # an erasure-coded pool holds data of images, and no images
    return found


def image_watchers(conf: str, entity: str, pool: str, images: List[str]) -> Watchers:
    """Return the clients that have one of these images open; see `Watcher` for the fields."""
    found = of_images(conf, entity, pool, images, watchers_of)
    return sorted(found, key=lambda watcher: (watcher["image"], watcher["address"]))


def of_images(
    conf: str, entity: str, pool: str, images: List[str], look: Callable[[Any, str], List[Dict[str, Any]]]
) -> List[Dict[str, Any]]:
    """Return what `look` finds of each image, in no order.

    An image that is opened to read only gets no watcher, so the question itself leaves none. Each image takes some
    milliseconds of waiting for the OSDs, which several threads do at the same time.
    """
    todo: "queue.Queue[str]" = queue.Queue()
    for image in images:
        todo.put(image)
    found: List[Dict[str, Any]] = []
    problems: List[Exception] = []

    def work() -> None:
        try:
            with ceph(conf, entity).rados.open_ioctx(pool) as data:
                while not problems:
                    found.extend(look(data, todo.get_nowait()))
        except queue.Empty:
            pass
        except Exception as problem:  # noqa: BLE001 - the caller's thread raises it
            problems.append(problem)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(THREADS, len(images)))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if problems:
        raise problems[0]
    return found


def watchers_of(data: Any, image: str) -> Watchers:
    """Return the clients that have an image open; none when the image was removed meanwhile."""
    rbd = imported("rbd", "python3-rbd")
    namespace, _, name = image.rpartition("/")
    data.set_namespace(namespace)
    try:
        with rbd.Image(data, name, read_only=True) as opened:
            watchers = list(opened.watchers_list())
            try:
                parent = opened.parent_info()[0] if watchers else ""
            except rbd.ImageNotFound:
                parent = ""
            where = {"image": image, "parent": parent, "data_pool_id": opened.data_pool_id() if watchers else -1}
            return [dict(where, address=watcher["addr"], client=watcher["id"]) for watcher in watchers]
    except rbd.ImageNotFound:
        return []
