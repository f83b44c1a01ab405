"""Ceph through librados: monitor commands as the `ceph` program sends them, and what a pool holds."""

import errno
import json
import re
from typing import Any, Dict, List, Tuple

from providers.reach.agent.failed import Failed
from providers.reach.agent.opened_once import imported, opened_once
from providers.reach.agent.redaction import answer_without_keys

RBD_OBJECTS = re.compile(
    r"rbd_(info|directory|trash|children|task|mirroring|mirror_leader|trash_purge_schedule|namespace"
    r"|mirror_snapshot_schedule)$"
)
RBD_DATA = re.compile(r"rbd_data\.([0-9]+)\.([0-9a-f]+)\.[0-9a-f]{16}$")
"""Data of an image of another pool: the number of that pool, and the image's id."""
Command = Dict[str, Any]


def errno_name(result: int) -> str:
    """Return the name of a negative result; an empty text for success."""
    return errno.errorcode.get(-result, str(-result)) if result < 0 else ""


def parsed(name: str, output: str, status: str) -> Any:
    """Return the JSON of an answer; an errno is an error, never an empty answer."""
    if name:
        raise Failed(name, status or "no further words")
    return json.loads(output) if output.strip() else None


class Ceph:
    """One librados connection for the run."""

    def __init__(self, conf: str, entity: str) -> None:
        rados = imported("rados", "python3-rados")
        try:
            self.rados = rados.Rados(conffile=conf, name=entity)
            for option, value in (
                ("rados_mon_op_timeout", "30"),
                ("rados_osd_op_timeout", "60"),
                ("client_mount_timeout", "15"),
            ):
                self.rados.conf_set(option, value)
            self.rados.connect(timeout=20)
        except rados.Error as problem:
            # Not librados' own errno, because ENOENT here is a missing keyring and must not read as a missing user.
            raise Failed("ENOTCONN", "%s cannot connect with %s: %s" % (entity, conf, problem))

    def command(self, command: Command, data: bytes = b"", target: str = "") -> Tuple[str, str, str]:
        """Return errno name (empty: done), output and status text."""
        to = {"target": target} if target else {}
        result, output, text = self.rados.mon_command(json.dumps(command), data, timeout=60, **to)
        return errno_name(result), output.decode("utf-8", "replace"), text

    def read(self, command: Command, target: str = "") -> Any:
        """Return the JSON that a command answers; an errno is an error, never an empty answer."""
        return parsed(*self.command(dict(command, format="json"), target=target))

    def manager(self, command: Command) -> Tuple[str, str, str]:
        """Return the same as `command` of the active manager, which answers for its modules."""
        result, output, text = self.rados.mgr_command(json.dumps(command), b"", timeout=60)
        return errno_name(result), output.decode("utf-8", "replace"), text

    def content(self, pool: str) -> Dict[str, Any]:
        """Count what a deletion of the pool would destroy; see `PoolContent` for the fields."""
        rados, rbd = imported("rados", "python3-rados"), imported("rbd", "python3-rbd")
        counts: Dict[str, Any] = {"images": 0, "snapshots": 0, "trash": 0, "objects": 0, "names": []}
        with self.rados.open_ioctx(pool) as data:
            try:
                for namespace in [""] + list(rbd.RBD().namespace_list(data)):
                    data.set_namespace(namespace)
                    self.count_images(data, counts)
            except rbd.OperationNotSupported:
                pass  # an erasure-coded pool holds data of images, and no images
            if not counts["images"] and not counts["trash"]:
                data.set_namespace(rados.LIBRADOS_ALL_NSPACES)
                counts.update(self.objects(data))
        return counts

    def count_images(self, data: Any, counts: Dict[str, Any]) -> None:
        """Add the images of a namespace to the counts."""
        rbd = imported("rbd", "python3-rbd")
        images = rbd.RBD().list(data)
        counts["images"] += len(images)
        counts["names"] += images[:3]
        counts["trash"] += len(list(rbd.RBD().trash_list(data)))
        for image in images[:100]:
            try:
                with rbd.Image(data, image, read_only=True) as opened:
                    counts["snapshots"] += len(list(opened.list_snaps()))
            except rbd.ImageNotFound:
                pass

    def objects(self, pool: Any) -> Dict[str, int]:
        """Count objects that are not RBD's own, and data of images that lie in other pools."""
        others, left = 0, 0
        images: Dict[Tuple[str, str, str], bool] = {}
        for number, entry in enumerate(pool.list_objects()):
            data = RBD_DATA.match(entry.key)
            if data is None:
                others += not RBD_OBJECTS.match(entry.key)
            else:
                image = (data.group(1), entry.nspace, data.group(2))
                if image not in images:
                    images[image] = self.has_image(*image)
                left += not images[image]
            if number > 10000:
                break
        return {"objects": others, "data": left, "images_elsewhere": sum(images.values())}

    def has_image(self, pool: str, namespace: str, image: str) -> bool:
        """Return whether a pool, by its number, has the image with this id, be it in the trash."""
        rados = imported("rados", "python3-rados")
        try:
            with self.rados.open_ioctx2(int(pool)) as there:
                there.set_namespace(namespace)
                there.stat("rbd_header." + image)
        except rados.ObjectNotFound:
            return False
        return True

    def sessions(self, entities: List[str]) -> List[Dict[str, str]]:
        """Return who is connected with one of these entities; see `Session` for the fields.

        Each monitor knows its own sessions. A monitor that is out of the quorum has none, and would not answer.
        """
        seen = []
        for monitor in self.read({"prefix": "quorum_status"})["quorum_names"]:
            for session in self.read({"prefix": "sessions"}, target=monitor):
                if session.get("entity_name") in entities:
                    socket = session.get("socket_addr", {})
                    seen.append(
                        {
                            "entity": session["entity_name"],
                            "address": socket.get("addr", ""),
                            "instance": "%s/%s" % (socket.get("addr", ""), socket.get("nonce", "")),
                            "host": session.get("remote_host", ""),
                            "id": "%s %s" % (session.get("name", ""), session.get("global_id", "")),
                        }
                    )
        return seen


