"""RemoteHost: the narrow seam between what is wanted and a machine.

Above the seam are the kinds, the cluster's session and the commands. They decide what is read and changed, in which
order and why, and know neither ssh nor the agent. Below the seam are a connection and the agent. The agent knows how
files, systemd, libvirt and librados are asked on its machine, and decides nothing. An OpenStack is not reached through
a host, but through `cloud`.

`ssh.SshHost` is a host over ssh, `local.LocalHost` is the same agent on this machine, and the tests have a simulated
host.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from providers.reach.answers.cluster_as_user import ClusterAsUser
from providers.reach.answers.file_state import FileState
from providers.reach.answers.guest import Guest
from providers.reach.answers.image_locks import ImageLocks
from providers.reach.answers.key_file import KeyFile
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.answers.machine_identity import MachineIdentity
from providers.reach.answers.pool_content import PoolContent
from providers.reach.answers.selinux_state import SelinuxState
from providers.reach.answers.session import Session
from providers.reach.answers.socket_answer import SocketAnswer
from providers.reach.answers.unit_state import UnitState
from providers.reach.answers.watcher import Watcher
from providers.reach.host_access import HostAccess
from providers.reach.steps import HostStep, JournalStep, KeySource

T = TypeVar("T")


class RemoteHost(Protocol):
    """A machine that answers questions and does steps. Many threads may call at once.

    Each method may raise `HostError` when the host cannot be reached, `OutcomeUnknown` past its deadline, `StepFailed`
    when the host says no, and `UnexpectedOutput` for an answer of another form. After an `OutcomeUnknown` one more
    agent is started, so that what is there can be read again.
    """

    access: HostAccess

    def identity(self) -> MachineIdentity:
        """Return which machine answers."""
        ...

    def read_files(
        self,
        paths: Sequence[str],
        *,
        patterns: Sequence[str] = (),
        follow: Sequence[str] = (),
        hide_keys: bool = False,
        lock: str = "",
    ) -> dict[str, FileState]:
        """Return the files that exist among `paths`, and those that match `patterns`, by path.

        A path that is not in the answer does not exist, because any other failure is an error.

        Args:
            paths: Absolute paths.
            patterns: Shell globs.
            follow: Further shell globs. At a link that one of them finds, and that root made, what the link leads to is
                read.
            hide_keys: Whether each `key = …` line shows `sha256:<hex>` instead of the key, computed on the host.
            lock: A path whose folder is locked meanwhile, so that the answer is one moment (see `snapshot`).
        """
        ...

    def key_files(self, patterns: Sequence[str]) -> list[KeyFile]:
        """Return the plain files that match shell globs, with a SHA-256 for each key in their text.

        The text itself stays on the host, because a file that somebody left behind may hold nothing but a key.
        """
        ...

    def key_types(self) -> list[str]:
        """Return the types of cephx keys that librados of this host can read: `aes`, `aes256k`."""
        ...

    def package_versions(self, names: Sequence[str]) -> dict[str, str]:
        """Return the versions of those of the packages that are installed, as dpkg or rpm prints them."""
        ...

    def mon_read(self, form: type[T], prefix: str, *, hide_keys: bool = True, **arguments: str) -> T:
        """Ask the monitors, through this host's librados.

        Args:
            form: The form of the answer, such as `list[PoolRow]`.
            prefix: The command, such as `osd pool ls`. It must only read.
            hide_keys: Whether keys in the answer are SHA-256, computed on the host.
            **arguments: The command's arguments.
        """
        ...

    def mgr_read(self, form: type[T], prefix: str, **arguments: str) -> T:
        """Ask a module of the cluster's active manager, through this host's librados; see `mon_read`."""
        ...

    def pool_content(self, pool: str) -> PoolContent:
        """Return what a deletion of the pool would destroy."""
        ...

    def pool_images(self, pool: str) -> list[str]:
        """Return the images of a pool; an image in a namespace is called `namespace/image`."""
        ...

    def image_watchers(self, pool: str, images: Sequence[str]) -> list[Watcher]:
        """Return the clients that have one of these images of a pool open."""
        ...

    def image_locks(self, pool: str, images: Sequence[str]) -> ImageLocks:
        """Return the locks of these images of a pool."""
        ...

    def user_sessions(self, entities: Sequence[str]) -> list[Session]:
        """Return the open sessions of these entities, of all monitors in the quorum."""
        ...

    def pools_as_user(self, user: str, conf: str, entity: str, pools: Sequence[str]) -> ClusterAsUser:
        """Connect to the cluster as a service's own user would, and list pools.

        Args:
            user: The account on the host.
            conf: Path of the ceph.conf that the service reads.
            entity: As whom the service connects, such as `client.glance`.
            pools: The pools to list.
        """
        ...

    def unit_state(self, unit: str) -> UnitState:
        """Return the state of a systemd unit."""
        ...

    def restart_unit(self, unit: str, log: str, *, timeout_s: float) -> int:
        """Restart a systemd unit, and return the size of its log just before.

        Args:
            unit: The unit's name.
            log: Path of its log file, or `journal`.
            timeout_s: How long systemd may take.
        """
        ...

    def log_since(self, unit: str, log: str, *, start: int, invocation: str, since_usec: int) -> str:
        """Return what a unit logged since a start of its own.

        Args:
            unit: The unit's name.
            log: Path of its log file, or `journal`.
            start: Byte of the log file to begin at.
            invocation: The start's InvocationID; decides for the journal.
            since_usec: The start's time in microseconds since 1970; decides for a log file.
        """
        ...

    def libvirt_secrets(self) -> list[LibvirtSecret]:
        """Return every secret of the host's libvirt."""
        ...

    def libvirt_users(self, uuids: Sequence[str]) -> dict[str, list[str]]:
        """Return the domains, running or defined, that name a secret: `{uuid: [domain]}`."""
        ...

    def libvirt_guests(self) -> list[Guest]:
        """Return the running domains, with their disks that are RBD images."""
        ...

    def libvirt_local_disks(self) -> dict[str, list[str]]:
        """Return the disks that Nova made on the host itself: `{domain: [path]}`."""
        ...

    def libvirt_rbd_disks(self) -> dict[str, list[str]]:
        """Return the RBD images that Nova made for domains, running or defined: `{domain: ["<pool>/<image>"]}`."""
        ...

    def selinux_state(self, path: str) -> SelinuxState:
        """Return the SELinux label of a file, and what the host's policy says of its path."""
        ...

    def ask_sockets(self, folder: str, pids: Sequence[int], command: str, option: str = "") -> list[SocketAnswer]:
        """Ask the admin sockets of Ceph clients in a folder, as far as one of these processes listens on them.

        Args:
            folder: The folder.
            pids: The processes.
            command: A command that only reads, such as `perf dump`.
            option: The option's name, for `config get`.
        """
        ...

    def apply(
        self, steps: Sequence[HostStep | JournalStep], key_of: KeySource, *, deadline_s: float = 360
    ) -> list[str | None]:
        """Do the steps in order in one call, and return what each of them printed.

        The first step that fails ends the call, and the error names that step.

        Args:
            steps: What to do.
            key_of: Returns the key of an entity, for the moment in which a step is sent.
            deadline_s: How long all steps together may take.
        """
        ...

    def close(self) -> None:
        """End the connection; what is under way may finish."""
        ...
