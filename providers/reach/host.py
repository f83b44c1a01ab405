"""RemoteHost: the narrow seam between what is wanted and a machine.

Above it nothing knows ssh; below it nothing knows Ceph, libvirt or OpenStack. The real one is `ssh.SshHost`, the same agent on
this machine is `local.LocalHost`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from providers.reach.answers.file_state import FileState
from providers.reach.host_access import HostAccess
from providers.reach.steps import KeySource, Step


class RemoteHost(Protocol):
    """A machine that reads and does steps. Calls may come from many threads at once."""

    access: HostAccess

    def identity(self) -> dict[str, str]:
        """Return `machine_id` and `host_key` (fingerprint; empty where there is no ssh) of the machine that answers."""
        ...

    def call(self, operation: str, *, deadline_s: float = 60, **arguments: Any) -> Any:
        """Ask the agent for one read-only operation; see `agent/serve.py` for the list.

        Raises `HostError` when the host cannot be reached, `OutcomeUnknown` past the deadline, `StepFailed` when it says no. After
        `OutcomeUnknown` one more agent is started, so that what is there can be read again.
        """
        ...

    def apply(self, steps: Sequence[Step], key_of: KeySource, *, deadline_s: float = 300) -> list[Any]:
        """Do the steps in order in one call and stop at the first that fails; the error names that step."""
        ...

    def close(self) -> None: ...


def files_at(
    host: RemoteHost, paths: Sequence[str], *, patterns: Sequence[str] = (), hide_keys: bool = False
) -> dict[str, FileState]:
    """Return the files that exist among `paths` and those that match `patterns` (shell globs), in one call.

    A path that is not in the answer does not exist: any other failure is an error. With `hide_keys` every `key = …` line shows
    `sha256:<hex>` instead of the key, computed on the host.
    """
    answer = host.call("read_files", paths=list(paths), patterns=list(patterns), hide_keys=hide_keys)
    return {path: FileState(**state) for path, state in answer.items()}
