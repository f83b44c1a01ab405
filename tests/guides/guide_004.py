"""Guide 004: a copy of Ceph's document of Havana and Juno, with Cinder's options in [DEFAULT]."""

from __future__ import annotations

from tests.guides import ceph_document as document
from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Edited, Guide, Typed

_DRIVER = """\
volume_driver = cinder.volume.drivers.rbd.RBDDriver
rbd_pool = volumes
rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_flatten_volume_from_snapshot = false
rbd_max_clone_depth = 5
rbd_store_chunk_size = 4
rados_connect_timeout = -1
"""
_USER = f"rbd_user = cinder\nrbd_secret_uuid = {document.UUID}\n"

CLIENT = """\
[client]
    rbd cache = true
    rbd cache writethrough until flush = true
    admin socket = /var/run/ceph/$cluster-$type.$id.$pid.$cctid.asok
"""

NOVA = f"""\
[libvirt]
images_type = rbd
images_rbd_pool = vms
images_rbd_ceph_conf = /etc/ceph/ceph.conf
{_USER}[DEFAULT]
libvirt_inject_password = false
libvirt_inject_key = false
libvirt_inject_partition = -2
libvirt_live_migration_flag="VIR_MIGRATE_UNDEFINE_SOURCE,VIR_MIGRATE_PEER2PEER,VIR_MIGRATE_LIVE,VIR_MIGRATE_PERSIST_DEST"
"""

GUIDE = Guide(
    number="004",
    what="Ceph's document, Juno",
    steps=(
        Typed(CEPH, document.POOLS),
        *document.CEPH_CONF,
        Typed(CEPH, document.RAW_USERS),
        *document.CONTROLLER_KEYRINGS,
        document.COMPUTE_KEYRING,
        *document.SECRET,
        document.GLANCE_JUNO,
        document.FLAVOR,
        Edited(CONTROLLER, "/etc/cinder/cinder.conf", f"[DEFAULT]\n{_DRIVER}glance_api_version = 2\n"),
        Edited(
            CONTROLLER,
            "/etc/cinder/cinder.conf",
            f"[DEFAULT]\nenabled_backends = ceph\n[ceph]\n{_DRIVER}{_USER}",
            adapted="Zed starts no back end from [DEFAULT], where the guide's lines stay as dead ones; an upgrade to "
            "Ocata had to repeat the lines in a section, with user and secret",
        ),
        document.BACKUP,
        document.ceph_conf_of_guests(CLIENT),
        Edited(COMPUTES, "/etc/nova/nova.conf", NOVA),
        document.RESTART_CONTROLLER,
        document.RESTART_COMPUTES,
    ),
    caps=document.RAW_CAPS,
    pools=("volumes", "images", "backups", "vms"),
    secrets={document.USAGE: "client.cinder"},
)
