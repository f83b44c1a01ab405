"""The Pulumi CLI on one stack, as a CI runs it: never asking, and without the CI's own tokens."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from providers.errors import ProviderError, Refused

ALWAYS = {
    "PULUMI_CONTINUE_ON_ERROR": "true",  # a host that fails does not stop the others
    "PULUMI_RUN_PROGRAM": "true",  # refresh reaches hosts by the present settings, not by those of the last up
    "PULUMI_PARALLEL": "64",  # resources wait for hosts, not for this machine's cores
    "PULUMI_SKIP_UPDATE_CHECK": "true",
}
"""Variables that a run gets where the environment says nothing else."""

SECRET = "[secret]"
"""What the CLI prints in the place of an encrypted setting."""

NOT_FOR_THE_PROGRAM = ("GITHUB_TOKEN", "GITLAB_TOKEN")


class PulumiCliError(ProviderError):
    """The CLI ended with an error; the text is its own last line."""


class PulumiCli:
    """The CLI on one stack.

    Args:
        stack: Name of the stack.
        environment: Variables for the CLI.

    Raises:
        Refused: There is no CLI.
    """

    def __init__(self, stack: str, environment: Mapping[str, str] = os.environ) -> None:
        if not shutil.which("pulumi", path=environment.get("PATH")):
            raise Refused("pulumi is not on PATH; install Pulumi's CLI, or put it there, then run this again")
        self.stack = stack
        given = {name: value for name, value in environment.items() if name not in NOT_FOR_THE_PROGRAM}
        self._environment = {**ALWAYS, **given}

    def settings(self) -> str:
        """Return a digest of the stack's settings as the program gets them, wherever their file lies."""
        rows = json.loads(self._told("config", "--json"))
        return settings_digest({name: row.get("value", SECRET) for name, row in rows.items()})

    def state(self) -> str:
        """Return a digest of the state: its resources, and the steps whose end nobody knows."""
        deployment = json.loads(self._told("stack", "export"))["deployment"] or {}
        return _digest([deployment.get("resources") or [], deployment.get("pending_operations") or []])

    def preview(self, document: Path, plan: Path) -> str:
        """Preview into two files in one run, and return what the CLI said beside, which is empty when all went well.

        Args:
            document: Gets what `pulumi preview --json` prints; of a preview that failed, what the CLI knew until then.
            plan: Gets the plan. There is no such file afterwards if the preview failed.
        """
        plan.unlink(missing_ok=True)
        words = self._words("preview", "--json", "--save-plan", str(plan))
        with document.open("wb") as printed:
            done = subprocess.run(
                words,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
            )
        said = done.stderr.strip()
        if done.returncode == 0:
            return ""
        plan.unlink(missing_ok=True)
        return said or f"pulumi preview ended with status {done.returncode}"

    def up(self, plan: Path) -> int:
        """Do what a plan says, and return the CLI's exit status.

        `--skip-preview` is left out on purpose, because the CLI then holds the plan against program, settings and state
        while it goes through the changes for the first time. No host is connected to before this has ended well.
        """
        return self._run("up", "--yes", "--plan", str(plan))

    def cancel(self) -> int:
        """Remove the lock of a run that was killed, and return the CLI's exit status."""
        return self._run("cancel", "--yes")

    def refresh(self) -> int:
        """Read what is there after a run that was cut off, and return the CLI's exit status."""
        return self._run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")

    def _run(self, *words: str) -> int:
        """Run the CLI, and hand on what a cancelled job is sent, once each.

        The CLI ends at its first SIGINT after the steps under way, saves the state and removes its lock. A session of
        its own keeps a terminal from sending it a second SIGINT, at which it would drop these steps.
        """
        process = subprocess.Popen(
            self._words(*words), env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        before = {
            number: signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            return process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, *words: str) -> str:
        done = subprocess.run(
            self._words(*words), env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise PulumiCliError(f"pulumi {words[0]}: {(done.stderr or done.stdout).strip().removeprefix('error: ')}")
        return done.stdout

    def _words(self, *words: str) -> list[str]:
        return ["pulumi", *words, "--stack", self.stack, "--non-interactive", "--color", "never"]


def settings_digest(settings: Mapping[str, str]) -> str:
    """Return the digest of settings in the form in which `pulumi preview --json` prints them.

    A preview blinds the encrypted parts of a setting, and `pulumi config` blinds the whole setting.
    """
    return _digest({name: SECRET if SECRET in value else value for name, value in settings.items()})


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
