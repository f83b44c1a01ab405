"""The stacks whose graphs are golden: Pulumi.dev.yaml, and settings that each change one thing of a whole stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.unit.components.graph import raw

ROOT = Path(__file__).parents[2]
TYPES = {"ceph": {}, "b": {"description": "d", "public": False, "extra_specs": {"x": "y"}, "adopt": True}}
REPOSITORY = {
    "uri": "https://download.example.org/debian-squid",
    "suite": "bookworm",
    "key": "tests/data/repository-key.asc",
    "fingerprint": "D24D3534076075823E6BA0591F791F713E1C0D22",
}
CHANGES: dict[str, dict[str, Any]] = {
    "whole": {},
    "own_daemons": {
        "glance__daemon": {"unit": "glance-wsgi.service", "conf": "/srv/glance/api.conf", "log": "journal"},
        "nova__daemon": {"later_files": [], "user": "os", "group": "os"},
    },
    "own_nova_user": {"nova__user": {"name": "nova"}},
    "direct_snapshots_shared": {"nova__direct_snapshots": True},
    "direct_snapshots_own": {"nova__direct_snapshots": True, "nova__user": {"name": "nova"}},
    "generation_2": {"cinder__user": {"name": "cinder", "generation": 2}},
    "generation_2_dropped": {
        "cinder__user": {"name": "cinder", "generation": 2, "keep_previous": False},
        "glance__user": {"name": "g", "generation": 3},
    },
    "generation_2_own_nova_user": {"nova__user": {"name": "nova", "generation": 2}},
    "adopt": {
        "cinder__user": {"name": "cinder", "adopt": True},
        "glance__pool": {"name": "images", "adopt": True, "size": 2},
    },
    "adopt_stack": {
        "adopt": True,
        "glance__pool": {"name": "images", "adopt": False},
        "cinder__user": {"name": "cinder", "generation": 2},
        "nova__user": {"name": "nova", "adopt": False},
        "nova__client_options": {"log file": "/var/log/qemu/x.log"},
        "openstack": {"cloud": "c", "volume_types": {"ceph": {}, "b": {"adopt": False}}},
    },
    "pool_left_as_it_is": {"adopt": True, "glance__pool": {"name": "images", "init": False}},
    "adopt_secret": {
        "cinder__user": {
            "name": "cinder",
            "adopt": True,
            "generation": 2,
            "secret_uuid": "457eb676-33da-42ec-9a8c-9293d545c337",
        }
    },
    "secret_usage": {
        "cinder__user": {
            "name": "volumes",
            "generation": 2,
            "secret_uuid": "457eb676-33da-42ec-9a8c-9293d545c337",
            "secret_usage": "client.volumes secret",
        },
        "nova__user": {"name": "nova", "secret_usage": "client.nova secret"},
    },
    "two_back_ends": {
        "cinder__pool": None,
        "cinder__backends": {
            "ceph": {"pool": {"name": "volumes"}},
            "ssd": {"pool": {"name": "v2", "crush_rule": "ssd"}, "volume_backend_name": "x"},
        },
    },
    "pool_settings": {
        "glance__pool": {"name": "images", "pg_num": 64, "pg_autoscale_mode": "off", "size": 3, "min_size": 2},
        "nova__pool": {"name": "vms", "target_size_ratio": 0.25},
    },
    "pool_limits": {
        "glance__pool": {"name": "images", "quota_max_bytes": "10T", "quota_max_objects": 5000000},
        "cinder__pool": {"name": "volumes", "compression_mode": "aggressive", "compression_algorithm": "zstd"},
        "nova__pool": {"name": "vms", "trash_purge_schedule": "24h 04:00"},
    },
    "crush_rules": {
        "cluster__crush_rules": {"ssd": {"device_class": "ssd"}, "racks": {"failure_domain": "rack", "adopt": True}},
        "glance__pool": {"name": "images", "crush_rule": "racks"},
        "nova__pool": {"name": "vms", "crush_rule": "ssd"},
        "cinder__pool": {"name": "volumes", "crush_rule": "replicated_rule"},
    },
    "data_pool": {
        "cluster__erasure_code_profiles": {"ec42": {"k": 4, "m": 2, "device_class": "hdd"}},
        "glance__pool": {"name": "images", "data_pool": {"name": "images-data"}},
        "nova__user": {"name": "nova"},
        "cinder__pool": {
            "name": "volumes",
            "data_pool": {"name": "volumes-data", "erasure_code_profile": "ec42", "min_size": 5},
        },
        "cinder_backup__read_volumes": True,
    },
    "data_pool_of_several": {
        "cinder__pool": None,
        "cinder__backends": {
            "ceph": {"pool": {"name": "volumes", "data_pool": {"name": "data", "shared": True}}},
            "data": {"pool": {"name": "v2", "data_pool": {"name": "data", "shared": True}}},
        },
        "nova__pool": {"name": "vms", "data_pool": {"name": "data", "shared": True}},
        "cinder__user": {"name": "cinder", "generation": 2},
        "cinder__keyrings": {"client.cinder": {"managed": False}},
    },
    "repository": {"packages": {"repository": REPOSITORY}},
    "repository_rhel": {
        "platform": "rhel",
        "packages": {"repository": {**{name: REPOSITORY[name] for name in ("uri", "key", "fingerprint")}, "name": "x"}},
    },
    "several_clusters": {
        "clusters": {
            "west": {
                "fsid": "0e57e57e-0c1e-4d0a-9b6e-1ab0ce9d0502",
                "mon_hosts": ["[v2:127.0.2.5:3300/0,v1:127.0.2.5:6789/0]"],
                "admin_host": "ceph1",
                "admin_conf": "/etc/ceph/west.conf",
            }
        },
        "glance__stores": {"west": {"pool": {"name": "west-images"}, "cluster": "west"}},
        "cinder__pool": None,
        "cinder__backends": {
            "ceph": {"pool": {"name": "volumes"}},
            "fast": {"pool": {"name": "fast"}, "cluster": "west"},
        },
        "cinder_backup__cluster": "west",
        "nova__clusters": {"west": {"hosts": ["compute2"], "pool": {"name": "west-vms"}}},
    },
    "key_type": {"cluster__key_type": "aes", "cinder__user": {"name": "cinder", "generation": 2}},
    "clone_v2": {"glance__clone_v2": True, "glance__show_image_direct_url": True},
    "read_volumes": {"cinder_backup__read_volumes": True},
    "no_glance": {"glance": None},
    "no_cinder_backup": {"cinder_backup": None},
    "no_nova": {"nova": None},
    "nova_alone": {"glance": None, "cinder": None, "cinder_backup": None, "nova__user": {"name": "nova"}},
    "attach_only": {"nova__attach_only": ["compute1"]},
    "attach_only_own_user": {"nova__attach_only": ["compute1"], "nova__user": {"name": "nova"}},
    "attach_only_all": {"nova__attach_only": ["compute1", "compute2"], "nova__pool": None},
    "ignore_local_disks": {"nova__local_disks": "ignore"},
    "one_host_for_all": {"nova__hosts": ["controller1"]},
    "client_options": {
        "nova__client_options": {
            "admin socket": "/var/lib/g/$x.asok",
            "log file": "/var/log/q/$x.log",
            "rbd cache": True,
        },
        "cluster__client_options": {"a b": "c"},
    },
    "visible_copies": {"visible_copies": True, "nova__rollout": {"batch": 1}},
    "selinux_type": {
        "platform": "rhel",
        "cluster__selinux_type": "etc_t",
        "glance__keyrings": {"client.glance": {"path": "/srv/glance.keyring"}},
    },
    "guest_files": {
        "nova__client_options": {
            "admin socket": "/var/run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok",
            "log file": "/var/log/ceph-guests/$name.$pid.log",
        },
        "nova__apparmor_file": "/etc/apparmor.d/local/abstractions/libvirt-qemu",
    },
    "options": {
        "glance__options": {"rbd": {"rbd_thin_provisioning": True}},
        "nova__options": {"workarounds": {"x": 1}},
        "nova__unchecked_options": ["[workarounds] x"],
        "cinder_backup__options": {"DEFAULT": {"backup_ceph_chunk_size": 1}},
    },
    "unmanaged_options": {
        "glance__unmanaged_options": ["[glance_store] default_backend", "[DEFAULT] enabled_backends"],
        "cinder__unmanaged_options": ["[ceph] rbd_secret_uuid", "[ceph] report_discard_supported"],
        "cinder__options": {"ceph": {"report_discard_supported": False}},
        "cinder_backup__unmanaged_options": ["[DEFAULT] backup_driver"],
        "nova__unmanaged_options": [
            f"[libvirt] {name}"
            for name in (
                "images_type",
                "images_rbd_pool",
                "images_rbd_ceph_conf",
                "rbd_user",
                "rbd_secret_uuid",
                "disk_cachemodes",
                "hw_disk_discard",
            )
        ],
        "cluster__unmanaged_options": ["[global] mon host", "[client.glance] keyring"],
    },
    "caps": {
        "cinder__user": {
            "name": "cinder",
            "caps": {
                "mon": "allow r",
                "osd": "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, "
                "allow rx pool=images",
            },
        },
    },
    "keep_pools": {
        "nova__user": {"name": "nova"},
        "cinder__user": {"name": "cinder", "keep_pools": ["vms", "elsewhere", "volumes"]},
    },
    "former_nova_user": {"nova__former_user": {"name": "nova"}},
    "keyrings": {
        "glance__keyrings": {"client.glance": {"path": "/etc/glance/rbd.keyring", "mode": "0644"}},
        "cinder__keyrings": {"client.cinder": {"owner": "root", "group": "root"}},
        "nova__user": {"name": "nova", "generation": 2},
        "nova__keyrings": {"client.cinder": {"managed": False}, "client.nova-g2": {"mode": "0600"}},
    },
    "single_store": {
        "glance__layout": "single_store",
        "glance__store_item": "glance.store.rbd.Store",
        "glance__show_image_direct_url": True,
        "glance__options": {"glance_store": {"rbd_store_chunk_size": 4}},
    },
    "shared_pool": {
        "glance__pool": {"name": "rbd", "shared": True, "adopt": True},
        "cinder__pool": {"name": "rbd", "shared": True, "adopt": True},
        "nova__pool": {"name": "rbd", "shared": True, "adopt": True},
    },
    "list_position": {"glance__list_position": "first", "cinder__list_position": "first"},
    "file_store_none": {"glance__file_store": "none", "glance__backend": "ceph"},
    "rhel": {"platform": "rhel"},
    "openstack": {
        "openstack": {"cloud": "c", "clouds_file": "f", "volume_types": TYPES, "images": {"i": {}}},
    },
    "openstack_without_hosts": {
        "openstack": {"cloud": "c", "region": "r", "interface": "public", "volume_types": {"ceph": {}}},
        "cinder__hosts": [],
    },
    "cluster_name": {"cluster__name": "prod"},
    "no_hosts": {"glance__hosts": [], "cinder__hosts": [], "cinder_backup__hosts": [], "nova__hosts": []},
    "deferred": {
        "nova__restart": "deferred",
        "nova__rollout": {"batch": 1},
        "cinder__user": {"name": "cinder", "generation": 2},
    },
    "rollout": {
        "nova__rollout": {"canary": ["compute2"]},
        "cinder__hosts": ["controller1", "compute2"],
        "cinder__rollout": {"batch": 1},
        "openstack": {"cloud": "c", "volume_types": {"ceph": {}}},
    },
    "cell": {
        "cluster__admin_host": None,
        "cluster__keys": {f"client.{name}": {"env": "K"} for name in ("glance", "cinder", "cinder-backup")},
    },
}


def variants() -> dict[str, dict[str, Any]]:
    """Return the plain settings of every golden stack, by the name of its file."""
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    dev = {name.partition(":")[2]: value for name, value in config.items()}
    return {"dev": dev, **{name: raw(**changes) for name, changes in CHANGES.items()}}
