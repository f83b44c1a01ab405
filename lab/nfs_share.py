"""Cinder's own back end on files: an "NFS share" that is mounted already, so it needs no server, and no NFS in the kernel."""

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
"""The back end's section of cinder.conf."""


class Share:
    """The share of one node.

    unit    -- the mount unit
    files   -- path -> text
    folders -- Cinder's own
    """

    def __init__(self, address: str) -> None:
        share = f"{address}:{_FOLDER}"
        mount = f"/var/lib/cinder/mnt/{hashlib.md5(share.encode(), usedforsecurity=False).hexdigest()}"
        self.unit = mount.strip("/").replace("/", "-") + ".mount"
        self.folders = (_FOLDER, "/var/lib/cinder/mnt", mount)
        self.files = {
            _LIST: f"{share}\n",
            # Cinder takes a share that is mounted already as it is.
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
