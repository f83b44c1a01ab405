"""Guide 003: a later version of Ceph's document, with profiles and `rbd pool init`; it ends before nova.conf."""

from __future__ import annotations

from tests.guides import ceph_document as document
from tests.guides.guide import CEPH, CONTROLLER, Edited, Guide, Typed

_INIT = """\
rbd pool init volumes
rbd pool init images
rbd pool init backups
rbd pool init vms
"""

_USERS = """\
ceph auth get-or-create client.glance mon 'profile rbd' osd 'profile rbd pool=images'
ceph auth get-or-create client.cinder mon 'profile rbd' osd 'profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images'
ceph auth get-or-create client.cinder-backup mon 'profile rbd' osd 'profile rbd pool=backups'
"""  # noqa: E501 - the guide's own lines

GLANCE = """\
[glance_store]
stores = rbd
default_store = rbd
rbd_store_pool = images
rbd_store_user = glance
rbd_store_ceph_conf = /etc/ceph/ceph.conf
rbd_store_chunk_size = 8
[DEFAULT]
show_image_direct_url = True
"""

CINDER = f"""\
[DEFAULT]
enabled_backends = ceph
glance_api_version = 2
[ceph]
volume_driver = cinder.volume.drivers.rbd.RBDDriver
volume_backend_name = ceph
rbd_pool = volumes
rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_flatten_volume_from_snapshot = false
rbd_max_clone_depth = 5
rbd_store_chunk_size = 4
rados_connect_timeout = -1
rbd_user = cinder
rbd_secret_uuid = {document.UUID}
"""

CLIENT = """\
[client]
    rbd cache = true
    rbd cache writethrough until flush = true
    admin socket = /var/run/ceph/guests/$cluster-$type.$id.$pid.$cctid.asok
    log file = /var/log/qemu/qemu-guest-$pid.log
    rbd concurrent management ops = 20
"""

_ON_COMPUTES = "/etc/ceph/ceph.conf and /etc/ceph/ceph.client.cinder.keyring"
"""What the guide writes for nova-compute, which it does not restart, because it ends before nova.conf."""

GUIDE = Guide(
    number="003",
    what="Ceph's document, later",
    steps=(
        Typed(CEPH, document.POOLS),
        Typed(CEPH, _INIT),
        *document.CEPH_CONF,
        Typed(CEPH, _USERS),
        *document.CONTROLLER_KEYRINGS,
        document.COMPUTE_KEYRING,
        *document.SECRET,
        Edited(CONTROLLER, "/etc/glance/glance-api.conf", GLANCE),
        document.FLAVOR,
        Edited(CONTROLLER, "/etc/cinder/cinder.conf", CINDER),
        document.ceph_conf_of_guests(CLIENT),
        document.GUEST_FOLDERS,
        Typed(
            CONTROLLER,
            "sudo service glance-api restart\nsudo service cinder-volume restart\n",
            adapted="the guide ends before the restarts, without which nothing that the guide wrote is read",
        ),
    ),
    caps={
        "client.glance": {"mon": "profile rbd", "osd": "profile rbd pool=images"},
        "client.cinder": {
            "mon": "profile rbd",
            "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images",
        },
        "client.cinder-backup": {"mon": "profile rbd", "osd": "profile rbd pool=backups"},
    },
    pools=("volumes", "images", "backups", "vms"),
    secrets={document.USAGE: "client.cinder"},
    guest_pool="volumes",
    boots_from_volume=True,
    improvements=("profiles", "keyrings", "an option", "several stores"),
    volume_backend_name="ceph",
    older=tuple((node, "nova-compute.service", _ON_COMPUTES) for node in ("compute1", "compute2")),
)
