"""RunRecord: what a service's process has read, recorded at our last restart.

The record is under /run, because a reboot starts another process.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import override

from providers.reach.answers.file_state import FileState
from providers.reach.steps import HostStep, JournalStep, MakeDirectory, PutFile, RemoveDirectory, RemoveFile

FOLDER = "/run/ceph-openstack"


class RunRecord(BaseModel):
    """One process and what it has read.

    Attributes:
        invocation: systemd's InvocationID of the process.
        digest: Digest of the watched options that the process has read.
        by: Id of the run of this program that started the process.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    invocation: str = ""
    digest: str = ""
    by: str = ""

    @staticmethod
    def path(stack: str, unit: str) -> str:
        """Return the path of the record."""
        return f"{FOLDER}/{quote(stack, safe='')}/{unit}.json"

    @classmethod
    def parsed(cls, state: FileState | None) -> RunRecord | None:
        """Return the record in a file; None when it cannot be read, and the service is restarted once more."""
        try:
            return cls.model_validate_json(state.content or "") if state else None
        except ValidationError:
            return None


@dataclass(frozen=True)
class WriteRunRecord(JournalStep):
    """Record what the process that we started has read."""

    path: str
    record: RunRecord

    @override
    def steps(self) -> list[HostStep]:
        return [
            MakeDirectory(FOLDER, mode="0700"),
            MakeDirectory(self.path.rpartition("/")[0], mode="0700"),
            PutFile(self.path, self.record.model_dump_json() + "\n", "root", "root", "0600"),
        ]

    def __str__(self) -> str:
        return "journal: restart recorded"


@dataclass(frozen=True)
class RemoveRunRecord(JournalStep):
    """Remove the record of a restart."""

    path: str

    @override
    def steps(self) -> list[HostStep]:
        return [RemoveFile(self.path), RemoveDirectory(self.path.rpartition("/")[0]), RemoveDirectory(FOLDER)]

    def __str__(self) -> str:
        return "journal: restart forgotten"
