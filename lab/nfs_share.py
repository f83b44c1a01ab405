"""A file back end for Cinder: an "NFS share" that is a bind mount.

Neither an NFS server nor NFS in the kernel is needed, because Cinder takes a share that is mounted already.
"""

from __future__ import annotations

import hashlib

_FOLDER = "/srv/nfs/volumes"
_LIST = "/etc/cinder/nfs_shares"

OPTIONS = {
    "volume_driver": "cinder.volume.drivers.nfs.NfsDriver",
    "volume_backend_name": "nfs",
    "nfs_shares_config": _LIST,
    "nas_secure_file_operations": "false",
    "nas_secure_file_permissions": "false",
}
"""The back end's section of cinder.conf: option -> value."""


class Share:
    """The share of one node.

    Args:
        address: The node's address, which is part of the share's name.

    Attributes:
        unit: The name of the mount unit.
        folders: Folders that have to be there and belong to Cinder.
        files: Path -> text of the files that make the share.
    """

    def __init__(self, address: str) -> None:
        share = f"{address}:{_FOLDER}"
        mount = f"/var/lib/cinder/mnt/{hashlib.md5(share.encode(), usedforsecurity=False).hexdigest()}"
        self.unit = mount.strip("/").replace("/", "-") + ".mount"
        self.folders = (_FOLDER, "/var/lib/cinder/mnt", mount)
        self.files = {
            _LIST: f"{share}\n",
            f"/etc/systemd/system/{self.unit}": f"""\
[Unit]
Before=cinder-volume.service
[Mount]
What={_FOLDER}
Where={mount}
Type=none
Options=bind
[Install]
WantedBy=multi-user.target
""",
        }
