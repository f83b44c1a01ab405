"""Ceph through librados: monitor commands as the `ceph` program sends them, and what a pool holds."""

import errno
import json
import re

from providers.remote.agent.failed import Failed
from providers.remote.agent.files import digest
from providers.remote.agent.singles import single

RBD_OBJECTS = re.compile(
    r"rbd_(info|directory|trash|children|task|mirroring|mirror_leader|trash_trash_purge_schedule|namespace"
    r"|mirror_snapshot_schedule)$"
)


class Ceph:
    """One librados connection for the run."""

    def __init__(self, conf, entity):
        try:
            import rados
        except ImportError:
            raise Failed("ENOENT", "python3-rados is not installed on this host")
        self.rados = rados.Rados(conffile=conf, name=entity)
        for option, value in (
            ("rados_mon_op_timeout", "30"),
            ("rados_osd_op_timeout", "60"),
            ("client_mount_timeout", "15"),
        ):
            self.rados.conf_set(option, value)
        try:
            self.rados.connect(timeout=20)
        except rados.Error as problem:
            raise Failed(
                errno.errorcode.get(getattr(problem, "errno", 0) or 0, ""), "%s cannot connect: %s" % (entity, problem)
            )

    def command(self, command, data=b""):
        result, output, words = self.rados.mon_command(json.dumps(command), data, timeout=60)
        return (
            errno.errorcode.get(-result, str(-result)) if result < 0 else "",
            output.decode("utf-8", "replace"),
            words,
        )

    def content(self, pool):
        """Count what a deletion of the pool would destroy."""
        import rados
        import rbd

        counts = {"images": 0, "snapshots": 0, "trash": 0, "objects": 0, "names": []}
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

    def sessions(self, entities):
        """Return who is connected with one of these entities: entity, address and session id."""
        seen = []
        monitors = json.loads(self.command({"prefix": "mon dump", "format": "json"})[1])["mons"]
        for monitor in monitors:
            result, output, _words = self.rados.mon_command(
                json.dumps({"prefix": "sessions", "format": "json"}), b"", timeout=30, target=monitor["name"]
            )
            if result < 0:
                raise Failed(
                    errno.errorcode.get(-result, ""), "monitor %s does not list its sessions" % monitor["name"]
                )
            for session in json.loads(output.decode()):
                if session.get("entity_name") in entities:
                    seen.append(
                        {
                            "entity": session["entity_name"],
                            "address": session.get("socket_addr", {}).get("addr", ""),
                            "id": "%s %s" % (session.get("name", ""), session.get("global_id", "")),
                        }
                    )
        return seen


def ceph(conf, entity):
    return single(("ceph", conf, entity), Ceph, conf, entity)


def without_keys(value):
    if isinstance(value, dict):
        return {
            k: "sha256:" + digest(v.encode())
            if k in ("key", "pending_key") and isinstance(v, str) and v
            else without_keys(v)
            for k, v in value.items()
        }
    return [without_keys(item) for item in value] if isinstance(value, list) else value


def mon_read(conf, entity, command, hide_keys):
    """Send a monitor command that reads and return its JSON; an errno is an error, never an empty answer."""
    name, output, words = ceph(conf, entity).command(dict(command, format="json"))
    if name:
        raise Failed(name, words or "no further words")
    value = json.loads(output) if output.strip() else None
    return without_keys(value) if hide_keys else value


def mon_command(conf, entity, command, input, fine):
    name, output, words = ceph(conf, entity).command(command, input.encode())
    if name and name not in fine:
        raise Failed(name, words or "no further words")
    return


def pool_init(conf, entity, pool):
    import rbd

    with ceph(conf, entity).rados.open_ioctx(pool) as data:
        rbd.RBD().pool_init(data, False)


def pool_content(conf, entity, pool):
    return ceph(conf, entity).content(pool)


def user_sessions(conf, entity, entities):
    return ceph(conf, entity).sessions(entities)
