"""Guide 002: an English guide with crudini, a user and a secret per service, and files of keys left behind."""

from __future__ import annotations

from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Guide, Piped, Typed

_NAMES = """\
GLANCE_POOL=glance-images
CEPH_GLANCE_CLIENT=client.images
CINDER_POOL=cinder-volumes
CEPH_CINDER_CLIENT=client.volumes
NOVA_POOL=nova-vms
CEPH_NOVA_CLIENT=client.nova
"""


def _typed(where: str, commands: str, adapted: str = "") -> Typed:
    return Typed(where, _NAMES + commands, adapted)


def _copied(source: str, where: str, *files: str, adapted: str = "scp, as tar") -> Piped:
    unpack = "tar -C /etc/ceph --no-same-owner -x"
    return Piped(source, f"tar -C /etc/ceph -c {' '.join(files)}", where, unpack, adapted)


_NO_SELINUX = "without chcon, because Debian has no SELinux"
_DEBIAN_UNIT = "Debian's names of the units"

GLANCE = (
    _typed(
        CEPH,
        """\
ceph osd pool create ${GLANCE_POOL} 64
ceph auth get-or-create ${CEPH_GLANCE_CLIENT} mon 'allow r' osd "allow class-read object_prefix rbd_children, allow rwx pool=${GLANCE_POOL}" -o /etc/ceph/ceph.${CEPH_GLANCE_CLIENT}.keyring
# test the user!
ceph --id ${CEPH_GLANCE_CLIENT#client.} osd tree
""",  # noqa: E501 - the guide's own lines
    ),
    _copied(CEPH, CONTROLLER, "ceph.conf", "ceph.client.images.keyring"),
    _typed(
        CONTROLLER,
        """\
chown glance:glance /etc/ceph/ceph.${CEPH_GLANCE_CLIENT}.keyring
chmod 0640 /etc/ceph/ceph.${CEPH_GLANCE_CLIENT}.keyring
cat <<EOF >> /etc/ceph/ceph.conf
[${CEPH_GLANCE_CLIENT}]
keyring = /etc/ceph/ceph.${CEPH_GLANCE_CLIENT}.keyring
EOF
""",
        _NO_SELINUX,
    ),
    _typed(
        CONTROLLER,
        """\
cd /etc/glance
crudini --set glance-api.conf glance_store stores file,http
cp glance-api.conf glance-api.conf.0
# default stores is file,http
IFS=, stores=( glance.store.rbd.Store $(crudini --get glance-api.conf glance_store stores) )
crudini --set glance-api.conf glance_store stores "${stores[*]}"
unset IFS
crudini --set glance-api.conf glance_store default_store rbd
crudini --set glance-api.conf glance_store rbd_store_pool ${GLANCE_POOL}
crudini --set glance-api.conf glance_store rbd_store_user ${CEPH_GLANCE_CLIENT#client.}
crudini --set glance-api.conf glance_store rbd_store_ceph_conf /etc/ceph/ceph.conf
# enable copy-on-write
crudini --set glance-api.conf DEFAULT show_image_direct_url True
systemctl restart glance-api
""",
        "stores is set to its default first, because Debian's file has it commented out and crudini --get would fail; "
        f"{_DEBIAN_UNIT}",
    ),
)

