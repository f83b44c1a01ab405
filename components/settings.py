"""The settings of a stack: what an operator writes in `Pulumi.<stack>.yaml`, one to one, typed and complete.

Everything a plan needs is in here, so that a preview knows every value. `components.config` reads them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from providers.formats.mon_host import MonHosts
from providers.formats.names import ClusterName, Entity, HostName, PoolName, UserName, Uuid
from providers.formats.numbers import Number, WholeNumber

from .checks import check
from .openstack_settings import OpenStack
from .part import Settings
from .values import (
    BackendName,
    Line,
    OptionName,
    OptionValue,
    Path,
    Port,
    Sections,
    known_release,
    or_none,
)


class JumpHost(Settings):
    """A host that is only jumped through."""

    address: Line = Field(description="Name or address of the jump host.")
    port: Port = Field(22, description="TCP port of its sshd. Default 22.")
    user: Line | None = Field(None, description="User to log in as there. Default: ssh.user.")


def _jump_kind(value: object) -> str:
    return "name" if isinstance(value, str) else "address"


Jump = Annotated[Annotated[HostName, Tag("name")] | Annotated[JumpHost, Tag("address")], Discriminator(_jump_kind)]


class Ssh(Settings):
    """How hosts are reached. Relative paths start at the project's folder."""

    user: Line = Field(description="User to log in as; with sudo, one whose sudo asks no password.")
    identity_file: Line | None = Field(
        None, description="Private key; relative to the project's folder. Default: the keys of ssh-agent."
    )
    known_hosts: Line | None = Field(None, description="Host keys, always checked. Default: ~/.ssh/known_hosts.")
    port: Port = Field(22, description="TCP port of the hosts' sshd. Default 22.")
    jump: Jump | None = Field(None, description="Way in: the name of one of `hosts`, or {address, port, user}.")
    # Strict, both: the provider takes them as they are written, and the text `no` is true.
    sudo: bool = Field(
        True, strict=True, description="Run the agent on the host under sudo. Default true; false: user is root."
    )
    python: Line = Field("python3", description="Python (3.6 or later) on the hosts. Default python3.")
    connect_timeout_s: float = Field(
        10, gt=0, le=600, strict=True, description="Seconds to wait for a connection. Default 10."
    )


class Host(Settings):
    """One machine; what it does not say comes from `ssh`."""

    address: Line | None = Field(
        None, description="Name or address to connect to; local: this machine. Default: the name in `hosts`."
    )
    port: Port | None = Field(None, description="TCP port of its sshd. Default: ssh.port.")
    user: Line | None = Field(None, description="User to log in as. Default: ssh.user.")
    jump: Jump | None = Field(None, description="Way in, as ssh.jump. Default: ssh.jump.")
    prefix: list[Line] = Field(
        default=[],
        description='Command that leads into a container, as ["docker", "exec", "-i", "mon"]. Default: none.',
    )


class KeySource(Settings):
    """Where a key lies on the machine that runs Pulumi: never in the settings, for those end up in the state."""

    file: Line | None = Field(None, description="Keyring, or file that holds nothing but the key.")
    env: Line | None = Field(None, description="Environment variable that holds the key.")

    @model_validator(mode="after")
    def _one(self) -> KeySource:
        if (self.file is None) == (self.env is None):
            raise ValueError("needs either `file` or `env`")
        return self


class Cluster(Settings):
    """The Ceph cluster. With `admin_host` the stack manages pools and users; without, it is a cell that gets `keys`."""

    fsid: Uuid = Field(description="UUID of the cluster, as `ceph fsid` prints it.")
    mon_hosts: MonHosts = Field(
        min_length=1,
        description="Monitors, one entry each, as `ceph config generate-minimal-conf` lists them.",
    )
    admin_host: HostName | None = Field(
        None,
        description="Host with librados and an admin keyring. Default none: then no pool or user is managed.",
    )
    admin_conf: Path = Field("/etc/ceph/ceph.conf", description="ceph.conf on admin_host.")
    admin_entity: Entity = Field("client.admin", description="Entity used on admin_host. Default client.admin.")
    name: ClusterName = Field(
        "ceph", description="Name of the cluster on the hosts, as in /etc/ceph/<name>.conf. Default ceph."
    )
    keys: dict[str, KeySource] = Field(
        default={}, description="For a cell: {client.X: {file: …} or {env: …}} for each user. Default: none."
    )
    client_options: dict[OptionName, OptionValue] = Field(
        default={}, description="Further [client] options of ceph.conf on every host. Default: none."
    )


