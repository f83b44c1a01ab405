"""Guide 001: a Japanese blog of 2014, Havana. Glance and Cinder only; Nova attaches volumes, and images are qcow2."""

from __future__ import annotations

from tests.guides import ceph_document as document
from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Edited, Guide, Typed

_POOLS = """\
sudo ceph osd pool create volumes 128
sudo ceph osd pool create images 128
sudo ceph osd pool create backups 128
"""

_USERS = """\
ceph auth get-or-create client.cinder mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rx pool=images'
ceph auth get-or-create client.glance mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=images'
ceph auth get-or-create client.cinder-backup mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=backups'
"""  # noqa: E501 - the blog's own lines

GLANCE = """\
default_store=rbd
rbd_store_user=glance
rbd_store_pool=images
"""

_DRIVER = f"""\
volume_driver=cinder.volume.drivers.rbd.RBDDriver
rbd_pool=volumes
rbd_ceph_conf=/etc/ceph/ceph.conf
rbd_flatten_volume_from_snapshot=false
rbd_max_clone_depth=5
glance_api_version=2
rbd_user=cinder
rbd_secret_uuid={document.UUID}
"""

GUIDE = Guide(
    number="001",
    what="a blog, Havana",
    steps=(
        Typed(CEPH, _POOLS),
        Typed(
            CONTROLLER, "sudo mkdir -p /etc/ceph", adapted="mkdir -p, because Debian's ceph-common has made the folder"
        ),
        Typed(COMPUTES, "sudo mkdir -p /etc/ceph", adapted="the same"),
        *document.CEPH_CONF,
        Typed(CEPH, _USERS),
        *document.CONTROLLER_KEYRINGS,
        *document.SECRET,
        Edited(CONTROLLER, "/etc/glance/glance-api.conf", GLANCE),
        Edited(
            CONTROLLER,
            "/etc/glance/glance-api.conf",
            f"[glance_store]\nstores=file,http,rbd\n{GLANCE}",
            adapted="Zed does not read the blog's lines in [DEFAULT], which stay as dead ones; an upgrade to Kilo had "
            "to repeat the lines in [glance_store]",
        ),
        Edited(CONTROLLER, "/etc/cinder/cinder.conf", _DRIVER),
        Edited(
            CONTROLLER,
            "/etc/cinder/cinder.conf",
            f"[DEFAULT]\nenabled_backends=ceph\n[ceph]\n{_DRIVER}",
            adapted="Zed starts no back end from [DEFAULT], where the blog's lines stay as dead ones; an upgrade to "
            "Ocata had to repeat the lines in a section",
        ),
        Typed(
            CONTROLLER,
            "cat >> /etc/ceph/ceph.conf <<EOF\n"
            "[client.keyring]\n  keyring = /etc/ceph/ceph.client.cinder.keyring\nEOF\n",
        ),
        document.RESTART_CONTROLLER,
        document.RESTART_COMPUTES,
    ),
    caps={
        **document.RAW_CAPS,
        "client.cinder": {"mon": "allow r", "osd": f"{document.RAW}, allow rwx pool=volumes, allow rx pool=images"},
    },
    pools=("volumes", "images", "backups"),
    secrets={document.USAGE: "client.cinder"},
    guest_pool="volumes",
    boots_from_volume=True,
    image_format="qcow2",
)
