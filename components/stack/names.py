"""The rules by which logical names and component types are made. Each is part of a URN, and a URN is a contract.

When a name, a component type or a parent changes, Pulumi makes every child anew and then deletes the old ones, which
takes options, secrets and empty pools off the cloud while the state says that they are there. Names come from roles and
hosts, never from a pool's or a user's own name.
"""

from __future__ import annotations

GATE = "gate"
GUARD = "guard"
CLUSTER = "cluster"

CLUSTER_SIDE = ("cluster-side", "ClusterSide")
CEPH_CLIENT = ("ceph-client", "CephClient")
OPENSTACK = ("openstack", "OpenStack")
"""Components that belong to no service: logical name, and last word of the component type."""


def on_cluster(cluster: str, name: str) -> str:
    """Return the name of what is on a further cluster, or speaks of it. The stack's own cluster (empty) adds nothing.

    No other name has a dot before its first dash, so a name of one cluster is never one of another.
    """
    return f"{cluster}.{name}" if cluster else name


def component_type(component: str) -> str:
    """Return the Pulumi type of a component, whose last word is `component`."""
    return f"ceph-openstack:openstack:{component}"


def generation_suffix(generation: int) -> str:
    """Return what a generation adds to a name: nothing for the first, `-g2` for the second."""
    return "" if generation == 1 else f"-g{generation}"


def pool(label: str, role: str = "") -> str:
    """Return the name of a service's pool; `role` tells it from the service's other pools."""
    return f"{label}-pool-{role}" if role else f"{label}-pool"


def data_pool(label: str, role: str = "") -> str:
    """Return the name of the pool that holds data of images in a service's pool of this role."""
    return f"{label}-data-pool-{role}" if role else f"{label}-data-pool"


def crush_rule(name: str) -> str:
    """Return the name of a CRUSH rule. A rule of another name is another thing, so its own name is in here."""
    return f"crush-rule-{name}"


def erasure_code_profile(name: str) -> str:
    """Return the name of an erasure code profile, of which the same holds as of a CRUSH rule."""
    return f"erasure-code-profile-{name}"


def key_type(name: str) -> str:
    """Return the name of a type of keys."""
    return f"key-type-{name}"


def user(label: str, generation: int) -> str:
    """Return the name of a generation of a service's user."""
    return f"{label}-user{generation_suffix(generation)}"


def keyring(label: str, generation: int, host: str) -> str:
    """Return the name of the keyring of a service's user on a host."""
    return f"{label}-keyring{generation_suffix(generation)}-{host}"


def secret(label: str, generation: int, host: str) -> str:
    """Return the name of the libvirt secret of a service's user on a host."""
    return f"{label}-secret{generation_suffix(generation)}-{host}"


def config(label: str, host: str) -> str:
    """Return the name of a service's options in its file on a host."""
    return f"{label}-config-{host}"


def ceph_directory(host: str) -> str:
    """Return the name of /etc/ceph on a host."""
    return f"ceph-directory-{host}"


def ceph_conf(host: str) -> str:
    """Return the name of ceph.conf on a host."""
    return f"ceph-conf-{host}"


def guest_directory(kind: str, host: str) -> str:
    """Return the name of a folder that guests write to; `kind` is what they write."""
    return f"guest-{kind}-directory-{host}"


def file_label(path: str, host: str) -> str:
    """Return the name of a file's label. A file at another path is another thing, so the path is in here."""
    return f"label-{path.strip('/').replace('/', '-')}-{host}"


def visible_copy(path: str, host: str) -> str:
    """Return the name of the copy of a file. A file at another path is another thing, so the path is in here."""
    return f"copy-{path.strip('/').replace('/', '-')}-{host}"


def guest_rules(kind: str, host: str) -> str:
    """Return the name of the rules about these folders; `kind` is whose rules they are."""
    return f"guest-{kind}-{host}"


def rules_directory(kind: str, host: str) -> str:
    """Return the name of the folder of a file of such rules."""
    return f"{kind}-directory-{host}"


def preflight(host: str) -> str:
    """Return the name of the check of a host before anything there is changed."""
    return f"preflight-{host}"


def repository_directory(host: str) -> str:
    """Return the name of the folder of keys of repositories on a host."""
    return f"repository-directory-{host}"


def repository_key(host: str) -> str:
    """Return the name of the key of the repository of packages on a host."""
    return f"repository-key-{host}"


def repository(host: str) -> str:
    """Return the name of the repository of packages on a host."""
    return f"repository-{host}"


def packages(host: str) -> str:
    """Return the name of the command that installs packages on a host."""
    return f"packages-{host}"


def command(name: str, host: str) -> str:
    """Return the name of an operator's own command on a host; `name` is the command's name in the settings."""
    return f"command-{name}-{host}"


def removal_restart(unit: str, host: str) -> str:
    """Return the name of the restart after files of a unit were taken out."""
    return f"{unit}-removal-{host}"


def change_restart(unit: str, host: str) -> str:
    """Return the name of the restart after files of a unit were written."""
    return f"{unit}-{host}"


def in_cloud(kind: str, name: str) -> str:
    """Return the name of a thing in OpenStack itself."""
    return f"{kind}-{name}"
