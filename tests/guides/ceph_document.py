"""Steps that guides 000, 001, 003 and 004 share, because all four come from Ceph's document `rbd-openstack`."""

from __future__ import annotations

from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Edited, Piped, Typed

UUID = "457eb676-33da-42ec-9a8c-9293d545c337"
"""The UUID that the document prints; operators who paste the document's secret.xml have this very one."""
USAGE = "client.cinder secret"

RAW = "allow class-read object_prefix rbd_children"
RAW_CAPS = {
    "client.cinder": {
        "mon": "allow r",
        "osd": f"{RAW}, allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images",
    },
    "client.glance": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=images"},
    "client.cinder-backup": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=backups"},
}

POOLS = """\
ceph osd pool create volumes 128
ceph osd pool create images 128
ceph osd pool create backups 128
ceph osd pool create vms 128
"""

RAW_USERS = """\
ceph auth get-or-create client.cinder mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images'
ceph auth get-or-create client.glance mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=images'
ceph auth get-or-create client.cinder-backup mon 'allow r' osd 'allow class-read object_prefix rbd_children, allow rwx pool=backups'
"""  # noqa: E501 - the document's own lines

CEPH_CONF = tuple(
    Piped(CEPH, "cat /etc/ceph/ceph.conf", where, "sudo tee /etc/ceph/ceph.conf") for where in (CONTROLLER, COMPUTES)
)


def _keyring(entity: str, user: str) -> tuple[Piped, Typed]:
    path = f"/etc/ceph/ceph.{entity}.keyring"
    return (
        Piped(CEPH, f"ceph auth get-or-create {entity}", CONTROLLER, f"sudo tee {path}"),
        Typed(CONTROLLER, f"sudo chown {user}:{user} {path}"),
    )


CONTROLLER_KEYRINGS = (
    *_keyring("client.glance", "glance"),
    *_keyring("client.cinder", "cinder"),
    *_keyring("client.cinder-backup", "cinder"),
)

COMPUTE_KEYRING = Piped(
    CEPH, "ceph auth get-or-create client.cinder", COMPUTES, "sudo tee /etc/ceph/ceph.client.cinder.keyring"
)

SECRET = (
    Piped(CEPH, "ceph auth get-key client.cinder", COMPUTES, "tee client.cinder.key"),
    Typed(
        COMPUTES,
        f"""\
cat > secret.xml <<EOF
<secret ephemeral='no' private='no'>
  <uuid>{UUID}</uuid>
  <usage type='ceph'>
	<name>{USAGE}</name>
  </usage>
</secret>
EOF
sudo virsh secret-define --file secret.xml
sudo virsh secret-set-value --secret {UUID} --base64 $(cat client.cinder.key) && rm client.cinder.key secret.xml
""",
        adapted="uuidgen's output is the UUID that the document prints, because all computes are to have one UUID",
    ),
)

GUEST_FOLDERS = Typed(
    COMPUTES,
    """\
mkdir -p /var/run/ceph/guests/ /var/log/qemu/
chown libvirt-qemu:kvm /var/run/ceph/guests /var/log/qemu/
""",
    adapted="Debian has no qemu:libvirtd; the document says itself that user and group differ by system",
)


def ceph_conf_of_guests(lines: str) -> Typed:
    """Return the step that adds `[client]` to ceph.conf on every compute."""
    return Typed(COMPUTES, f"cat >> /etc/ceph/ceph.conf <<'EOF'\n{lines}EOF\n")


FLAVOR = Edited(CONTROLLER, "/etc/glance/glance-api.conf", "[paste_deploy]\nflavor = keystone\n")

RESTART_CONTROLLER = Typed(
    CONTROLLER,
    "sudo service glance-api restart\nsudo service cinder-volume restart\nsudo service cinder-backup restart\n",
    adapted="glance-control is gone since Pike; Debian's unit is glance-api",
)
RESTART_COMPUTES = Typed(COMPUTES, "sudo service nova-compute restart")

GLANCE_JUNO = Edited(
    CONTROLLER,
    "/etc/glance/glance-api.conf",
    """\
[DEFAULT]
default_store = rbd
show_image_direct_url = True
[glance_store]
stores = rbd
default_store = rbd
rbd_store_pool = images
rbd_store_user = glance
rbd_store_ceph_conf = /etc/ceph/ceph.conf
rbd_store_chunk_size = 8
""",
    adapted="[glance_store] default_store = rbd is added, because Zed does not read the document's line in [DEFAULT], "
    "which stays as a dead one",
)

BACKUP = Edited(
    CONTROLLER,
    "/etc/cinder/cinder.conf",
    """\
[DEFAULT]
backup_driver = cinder.backup.drivers.ceph.CephBackupDriver
backup_ceph_conf = /etc/ceph/ceph.conf
backup_ceph_user = cinder-backup
backup_ceph_chunk_size = 134217728
backup_ceph_pool = backups
backup_ceph_stripe_unit = 0
backup_ceph_stripe_count = 0
restore_discard_excess_bytes = true
""",
    adapted="backup_driver names the class, because the module form ended with Stein",
)
