"""Wirings: a site as each guide leaves it, as plain data: pools, users, keyrings, secrets, files, what is left over.

The texts are the guides' own, as `tests/guides` types them on the lab. Accounts are numbers, because the machine that
runs the tests has no user glance.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.sim.site import Site
from tests.sim.systemd import Unit

UUID = "457eb676-33da-42ec-9a8c-9293d545c337"
OTHER_UUID = "7a1c64c0-0f0e-4a1c-8e0d-0f3a5b7c9d11"
CONTROLLER, COMPUTES = ("api1",), ("compute1", "compute2")
GLANCE, CINDER, NOVA, ROOT = "64061", "64062", "64060", "root"
ACCOUNTS = {"glance": GLANCE, "cinder": CINDER, "cinder_backup": CINDER, "nova": NOVA}
"""Service to the account that runs it and owns its keyring."""
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n'
PACKAGES = {
    "python3-nova": "2:26.2.2-1~deb12u3",
    "python3-glance": "2:25.1.0-2",
    "python3-cinder": "2:21.3.1-1~deb12u1",
}
UNITS = {CONTROLLER: ("glance-api", "cinder-volume", "cinder-backup"), COMPUTES: ("nova-compute",)}
READY = {
    "glance-api": "Started child 7",
    "cinder-volume": "2026-01-01 00:00:00.000 7 INFO Starting volume driver RBDDriver (1.3.0)\n"
    "2026-01-01 00:00:01.000 7 INFO Driver initialization completed successfully.",
    "cinder-backup": "Starting cinder-backup node (version 21.3.1)",
    "nova-compute": "Starting compute node (version 26.2.0)",
}
"""What each daemon logs when it works, by its unit on Debian."""
RAW = "allow class-read object_prefix rbd_children"
GLANCE_CONF, CINDER_CONF = "/etc/glance/glance-api.conf", "/etc/cinder/cinder.conf"
NOVA_CONF, CEPH_CONF = "/etc/nova/nova.conf", "/etc/ceph/ceph.conf"


@dataclass(frozen=True)
class Keyring:
    """A keyring on hosts."""

    hosts: tuple[str, ...]
    entity: str
    owner: str
    mode: int = 0o644


@dataclass(frozen=True)
class Wiring:
    """What a guide leaves.

    Attributes:
        number: The guide's number among the seeds.
        pools: Each pool, and whether `rbd pool init` was run on it.
        caps: Entity to caps.
        files: Hosts to path to text.
        keyrings: The keyrings.
        secrets: UUID of each secret of the computes to its usage name and the entity whose key it holds.
        left_over: Hosts to path to text, in which `{client.x}` stands for the key of an entity.
    """

    number: str
    pools: Mapping[str, bool]
    caps: Mapping[str, Mapping[str, str]]
    files: Mapping[tuple[str, ...], Mapping[str, str]]
    keyrings: tuple[Keyring, ...]
    secrets: Mapping[str, tuple[str, str]]
    left_over: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)


def wire_by_hand(site: Site, wiring: Wiring) -> None:
    """Leave a simulated site as the guide does, with every service running on it."""
    for pool, initialised in wiring.pools.items():
        site.ceph.do_osd_pool_create(pool, 128)
        if initialised:
            site.ceph.pool_init(pool)
    for entity, caps in wiring.caps.items():
        site.ceph.add_user(entity, dict(caps))
    texts = [
        (hosts, path, text)
        for part in (wiring.files, wiring.left_over)
        for hosts in part
        for path, text in part[hosts].items()
    ]
    for hosts, path, text in texts:
        for entity, user in site.ceph.users.items():
            text = text.replace(f"{{{entity}}}", user["key"])
        for host in hosts:
            _write(site, host, path, text, ROOT, 0o644)
    for keyring in wiring.keyrings:
        key = site.ceph.users[keyring.entity]["key"]
        for host in keyring.hosts:
            path = f"/etc/ceph/ceph.{keyring.entity}.keyring"
            _write(site, host, path, f"[{keyring.entity}]\n\tkey = {key}\n", keyring.owner, keyring.mode)
    for host in COMPUTES:
        for uuid, (usage, entity) in wiring.secrets.items():
            value = base64.b64decode(site.ceph.users[entity]["key"])
            kept = {"usage": usage, "is_ceph": True, "private": False, "ephemeral": False, "value": value}
            site.hosts[host].libvirt.secrets[uuid] = kept
    _run_services(site)


def _write(site: Site, host: str, path: str, text: str, owner: str, mode: int) -> None:
    place = site.hosts[host].path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    number = 0 if owner == ROOT else int(owner)
    os.chown(place, number, number)
    place.chmod(mode)


def _run_services(site: Site) -> None:
    """Start every service, with the packages that services need to reach Ceph."""
    installed = ("python3/dist-packages/rados-2", "python3/dist-packages/rbd-1", "x86_64/qemu/block-rbd.so")
    for hosts, units in UNITS.items():
        for host in hosts:
            for path in (*(f"/usr/lib/{file}" for file in installed), "/usr/bin/ceph"):
                _write(site, host, path, "", ROOT, 0o755)
            _write(site, host, "/etc/os-release", OS_RELEASE, ROOT, 0o644)
            site.hosts[host].packages = dict(PACKAGES)
            for unit in units:
                site.hosts[host].systemd.add(f"{unit}.service", Unit(log=READY[unit].split("\n")))


def _document_caps(images: str = "rx") -> dict[str, dict[str, str]]:
    return {
        "client.cinder": {
            "mon": "allow r",
            "osd": f"{RAW}, allow rwx pool=volumes, allow rwx pool=vms, allow {images} pool=images",
        },
        "client.glance": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=images"},
        "client.cinder-backup": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=backups"},
    }


FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
GLOBAL = f"[global]\nfsid = {FSID}\nmon_host = 127.0.2.1\nauth_client_required = cephx\n"
CLIENT = """\
[client]
\trbd cache = true
\trbd cache writethrough until flush = true
\tadmin socket = /var/run/ceph/guests/$cluster-$type.$id.$pid.$cctid.asok
\tlog file = /var/log/qemu/qemu-guest-$pid.log
\trbd concurrent management ops = 20
"""
DOCUMENT_KEYRINGS = (
    Keyring(CONTROLLER, "client.glance", GLANCE),
    Keyring(CONTROLLER, "client.cinder", CINDER),
    Keyring(CONTROLLER, "client.cinder-backup", CINDER),
    Keyring(COMPUTES, "client.cinder", ROOT),
)
DOCUMENT_SECRETS = {UUID: ("client.cinder secret", "client.cinder")}
DOCUMENT_STORE = """\
[glance_store]
stores = rbd
default_store = rbd
rbd_store_pool = images
rbd_store_user = glance
rbd_store_ceph_conf = /etc/ceph/ceph.conf
rbd_store_chunk_size = 8
"""
DOCUMENT_BACKEND = f"""\
volume_driver = cinder.volume.drivers.rbd.RBDDriver
rbd_pool = volumes
rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_flatten_volume_from_snapshot = false
rbd_max_clone_depth = 5
rbd_store_chunk_size = 4
rados_connect_timeout = -1
rbd_user = cinder
rbd_secret_uuid = {UUID}
"""
DOCUMENT_BACKUP = """\
backup_driver = cinder.backup.drivers.ceph.CephBackupDriver
backup_ceph_conf = /etc/ceph/ceph.conf
backup_ceph_user = cinder-backup
backup_ceph_chunk_size = 134217728
backup_ceph_pool = backups
backup_ceph_stripe_unit = 0
backup_ceph_stripe_count = 0
restore_discard_excess_bytes = true
"""
DOCUMENT_NOVA = f"""\
[DEFAULT]
transport_url = rabbit://nova:pass@controller
[libvirt]
images_type = rbd
images_rbd_pool = vms
images_rbd_ceph_conf = /etc/ceph/ceph.conf
rbd_user = cinder
rbd_secret_uuid = {UUID}
disk_cachemodes="network=writeback"
inject_password = false
inject_key = false
inject_partition = -2
live_migration_flag="VIR_MIGRATE_UNDEFINE_SOURCE,VIR_MIGRATE_PEER2PEER,VIR_MIGRATE_LIVE"
hw_disk_discard = unmap
"""

GUIDE_000 = Wiring(
    number="000",
    pools={"volumes": False, "images": False, "backups": False, "vms": False},
    caps=_document_caps(),
    files={
        CONTROLLER: {
            CEPH_CONF: GLOBAL,
            GLANCE_CONF: "[DEFAULT]\ndefault_store = rbd\nshow_image_direct_url = True\n"
            f"{DOCUMENT_STORE}[paste_deploy]\nflavor = keystone\n",
            CINDER_CONF: f"[DEFAULT]\nenabled_backends = ceph\nglance_api_version = 2\n{DOCUMENT_BACKUP}"
            f"[ceph]\n{DOCUMENT_BACKEND}glance_api_version = 2\n",
        },
        COMPUTES: {CEPH_CONF: GLOBAL + CLIENT, NOVA_CONF: DOCUMENT_NOVA},
    },
    keyrings=DOCUMENT_KEYRINGS,
    secrets=DOCUMENT_SECRETS,
)

GUIDE_001 = Wiring(
    number="001",
    pools={"volumes": False, "images": False, "backups": False},
    caps={
        "client.cinder": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=volumes, allow rx pool=images"},
        "client.glance": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=images"},
        "client.cinder-backup": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=backups"},
    },
    files={
        CONTROLLER: {
            CEPH_CONF: f"{GLOBAL}[client.keyring]\nkeyring = /etc/ceph/ceph.client.cinder.keyring\n",
            GLANCE_CONF: "[DEFAULT]\ndefault_store = rbd\nrbd_store_user = glance\nrbd_store_pool = images\n"
            "show_image_direct_url = True\n",
            CINDER_CONF: f"[DEFAULT]\nglance_api_version = 2\n{DOCUMENT_BACKEND}{DOCUMENT_BACKUP}",
        },
        COMPUTES: {
            CEPH_CONF: GLOBAL,
            NOVA_CONF: f"[DEFAULT]\nrbd_user = cinder\nrbd_secret_uuid = {UUID}\nlibvirt_inject_password = false\n",
        },
    },
    keyrings=DOCUMENT_KEYRINGS[:3],
    secrets=DOCUMENT_SECRETS,
    left_over={COMPUTES: {"/root/client.cinder.key": "{client.cinder}"}},
)

GUIDE_002 = Wiring(
    number="002",
    pools={"glance-images": False, "cinder-volumes": False, "nova-vms": False},
    caps={
        "client.images": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=glance-images"},
        "client.volumes": {
            "mon": "allow r",
            "osd": f"{RAW}, allow rwx pool=cinder-volumes, allow rx pool=glance-images",
        },
        "client.nova": {"mon": "allow r", "osd": f"{RAW}, allow rwx pool=nova-vms, allow rx pool=glance-images"},
    },
    files={
        CONTROLLER: {
            CEPH_CONF: f"{GLOBAL}[client.images]\nkeyring = /etc/ceph/ceph.client.images.keyring\n"
            "[client.volumes]\nkeyring = /etc/ceph/ceph.client.volumes.keyring\n",
            GLANCE_CONF: "[DEFAULT]\nshow_image_direct_url = True\n[glance_store]\n"
            "stores = glance.store.rbd.Store,file,http\ndefault_store = rbd\nrbd_store_pool = glance-images\n"
            "rbd_store_user = images\nrbd_store_ceph_conf = /etc/ceph/ceph.conf\n",
            CINDER_CONF: "[DEFAULT]\nenabled_backends = rbd,lvm\n[lvm]\n"
            "volume_driver = cinder.volume.drivers.lvm.LVMVolumeDriver\n[rbd]\n"
            "volume_driver = cinder.volume.drivers.rbd.RBDDriver\nrbd_pool = cinder-volumes\n"
            "rbd_ceph_conf = /etc/ceph/ceph.conf\nrbd_flatten_volume_from_snapshot = false\nrbd_max_clone_depth = 5\n"
            "rbd_store_chunk_size = 4\nrados_connect_timeout = -1\nglance_api_version = 2\nrbd_user = volumes\n"
            f"rbd_secret_uuid = {UUID}\n",
        },
        COMPUTES: {
            CEPH_CONF: f"{GLOBAL}[client.nova]\nkeyring = /etc/ceph/ceph.client.nova.keyring\n",
            NOVA_CONF: "[DEFAULT]\nforce_raw_images = True\ndisk_cachemodes = writeback\n[libvirt]\n"
            "images_type = rbd\nimages_rbd_pool = nova-vms\nimages_rbd_ceph_conf = /etc/ceph/ceph.conf\n"
            f"rbd_user = nova\nrbd_secret_uuid = {OTHER_UUID}\n",
        },
    },
    keyrings=(
        Keyring(CONTROLLER, "client.images", GLANCE, 0o640),
        Keyring(CONTROLLER, "client.volumes", CINDER, 0o640),
        Keyring(COMPUTES, "client.nova", NOVA, 0o640),
    ),
    secrets={UUID: ("client.volumes secret", "client.volumes"), OTHER_UUID: ("client.nova secret", "client.nova")},
    left_over={
        CONTROLLER: {"/etc/ceph/client.volumes.key": "{client.volumes}", "/etc/ceph/cinder.uuid.txt": f"{UUID}\n"},
        COMPUTES: {
            "/etc/ceph/client.volumes.key": "{client.volumes}",
            "/etc/ceph/client.nova.key": "{client.nova}\n",
            "/etc/ceph/cinder.secret.xml": f"<secret><uuid>{UUID}</uuid></secret>\n",
        },
    },
)

GUIDE_003 = Wiring(
    number="003",
    pools={"volumes": True, "images": True, "backups": True, "vms": True},
    caps={
        "client.glance": {"mon": "profile rbd", "osd": "profile rbd pool=images"},
        "client.cinder": {
            "mon": "profile rbd",
            "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images",
        },
        "client.cinder-backup": {"mon": "profile rbd", "osd": "profile rbd pool=backups"},
    },
    files={
        CONTROLLER: {
            CEPH_CONF: GLOBAL,
            GLANCE_CONF: f"{DOCUMENT_STORE}[DEFAULT]\nshow_image_direct_url = True\n"
            "[paste_deploy]\nflavor = keystone\n",
            CINDER_CONF: "[DEFAULT]\nenabled_backends = ceph\nglance_api_version = 2\n[ceph]\n"
            f"volume_backend_name = ceph\n{DOCUMENT_BACKEND}",
        },
        COMPUTES: {CEPH_CONF: GLOBAL + CLIENT, NOVA_CONF: "[DEFAULT]\n[libvirt]\nvirt_type = kvm\n"},
    },
    keyrings=DOCUMENT_KEYRINGS,
    secrets=DOCUMENT_SECRETS,
)

GUIDE_004 = Wiring(
    number="004",
    pools={"volumes": False, "images": False, "backups": False, "vms": False},
    caps=_document_caps(),
    files={
        CONTROLLER: {
            CEPH_CONF: GLOBAL,
            GLANCE_CONF: f"[DEFAULT]\ndefault_store = rbd\nshow_image_direct_url = True\n{DOCUMENT_STORE}"
            "[paste_deploy]\nflavor = keystone+cachemanagement\n",
            CINDER_CONF: f"[DEFAULT]\nglance_api_version = 2\n{DOCUMENT_BACKEND}"
            f"{DOCUMENT_BACKUP.replace('.CephBackupDriver', '')}",
        },
        COMPUTES: {
            CEPH_CONF: GLOBAL + CLIENT[: CLIENT.index("\tlog file")],
            NOVA_CONF: DOCUMENT_NOVA.replace("inject_", "libvirt_inject_").replace("live_", "libvirt_live_")
            + "[DEFAULT]\nforce_raw_images = False\n",
        },
    },
    keyrings=DOCUMENT_KEYRINGS[:3],
    secrets=DOCUMENT_SECRETS,
)

WIRINGS = {wiring.number: wiring for wiring in (GUIDE_000, GUIDE_001, GUIDE_002, GUIDE_003, GUIDE_004)}
