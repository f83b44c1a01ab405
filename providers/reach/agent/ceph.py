"""Ceph through librados: monitor commands as the `ceph` program sends them, and what a pool holds."""

import errno
import json
import re
from typing import Any, Dict, List, Tuple

from providers.reach.agent.failed import Failed
from providers.reach.agent.opened_once import imported, opened_once
from providers.reach.agent.redaction import answer_without_keys

RBD_OBJECTS = re.compile(
    r"rbd_(info|directory|trash|children|task|mirroring|mirror_leader|trash_trash_purge_schedule|namespace"
    r"|mirror_snapshot_schedule)$"
)
Command = Dict[str, Any]


def errno_name(result: int) -> str:
    """Return the name of a negative result; an empty text for success."""
    return errno.errorcode.get(-result, str(-result)) if result < 0 else ""


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
        name, output, status = self.command(dict(command, format="json"), target=target)
        if name:
            raise Failed(name, status or "no further words")
        return json.loads(output) if output.strip() else None

    def content(self, pool: str) -> Dict[str, Any]:
        """Count what a deletion of the pool would destroy; see `PoolContent` for the fields."""
        rados, rbd = imported("rados", "python3-rados"), imported("rbd", "python3-rbd")
        counts: Dict[str, Any] = {"images": 0, "snapshots": 0, "trash": 0, "objects": 0, "names": []}
        with self.rados.open_ioctx(pool) as data:
            for namespace in [""] + list(rbd.RBD().namespace_list(data)):
                data.set_namespace(namespace)
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
            if not counts["images"] and not counts["trash"]:
                data.set_namespace(rados.LIBRADOS_ALL_NSPACES)
                for number, entry in enumerate(data.list_objects()):
                    counts["objects"] += not RBD_OBJECTS.match(entry.key)
                    if number > 10000:
                        break
        return counts

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