class Pool(Settings):
    """A pool. What is left out is left to the cluster, and so no drift."""

    name: PoolName = Field(description="Name of the pool. Cannot change.")
    size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies of each object. Default: osd_pool_default_size."
    )
    min_size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Copies needed to serve a write. Default: derived from size by Ceph."
    )
    pg_num: WholeNumber | None = Field(
        None,
        ge=1,
        le=65536,
        description="Placement groups; only with the autoscaler off. Default: the cluster's.",
    )
    pg_autoscale_mode: Literal["on", "off", "warn"] | None = Field(
        None,
        description="Placement group autoscaler: on, off, warn. Default: the cluster's (on since Octopus).",
    )
    crush_rule: Line | None = Field(None, description="Name of an existing CRUSH rule. Default: the cluster's.")
    target_size_ratio: Number | None = Field(
        None,
        gt=0,
        description="Expected share of the data, a weight among the pools that set it. Default: none.",
    )
    adopt: bool = Field(False, description="Take over a pool that exists; it is never deleted. Default false.")

    @model_validator(mode="after")
    def _consistent(self) -> Pool:
        if self.size is not None and self.min_size is not None and self.min_size > self.size:
            raise ValueError("min_size is greater than size: no write would ever be served; lower min_size")
        if self.pg_num is not None and self.pg_autoscale_mode not in ("off", "warn"):
            raise ValueError("pg_num fights the autoscaler; leave it out, or set pg_autoscale_mode to off or warn")
        return self


class User(Settings):
    """A cephx user. Its key is made and kept by the cluster."""

    name: UserName = Field(description="Name without `client.`. Cannot change: raise generation instead.")
    generation: WholeNumber = Field(
        1, ge=1, le=999, description="Raise it to rotate the key: <name>-g2 is a second user. Default 1."
    )
    keep_previous: bool = Field(
        True,
        description="Keep the previous generation's user until set to false in a later run. Default true.",
    )
    adopt: bool = Field(
        False,
        description="Take over the first generation's user, keyrings and secrets if they exist. Default false.",
    )

    @property
    def entity(self) -> str:
        """The entity that services use now, such as `client.cinder` or `client.cinder-g2`."""
        return self.entity_of(self.generation)

    @property
    def generations(self) -> list[int]:
        """The generations that exist, oldest first."""
        return (
            [self.generation - 1, self.generation] if self.generation > 1 and self.keep_previous else [self.generation]
        )

    def entity_of(self, generation: int) -> str:
        """Return the entity of a generation."""
        return f"client.{self.name}" if generation == 1 else f"client.{self.name}-g{generation}"


class SecretUser(User):
    """A user whose key also lies in a libvirt secret on every compute."""

    secret_uuid: Uuid | None = Field(
        None,
        description="UUID of the first generation's secret, to keep an existing one. Default: derived from the fsid.",
    )


class Service(Settings):
    """What every service has."""

    hosts: list[HostName] = Field(description="Hosts that run it, by their names in `hosts`; [] configures none.")
    options: Sections = Field(
        default={}, description="Further options, as in the file: {section: {option: value}}. Default: none."
    )


class Glance(Service):
    """glance-api and its image pool."""

    pool: Pool = Field(description="Pool for images.")
    user: User = Field(User(name="glance"), description="Its cephx user. Default {name: glance}.")
    backend: BackendName = Field(
        "rbd",
        description="Store id in enabled_backends and its section. Default rbd.",
    )
    file_store: Annotated[Path | None, BeforeValidator(or_none)] = Field(
        "/var/lib/glance/images",
        description="Folder of images from when Glance had a single store: where it has no enabled_backends yet, a file store on this "
        "folder keeps them within reach. none: there are none to keep. Default /var/lib/glance/images.",
    )
    show_image_direct_url: bool = Field(
        False,
        description="Show where images lie, for copy-on-write clones; only on a private endpoint. Default false.",
    )
    clone_v2: bool = Field(
        False, description="Let Glance read Cinder's and Nova's pools; needed with clone v2. Default false."
    )


class Backend(Settings):
    """One Cinder back end."""

    pool: Pool = Field(description="Pool for its volumes.")
    volume_backend_name: Line | None = Field(
        None, description="Name that volume types select it by. Default: the name of its section."
    )


class Cinder(Service):
    """cinder-volume and its back ends: `pool` for one, `backends` for several."""

    pool: Pool | None = Field(None, description="Pool for volumes; short for backends: {ceph: {pool: …}}.")
    backends: dict[BackendName, Backend] = Field(
        default={}, description="Back ends by section name, each with a pool of its own."
    )
    user: SecretUser = Field(SecretUser(name="cinder"), description="Its cephx user. Default {name: cinder}.")

    @model_validator(mode="after")
    def _pool_or_backends(self) -> Cinder:
        if (self.pool is None) == (not self.backends):
            raise ValueError("needs either `pool`, or `backends` when there are several")
        return self

    @property
    def all_backends(self) -> dict[str, Backend]:
        """Every back end by the name of its section; `pool` stands for one called `ceph`."""
        return dict(self.backends) if self.pool is None else {"ceph": Backend(pool=self.pool)}


