"""A stack on the lab, driven by the real CLI as an operator drives a stack; the state lies in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.record import world
from tests.live.lab import CHECKOUT

LINKED = ("Pulumi.yaml", "__main__.py", "providers", "components", ".venv")


@dataclass(frozen=True)
class Run:
    """One run of the CLI.

    Attributes:
        arguments: The CLI's arguments, for messages.
        status: The exit status.
        output: Standard output and standard error.
        seconds: How long the run took.
        calls: The lines of the trace: what the agents were asked.
    """

    arguments: str
    status: int
    output: str
    seconds: float
    calls: list[dict[str, Any]] = field(repr=False, default_factory=list)

    def count(self, event: str, host: str | None = None) -> int:
        return sum(call["event"] == event and host in (None, call["host"]) for call in self.calls)

    @property
    def connections(self) -> dict[str, int]:
        return dict(Counter(call["host"] for call in self.calls if call["event"] == "connect"))

    def ok(self) -> Run:
        assert self.status == 0, f"pulumi {self.arguments} ended with {self.status}:\n{self.output[-6000:]}"
        return self


class Stack:
    """A project folder that links to this checkout's program, with settings of its own."""

    def __init__(self, folder: Path, name: str = "live") -> None:
        self.name, self.folder, self.state = name, folder / "project", folder / "state"
        self.folder.mkdir(parents=True)
        self.state.mkdir()
        for link in LINKED:
            (self.folder / link).symlink_to(CHECKOUT / link)
        self.trace = folder / "trace.jsonl"
        self.consoles: list[str] = []
        self.environment = {"CEPH_OPENSTACK_STATE": str(self.state), "CEPH_OPENSTACK_TRACE": str(self.trace)}
        self.settings = dev_settings()
        self.write()
        self.pulumi("stack", "init", name).ok()

    def write(self) -> None:
        """Write the present settings to Pulumi.<stack>.yaml."""
        config = {f"ceph-openstack:{key}": value for key, value in self.settings.items()}
        document = {"config": config}
        path = self.folder / f"Pulumi.{self.name}.yaml"
        if path.exists():
            salt = yaml.safe_load(path.read_text()).get("encryptionsalt")
            document = {**({"encryptionsalt": salt} if salt else {}), **document}
        path.write_text(yaml.safe_dump(document, sort_keys=False))

    def pulumi(self, *arguments: str, before: tuple[str, ...] = (), timeout: float = 600, **environment: str) -> Run:
        """Run the CLI in the lab's environment.

        Args:
            arguments: The CLI's arguments.
            before: A command that runs the CLI, such as `unshare --net`.
            timeout: Seconds after which the run is given up.
            environment: Further environment variables.
        """
        self.trace.unlink(missing_ok=True)
        started = time.monotonic()
        done = subprocess.run(
            [*before, CHECKOUT / "tools" / "run", "pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env={**os.environ, **self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        self.consoles.append(done.stdout)
        return Run(" ".join(arguments), done.returncode, done.stdout, time.monotonic() - started, self._calls())

    def _calls(self) -> list[dict[str, Any]]:
        if not self.trace.exists():
            return []
        return [json.loads(line) for line in self.trace.read_text().splitlines()]

    def preview(self, *flags: str, **options: Any) -> Run:
        return self.pulumi("preview", "--stack", self.name, *flags, **options)

    def up(self, *flags: str, **options: Any) -> Run:
        return self.pulumi("up", "--stack", self.name, "--yes", "--skip-preview", *flags, **options)

    def refresh(self, *flags: str, **options: Any) -> Run:
        return self.pulumi("refresh", "--stack", self.name, "--yes", "--skip-preview", *flags, **options)

    def destroy(self, *flags: str, **options: Any) -> Run:
        return self.pulumi("destroy", "--stack", self.name, "--yes", "--skip-preview", *flags, **options)

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the state's dynamic resources by logical name."""
        found = json.loads(self.pulumi("stack", "export", "--stack", self.name).output)["deployment"]
        rows = found.get("resources", [])
        return {row["urn"].rsplit("::", 1)[1]: row for row in rows if row["type"].startswith("pulumi-python:dynamic")}


def dev_settings() -> dict[str, Any]:
    """Return the settings of Pulumi.dev.yaml, with the release of the lab's world, and the keys that its clients read.

    Paths are absolute, because the test's project lies elsewhere.
    """
    config = yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text())["config"]
    settings: dict[str, Any] = {name.partition(":")[2]: value for name, value in config.items()}
    settings["release"] = world().openstack.openstack
    if world().key_type:
        settings["cluster"]["key_type"] = world().key_type
    for name in ("identity_file", "known_hosts"):
        settings["ssh"][name] = str(CHECKOUT / settings["ssh"][name])
    return settings
