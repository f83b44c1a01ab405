"""Guide 000: Ceph's document in Chinese, Havana to Kilo. Zed still reads most of the document's form for Kilo."""

from __future__ import annotations

from tests.guides import ceph_document as document
from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Edited, Guide, Typed

CINDER = f"""\
[DEFAULT]
enabled_backends = ceph
glance_api_version = 2
[ceph]
volume_driver = cinder.volume.drivers.rbd.RBDDriver
rbd_pool = volumes
rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_flatten_volume_from_snapshot = false
rbd_max_clone_depth = 5
rbd_store_chunk_size = 4
rados_connect_timeout = -1
glance_api_version = 2
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

NOVA = f"""\
[libvirt]
images_type = rbd
images_rbd_pool = vms
images_rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_user = cinder
rbd_secret_uuid = {document.UUID}
disk_cachemodes="network=writeback"
inject_password = false
inject_key = false
inject_partition = -2
live_migration_flag="VIR_MIGRATE_UNDEFINE_SOURCE,VIR_MIGRATE_PEER2PEER,VIR_MIGRATE_LIVE,VIR_MIGRATE_PERSIST_DEST,VIR_MIGRATE_TUNNELLED"
hw_disk_discard = unmap
"""

GUIDE = Guide(
    number="000",
    what="Ceph's document, Kilo",
    steps=(
        Typed(CEPH, document.POOLS),
        *document.CEPH_CONF,
        Typed(CEPH, document.RAW_USERS),
        *document.CONTROLLER_KEYRINGS,
        document.COMPUTE_KEYRING,
        *document.SECRET,
        document.GLANCE_JUNO,
        document.FLAVOR,
        Edited(CONTROLLER, "/etc/cinder/cinder.conf", CINDER),
        document.BACKUP,
        document.ceph_conf_of_guests(CLIENT),
        document.GUEST_FOLDERS,
        Edited(
            COMPUTES,
            "/etc/nova/nova.conf",
            NOVA,
            adapted="hw_disk_discard stands without the document's comment, because oslo.config knows no comment at a "
            "line's end and Nova refuses the value",
        ),
        document.RESTART_CONTROLLER,
        document.RESTART_COMPUTES,
    ),
    caps=document.RAW_CAPS,
    pools=("volumes", "images", "backups", "vms"),
    secrets={document.USAGE: "client.cinder"},
)
