"""What every Ceph client on a host shares: /etc/ceph, ceph.conf and the keyrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import CephConfDesired, DirectoryDesired, KeyringDesired
from providers.resources import CephConf, HostDirectory, KeyringFile

from .cluster import suffix
from .context import Context
from .edits import Edit, edit
from .settings import User

KEYRING_MODE = "0640"


@dataclass(frozen=True)
class Reader:
    """A user whose keyrings a host needs.

    role         -- whose user it is; with the host and the generation it makes the logical name
    owner, group -- of the file, mode 0640. Where two daemons need one keyring (Cinder and Nova on one host), one is
                    let in as owner, the other as group.
    """

    role: str
    user: User
    owner: str
    group: str


class CephClient(ComponentResource):
    """Per host: the folder, then ceph.conf, then a keyring per entity.

    conf     -- (host, entities) -> see `conf_edit`
    keyrings -- host -> entity -> edit
    """

    def __init__(
        self,
        context: Context,
        readers: Mapping[str, Sequence[Reader]],
        *,
        guest_options: Mapping[str, Mapping[str, str]],
        users: Mapping[str, Resource],
        after: Mapping[str, Sequence[Resource]],
    ) -> None:
        """Declare the files of each host in `readers`.

        guest_options -- host -> its further [client] options; the folders of its sockets and logs are made
        users         -- entity -> the resource that makes it; empty in a cell
        after         -- host -> what comes before its files
        """
        super().__init__("ceph-openstack:openstack:CephClient", "ceph-client")
        self._context = context
        self._sections: dict[str, dict[str, dict[str, str]]] = {}
        self._conf: dict[str, Resource] = {}
        self.keyrings: dict[str, dict[str, Edit]] = {}
        self.resources: dict[str, list[Resource]] = {}
        for host, wanted in readers.items():
            self._host(host, wanted, guest_options.get(host, {}), users, after.get(host, ()))
        self.register_outputs({})

    def conf_edit(self, host: str, entities: Sequence[str]) -> Edit:
        """Return what a process that connects as `entities` reads of ceph.conf, and no other user's section."""
        shared = ("global", "client")
        sections = {
            name: options for name, options in self._sections[host].items() if name in shared or name in entities
        }
        return edit(
            f"ceph-conf-{host}",
            self._conf[host],
            path=self._context.ceph_conf,
            dialect="ceph",
            sections=sections,
        )

    def _host(
        self,
        host: str,
        readers: Sequence[Reader],
        guest_options: Mapping[str, str],
        users: Mapping[str, Resource],
        after: Sequence[Resource],
    ) -> None:
        context, cluster = self._context, self._context.settings.cluster
        stack, fsid = context.stack, context.fsid
        folder = HostDirectory(
            f"ceph-directory-{host}",
            DirectoryDesired(stack=stack, host=host, path="/etc/ceph", owner="root", group="root", mode="0755"),
            opts=ResourceOptions(parent=self, depends_on=list(after)),
        )
        guest_folders = [
            HostDirectory(
                f"guest-{kind.replace(' ', '-')}-directory-{host}",
                DirectoryDesired(
                    stack=stack,
                    host=host,
                    path=path,
                    owner=context.platform.qemu_user,
                    group=context.platform.qemu_group,
                    mode="0770",
                ),
                opts=ResourceOptions(parent=self, depends_on=list(after)),
            )
            for kind, path in _guest_folders(guest_options)
        ]
        sections = {"global": {"fsid": fsid, "mon_host": ",".join(cluster.mon_hosts)}}
        client = {_key(name): value for name, value in {**cluster.client_options, **guest_options}.items()}
        if client:
            sections["client"] = client
        placed = [(reader, generation) for reader in readers for generation in reader.user.generations]
        for reader, generation in placed:
            entity = reader.user.entity_of(generation)
            sections[entity] = {"keyring": context.keyring(entity)}
        self._sections[host] = sections
        self._conf[host] = CephConf(
            f"ceph-conf-{host}",
            CephConfDesired(
                stack=stack,
                host=host,
                fsid=fsid,
                component="ceph-client",
                path=context.ceph_conf,
                sections=sections,
            ),
            opts=ResourceOptions(parent=self, depends_on=[folder, *guest_folders]),
        )
        self.keyrings[host] = {}
        for reader, generation in placed:
            entity = reader.user.entity_of(generation)
            label = f"{reader.role}-keyring{suffix(generation)}-{host}"
            keyring = KeyringFile(
                label,
                KeyringDesired(
                    stack=stack,
                    host=host,
                    fsid=fsid,
                    entity=entity,
                    path=context.keyring(entity),
                    owner=reader.owner,
                    group=reader.group,
                    mode=KEYRING_MODE,
                    adopt=reader.user.adopt and generation == 1,
                ),
                opts=ResourceOptions(parent=self, depends_on=[folder, *([users[entity]] if entity in users else [])]),
            )
            self.keyrings[host][entity] = edit(
                label,
                keyring,
                path=context.keyring(entity),
                dialect="keyring",
                sections={entity: {"key": "current"}},
                more=[reader.owner, reader.group, KEYRING_MODE],
            )
        made = [one.resource for one in self.keyrings[host].values()]
        self.resources[host] = [folder, *guest_folders, self._conf[host], *made]


def _key(name: str) -> str:
    """Return an option's name as ceph prints it: `admin socket` and `admin_socket` are one option."""
    return name.replace(" ", "_")


def _guest_folders(options: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (kind, folder) for the socket and the log of guests, as far as the folder's name is fixed."""
    folders: dict[str, str] = {}
    for name, value in options.items():
        kind = {"admin_socket": "socket", "log_file": "log"}.get(_key(name))
        folder = str(PurePosixPath(value).parent)
        if kind and folder.startswith("/") and "$" not in folder and folder not in folders.values():
            folders[kind] = folder
    return list(folders.items())