def ceph(conf: str, entity: str) -> Ceph:
    """Return the connection of the run with this configuration file and entity."""
    session: Ceph = opened_once(("ceph", conf, entity), Ceph, conf, entity)
    return session


def mon_read(conf: str, entity: str, command: Command, hide_keys: bool) -> Any:
    """Send a monitor command that reads, and return its JSON."""
    value = ceph(conf, entity).read(command)
    return answer_without_keys(value) if hide_keys else value


def mon_command(conf: str, entity: str, command: Command, input: str, accept: List[str]) -> None:
    """Send a monitor command that changes something. The errno names in `accept` count as done."""
    name, _output, status = ceph(conf, entity).command(command, input.encode())
    if name and name not in accept:
        raise Failed(name, status or "no further words")


def mgr_read(conf: str, entity: str, command: Command) -> Any:
    """Ask a module of the active manager, and return its JSON."""
    return parsed(*ceph(conf, entity).manager(command))


def mgr_command(conf: str, entity: str, command: Command) -> None:
    """Send a command that changes something to a module of the active manager."""
    name, _output, status = ceph(conf, entity).manager(command)
    if name:
        raise Failed(name, status or "no further words")


def pool_init(conf: str, entity: str, pool: str) -> None:
    """Prepare a pool for RBD images, as `rbd pool init` does."""
    rbd = imported("rbd", "python3-rbd")
    cluster = ceph(conf, entity).rados
    # The connection's map may still show an earlier pool of this name, deleted a moment ago.
    cluster.wait_for_latest_osdmap()
    with cluster.open_ioctx(pool) as data:
        rbd.RBD().pool_init(data, False)


def pool_content(conf: str, entity: str, pool: str) -> Dict[str, Any]:
    """Return what a deletion of the pool would destroy."""
    return ceph(conf, entity).content(pool)


def user_sessions(conf: str, entity: str, entities: List[str]) -> List[Dict[str, str]]:
    """Return who is connected with one of these entities."""
    return ceph(conf, entity).sessions(entities)