class CinderBackup(Service):
    """cinder-backup and its pool."""

    pool: Pool = Field(description="Pool for backups.")
    user: User = Field(User(name="cinder-backup"), description="Its cephx user. Default {name: cinder-backup}.")
    read_volumes: bool = Field(
        False,
        description="Let it read Cinder's pools, as Cinder's documentation does. Default false, as Ceph's.",
    )


class Nova(Service):
    """nova-compute and the pool for guests' own disks."""

    pool: Pool | None = Field(
        None, description="Pool for servers' own disks. Left out only when all hosts are in attach_only."
    )
    attach_only: list[HostName] = Field(
        default=[],
        description="Those of hosts whose servers keep their own disks local: they attach volumes from RBD, and images_type is not set. "
        "Default: none.",
    )
    local_disks: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="What to do about servers with local disks on a host that gets images_type rbd, which would not start again after a "
        "hard reboot: refuse, or ignore. Default refuse.",
    )
    user: SecretUser | None = Field(None, description="A cephx user of its own. Default: it shares Cinder's.")
    disk_cachemodes: Line = Field(
        "network=writeback", description="[libvirt] disk_cachemodes. Default network=writeback."
    )
    hw_disk_discard: Literal["unmap", "ignore"] = Field(
        "unmap", description="[libvirt] hw_disk_discard: unmap gives freed blocks back. Default unmap."
    )
    direct_snapshots: bool = Field(
        False,
        description="Let Nova write snapshots into Glance's pool instead of uploading them; sets Glance's show_multiple_locations. Default false.",
    )
    client_options: dict[OptionName, OptionValue] = Field(
        default={},
        description="[client] options on computes; the last folder of `admin socket` and `log file` is made, for qemu's user, and must not "
        "be below /run. Default: none.",
    )

    @property
    def rbd_hosts(self) -> list[str]:
        """The hosts whose servers have their disks in the pool."""
        return [host for host in self.hosts if host not in self.attach_only]


class Packages(Settings):
    """Client packages, over Pulumi's own `command` provider."""

    install: bool = Field(
        False,
        description="Install what services need to reach Ceph, before anything else on their hosts; with the keys of ssh-agent, and host "
        "keys from ssh.known_hosts. Default false.",
    )


class StackSettings(Settings):
    """A stack: one cluster, its hosts, and the services that are wired to it. What is left out is left alone."""

    release: Annotated[str, AfterValidator(known_release)] = Field(
        description="OpenStack release, such as zed or 2025.1."
    )
    platform: Literal["debian", "rhel"] = Field("debian", description="Hosts' operating system. Default debian.")
    ssh: Ssh = Field(description="How hosts are reached.")
    hosts: dict[HostName, Host] = Field(min_length=1, description="Hosts by name; names end up in resource names.")
    cluster: Cluster = Field(description="The Ceph cluster.")
    glance: Glance | None = Field(None, description="Glance on Ceph. Default: left alone.")
    cinder: Cinder | None = Field(None, description="Cinder on Ceph. Default: left alone.")
    cinder_backup: CinderBackup | None = Field(None, description="Cinder Backup to Ceph. Default: left alone.")
    nova: Nova | None = Field(None, description="Nova on Ceph. Default: left alone.")
    openstack: OpenStack | None = Field(
        None,
        description="Volume types and properties of images in the OpenStack itself, by its API. Default: left alone.",
    )
    packages: Packages | None = Field(None, description="Client packages on the hosts. Default: left alone.")

    @model_validator(mode="after")
    def _parts_fit(self) -> StackSettings:
        check(self)
        return self

    @property
    def cell(self) -> bool:
        """Whether the stack has no way into the cluster: it then manages neither pools nor users."""
        return self.cluster.admin_host is None

    @property
    def nova_user(self) -> SecretUser | None:
        """The user Nova works as: its own, else Cinder's; None without Nova."""
        if self.nova is None:
            return None
        return self.nova.user or (self.cinder.user if self.cinder else None)

    @property
    def services(self) -> dict[str, Service]:
        """The services in the stack, by the name of their setting."""
        named = {
            "glance": self.glance,
            "cinder": self.cinder,
            "cinder_backup": self.cinder_backup,
            "nova": self.nova,
        }
        return {name: service for name, service in named.items() if service is not None}