CINDER = (
    _typed(
        CEPH,
        """\
ceph osd pool create ${CINDER_POOL} 64
ceph auth get-or-create ${CEPH_CINDER_CLIENT} mon 'allow r' osd "allow class-read object_prefix rbd_children, allow rwx pool=${CINDER_POOL}, allow rx pool=${GLANCE_POOL}" -o /etc/ceph/ceph.${CEPH_CINDER_CLIENT}.keyring
ceph auth get-key ${CEPH_CINDER_CLIENT} > /etc/ceph/${CEPH_CINDER_CLIENT}.key
# test user!
ceph --id ${CEPH_CINDER_CLIENT#client.} osd tree
""",  # noqa: E501 - the guide's own lines
    ),
    _copied(
        CEPH,
        CONTROLLER,
        "ceph.client.volumes.keyring",
        "client.volumes.key",
        adapted="scp, as tar; without ceph.conf, whose copy here would take away the lines that the guide has added",
    ),
    _typed(
        CONTROLLER,
        """\
chown cinder:cinder /etc/ceph/ceph.${CEPH_CINDER_CLIENT}.keyring
chmod 0640 /etc/ceph/ceph.${CEPH_CINDER_CLIENT}.keyring
cat <<EOF >> /etc/ceph/ceph.conf
[${CEPH_CINDER_CLIENT}]
keyring = /etc/ceph/ceph.${CEPH_CINDER_CLIENT}.keyring
EOF
uuidgen > /etc/ceph/cinder.uuid.txt
cat <<EOF > /etc/ceph/cinder.secret.xml
<secret ephemeral="no" private="no">
 <uuid>$(cat /etc/ceph/cinder.uuid.txt)</uuid>
 <usage type="ceph">
 <name>${CEPH_CINDER_CLIENT} secret</name>
 </usage>
</secret>
EOF
chmod 0640 /etc/ceph/cinder.*
chmod 0640 /etc/ceph/*.key
""",
        _NO_SELINUX,
    ),
    _copied(CONTROLLER, COMPUTES, "cinder.uuid.txt", "cinder.secret.xml", "client.volumes.key"),
    _typed(
        COMPUTES,
        """\
virsh secret-define --file /etc/ceph/cinder.secret.xml
virsh secret-set-value --secret $(cat /etc/ceph/cinder.uuid.txt) --base64 $(cat /etc/ceph/${CEPH_CINDER_CLIENT}.key)
""",
        "on the computes only, because the controller has no libvirt",
    ),
    _typed(
        CONTROLLER,
        """\
cd /etc/cinder
cp cinder.conf cinder.conf.0
# default enabled_backends is lvm
IFS=, backends=( rbd $(crudini --get cinder.conf DEFAULT enabled_backends) )
crudini --set cinder.conf DEFAULT enabled_backends "${backends[*]}"
unset IFS
crudini --set cinder.conf rbd volume_driver cinder.volume.drivers.rbd.RBDDriver
crudini --set cinder.conf rbd rbd_pool ${CINDER_POOL}
crudini --set cinder.conf rbd rbd_ceph_conf /etc/ceph/ceph.conf
crudini --set cinder.conf rbd rbd_flatten_volume_from_snapshot false
crudini --set cinder.conf rbd rbd_max_clone_depth 5
crudini --set cinder.conf rbd rbd_store_chunk_size 4
crudini --set cinder.conf rbd rados_connect_timeout -1
crudini --set cinder.conf rbd glance_api_version 2
crudini --set cinder.conf rbd rbd_user ${CEPH_CINDER_CLIENT#client.}
crudini --set cinder.conf rbd rbd_secret_uuid $(cat /etc/ceph/cinder.uuid.txt)
systemctl restart 'cinder-*'
""",
        f"{_DEBIAN_UNIT}, in quotes, because the shell would find cinder-api-uwsgi.ini in /etc/cinder",
    ),
)

