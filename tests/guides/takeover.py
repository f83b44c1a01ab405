"""The product as an operator uses it on a cloud that is wired: discover, preview, up, verify, drift, destroy."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import yaml

from tests.live import lab
from tests.live.stack import Run, Stack, dev_settings

STACK = "takeover"
HOSTS = "controller1=127.0.2.11,compute1=127.0.2.21,compute2=127.0.2.22"


class Takeover(Stack):
    """A stack whose settings are those that discover has written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.name = STACK
        self.file = self.folder / f"Pulumi.{STACK}.yaml"

    def discover(self) -> subprocess.CompletedProcess[str]:
        """Let discover write the settings, and make the stack that has them."""
        ssh = dev_settings()["ssh"]
        done = self.command(
            "discover", "ceph1", "--address", "127.0.2.1", "--hosts", HOSTS, "--user", ssh["user"],
            "--identity-file", ssh["identity_file"], "--known-hosts", ssh["known_hosts"], "-o", str(self.file),
        )  # fmt: skip
        if done.returncode == 0:
            self.pulumi("stack", "init", STACK).ok()
            config = yaml.safe_load(self.file.read_text())["config"]
            self.settings = {key.partition(":")[2]: value for key, value in config.items()}
        return done

    def command(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m commands VERB …` in the project's folder."""
        return subprocess.run(
            [lab.CHECKOUT / "tools" / "run", "python", "-m", "commands", verb, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment, "PYTHONPATH": str(lab.CHECKOUT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def verdict(self, verb: str) -> tuple[int, str]:
        """Return the exit status of verify or drift, and what the command printed."""
        done = self.command(verb, "--stack", self.name)
        return done.returncode, done.stdout + done.stderr

    def changes(self) -> dict[str, str]:
        """Return what a preview would change: logical name -> type, without the package."""
        plan = json.loads(self.preview("--json").ok().output)
        return {
            step["urn"].rsplit("::", 1)[1]: step["urn"].split("::")[2].rsplit(":", 1)[1]
            for step in plan["steps"]
            if step["op"] != "same"
        }

    def applied(self) -> Run:
        self.write()
        return self.up().ok()
