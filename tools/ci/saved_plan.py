"""A plan on the disk, with what the plan was made of, so that a later run knows whether the plan still holds."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from providers.errors import Refused
from tools.ci.pulumi_cli import PulumiCli

ABOUT, PLAN, PREVIEW, REPORT = "about.json", "plan.json", "preview.json", "report.md"


@dataclass(frozen=True)
class SavedPlan:
    """What a plan was made of.

    Attributes:
        stack: Name of the stack.
        commit: The commit that was checked out; empty outside of git.
        settings: Digest of the stack's settings.
        state: Digest of the stack's state before the preview.
        plan: Digest of the plan's file.
        changes: Number of resources that the plan changes.
        id: Name of the changes (`tools.ci.changes`).
    """

    stack: str
    commit: str
    settings: str
    state: str
    plan: str
    changes: int
    id: str

    def save(self, folder: Path) -> None:
        """Write this beside the plan."""
        (folder / ABOUT).write_text(json.dumps(asdict(self), indent=2) + "\n")

    def check(self, folder: Path, cli: PulumiCli) -> None:
        """Hold the plan against what is there now.

        Raises:
            Refused: The plan is of another stack, commit, settings or state, or its file is another.
        """
        again = f"look at a new preview: tools/ci/preview {cli.stack}"
        if self.stack != cli.stack:
            raise Refused(f"{folder}: the plan is of stack {self.stack}, not of {cli.stack}; {again}")
        if self.plan != file_digest(folder / PLAN):
            raise Refused(f"{folder / PLAN}: this is not the file that the preview has written; {again}")
        if self.commit != (here := commit_here()):
            raise Refused(f"{folder}: the plan is of commit {self.commit[:12]}, not of {here[:12]} here; {again}")
        if self.settings != cli.settings():
            raise Refused(f"{folder}: the settings of {cli.stack} have changed since the plan was made; {again}")
        if self.state != cli.state():
            raise Refused(f"{folder}: the state of {cli.stack} has changed since the plan was made; {again}")


def load(folder: Path, stack: str) -> SavedPlan:
    """Return what is written beside a plan.

    Raises:
        Refused: No preview has saved a plan there.
    """
    try:
        return SavedPlan(**json.loads((folder / ABOUT).read_text()))
    except FileNotFoundError:
        raise Refused(f"{folder}: no plan was saved; run tools/ci/preview {stack} first") from None
    except (ValueError, TypeError):
        raise Refused(
            f"{folder / ABOUT}: not as tools/ci/preview writes this file; run tools/ci/preview {stack}"
        ) from None


def folder_of(stack: str) -> Path:
    """Return the folder of a stack's plan: `.state/ci/<stack>`, or below $CEPH_OPENSTACK_STATE."""
    return Path(os.environ.get("CEPH_OPENSTACK_STATE") or ".state") / "ci" / stack


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty when the file is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def commit_here() -> str:
    """Return the commit that is checked out; empty outside of git."""
    try:
        done = subprocess.run(["git", "-c", "safe.directory=*", "rev-parse", "HEAD"], capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