NOVA = (
    _typed(
        CEPH,
        """\
ceph osd pool create ${NOVA_POOL} 64
ceph auth get-or-create ${CEPH_NOVA_CLIENT} mon 'allow r' osd "allow class-read object_prefix rbd_children, allow rwx pool=${NOVA_POOL}, allow rx pool=${GLANCE_POOL}" -o /etc/ceph/ceph.${CEPH_NOVA_CLIENT}.keyring
ceph auth get-key ${CEPH_NOVA_CLIENT} > /etc/ceph/${CEPH_NOVA_CLIENT}.key
# test user!
ceph --id ${CEPH_NOVA_CLIENT#client.} osd tree
""",  # noqa: E501 - the guide's own lines
    ),
    _copied(CEPH, COMPUTES, "ceph.conf", "ceph.client.nova.keyring", "client.nova.key"),
    _typed(
        COMPUTES,
        """\
chown nova:nova /etc/ceph/ceph.${CEPH_NOVA_CLIENT}.keyring
chmod 0640 /etc/ceph/ceph.${CEPH_NOVA_CLIENT}.keyring
cat <<EOF >> /etc/ceph/ceph.conf
[${CEPH_NOVA_CLIENT}]
keyring = /etc/ceph/ceph.${CEPH_NOVA_CLIENT}.keyring
EOF
""",
        _NO_SELINUX,
    ),
    _typed(
        CONTROLLER,
        """\
uuidgen > /etc/ceph/${CEPH_NOVA_CLIENT}.uuid.txt
cat <<EOF > /etc/ceph/${CEPH_NOVA_CLIENT}.secret.xml
<secret ephemeral="no" private="no">
 <uuid>$(cat /etc/ceph/${CEPH_NOVA_CLIENT}.uuid.txt)</uuid>
 <usage type="ceph">
 <name>${CEPH_NOVA_CLIENT} secret</name>
 </usage>
</secret>
EOF
chmod 0640 /etc/ceph/${CEPH_NOVA_CLIENT}.*
chmod 0640 /etc/ceph/*.key
""",
    ),
    _copied(CONTROLLER, COMPUTES, "client.nova.uuid.txt", "client.nova.secret.xml"),
    _typed(
        COMPUTES,
        """\
virsh secret-define --file /etc/ceph/${CEPH_NOVA_CLIENT}.secret.xml
virsh secret-set-value --secret $(cat /etc/ceph/${CEPH_NOVA_CLIENT}.uuid.txt) --base64 $(cat /etc/ceph/${CEPH_NOVA_CLIENT}.key)
cd /etc/nova
cp nova.conf nova.conf.0
crudini --set nova.conf DEFAULT force_raw_images True
crudini --set nova.conf DEFAULT disk_cachemodes writeback
crudini --set nova.conf libvirt images_type rbd
crudini --set nova.conf libvirt images_rbd_pool ${NOVA_POOL}
crudini --set nova.conf libvirt images_rbd_ceph_conf /etc/ceph/ceph.conf
crudini --set nova.conf libvirt rbd_user ${CEPH_NOVA_CLIENT#client.}
crudini --set nova.conf libvirt rbd_secret_uuid $(cat /etc/ceph/${CEPH_NOVA_CLIENT}.uuid.txt)
systemctl restart nova-compute
""",  # noqa: E501 - the guide's own lines
        _DEBIAN_UNIT,
    ),
)

_RAW = "allow class-read object_prefix rbd_children"
_KEY_FILES = (
    "/etc/ceph/client.volumes.key",
    "/etc/ceph/cinder.uuid.txt",
    "/etc/ceph/cinder.secret.xml",
    "/etc/ceph/client.nova.uuid.txt",
    "/etc/ceph/client.nova.secret.xml",
)

GUIDE = Guide(
    number="002",
    what="crudini, a user per service",
    steps=(*GLANCE, *CINDER, *NOVA),
    caps={
        "client.images": {"mon": "allow r", "osd": f"{_RAW}, allow rwx pool=glance-images"},
        "client.volumes": {
            "mon": "allow r",
            "osd": f"{_RAW}, allow rwx pool=cinder-volumes, allow rx pool=glance-images",
        },
        "client.nova": {"mon": "allow r", "osd": f"{_RAW}, allow rwx pool=nova-vms, allow rx pool=glance-images"},
    },
    pools=("glance-images", "cinder-volumes", "nova-vms"),
    secrets={"client.volumes secret": "client.volumes", "client.nova secret": "client.nova"},
    guest_pool="nova-vms",
    improvements=("rbd pool init", "profiles", "an option", "several stores"),
    left_over={
        CEPH: ("/etc/ceph/client.volumes.key", "/etc/ceph/client.nova.key"),
        CONTROLLER: ("/etc/glance/glance-api.conf.0", "/etc/cinder/cinder.conf.0", *_KEY_FILES),
        COMPUTES: ("/etc/nova/nova.conf.0", "/etc/ceph/client.nova.key", *_KEY_FILES),
    },
    older=(("controller1", "glance-api.service", "/etc/ceph/ceph.conf"),),
)
