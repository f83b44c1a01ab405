"""The program and its resources under the real engine, with each SDK, as far as both go without a host."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from tests.unit import sdks

SETTINGS: dict[str, Any] = {
    "release": "zed",
    "ssh": {"user": "deploy", "identity_file": "nowhere"},
    "hosts": {"ceph1": {"address": "127.0.0.1"}, "controller1": {"address": "127.0.0.1"}},
    "cluster": {
        "fsid": "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501",
        "mon_hosts": ["127.0.0.1:6789"],
        "admin_host": "ceph1",
    },
    "glance": {"hosts": ["controller1"], "pool": {"name": "images"}},
}

PULUMI = (sdks.CHECKOUT / "tools" / "run", "pulumi")


class Project:
    """The program in a folder and a state of its own, and the settings of a stack."""

    def __init__(self, folder: Path, stack: str = "one", settings: dict[str, Any] | None = None) -> None:
        self.folder, self.stack = folder, stack
        for name in ("__main__.py", "components", "providers"):
            (folder / name).symlink_to(sdks.CHECKOUT / name)
        self.write(settings or SETTINGS)
        self.definition = yaml.safe_load((sdks.CHECKOUT / "Pulumi.yaml").read_text())

    def copied(self, folder: Path) -> Project:
        """Return another project with the same settings, state and definition."""
        twin = Project(folder, self.stack)
        shutil.copy(self.folder / f"Pulumi.{self.stack}.yaml", folder)
        shutil.copytree(self.folder / "state", folder / "state")
        twin.definition = copy.deepcopy(self.definition)
        return twin

    def write(self, settings: dict[str, Any]) -> None:
        config = {f"ceph-openstack:{name}": value for name, value in settings.items()}
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        kept = yaml.safe_load(path.read_text()) if path.exists() else {}
        path.write_text(yaml.safe_dump({**kept, "config": config}))

    def pulumi(self, *words: str, without: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run pulumi in this checkout's environment, without these variables."""
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(self.definition))
        return subprocess.run(
            [
                sdks.CHECKOUT / "tools" / "run",
                "env",
                *(f"--unset={name}" for name in without),
                "pulumi",
                *words,
                f"--stack={self.stack}",
                "--non-interactive",
                "--color=never",
            ],
            cwd=self.folder,
            env={**os.environ, "CEPH_OPENSTACK_STATE": str(self.folder / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


class Upgraded:
    """A stack whose state an earlier version made, after the first `up` of this version, which does nothing.

    Attributes:
        project: Its settings and its state.
        settings: Its settings.
        previewed: What the preview before the `up` printed.
        previewed_again: What the preview after the `up` printed.
    """

    def __init__(self, folder: Path, state: str) -> None:
        states = sdks.CHECKOUT / "tests" / "golden" / "states"
        self.settings: dict[str, Any] = yaml.safe_load((states / "dev.yaml").read_text())
        self.project = Project(folder, "dev", self.settings)
        self.project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
        self.done("stack", "init")
        self.done("stack", "import", "--file", str(states / f"{state}.json"))
        self.previewed = self.done("preview", "--expect-no-changes")
        assert "48 unchanged" in self.previewed
        assert "48 unchanged" in self.done("up", "--yes", "--skip-preview", "--expect-no-changes")
        self.previewed_again = self.done("preview", "--expect-no-changes")

    def done(self, *words: str) -> str:
        """Return what a command prints that has to succeed."""
        ran = self.project.pulumi(*words)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout

    def copied(self, folder: Path) -> Upgraded:
        """Return the same in another folder, for one test."""
        twin = copy.copy(self)
        twin.settings, twin.project = copy.deepcopy(self.settings), self.project.copied(folder)
        return twin


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Upgraded]:
    """Return the stack of a state, which is upgraded once for all tests."""
    return cache(lambda state: Upgraded(tmp_path_factory.mktemp(state), state))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("sdk", sdks.SDKS)
def test_the_engine_prints_an_error_in_one_line_and_goes_on_with_the_others(project: Project, sdk: str) -> None:
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment(sdk))
    assert project.pulumi("stack", "init").returncode == 0
    done = project.pulumi("up", "--yes", "--skip-preview")
    diagnostics = done.stdout.partition("Diagnostics:")[2]
    errors = re.findall(r"^ +error: (.*)", diagnostics, re.MULTILINE)
    assert done.returncode != 0
    for host in ("ceph1", "controller1"):
        assert any(
            error.startswith(f"{host} (127.0.0.1): the private key nowhere cannot be read") for error in errors
        ), done.stdout
    assert any(error.startswith("not everything was done") for error in errors), done.stdout
    assert "Traceback" not in done.stdout
    assert "error: Exception" not in done.stdout


def test_a_cli_out_of_the_range_of_pulumi_yaml_is_refused_before_the_program_runs(project: Project) -> None:
    project.definition["requiredPulumiVersion"] = ">=99.0.0"
    (project.folder / "__main__.py").unlink()
    done = project.pulumi("preview")
    assert done.returncode != 0
    assert 'does not satisfy the version range ">=99.0.0"' in done.stdout


@pytest.mark.parametrize("state", ["dev", "dev_lists"])
def test_a_state_of_before_is_no_change_to_the_engine_until_something_changes(
    tmp_path: Path, upgraded: Callable[[str], Upgraded], state: str
) -> None:
    """Commit 8a0fb58 made the state `dev`, and cbe6189 sends the inputs of `dev_lists`. No host is reached."""
    stack = upgraded(state).copied(tmp_path)
    exported = json.loads(stack.done("stack", "export"))["deployment"]["resources"]
    (gate,) = [row for row in exported if row["urn"].endswith("::gate")]
    assert set(gate["inputs"]["looks_at"]["caps"]) == {"client.glance", "client.cinder", "client.cinder-backup"}
    assert "looks_at" not in gate["outputs"]
    stack.settings["cinder"]["user"] = {"name": "cinder", "keep_pools": ["images"]}
    stack.project.write(stack.settings)
    seen = stack.done("preview", "--diff")
    assert shown(seen)["gate"] == ["~ looks_at (hidden)"]
    assert shown(seen).keys() == {"gate", "cinder-user"}
    assert "Resources:\n    ~ 2 to update\n    46 unchanged" in seen, seen


def test_outputs_are_no_change_of_a_resource_and_only_a_run_that_makes_all_of_them_changes_them(
    tmp_path: Path, upgraded: Callable[[str], Upgraded]
) -> None:
    """The state is of an earlier version, which had no outputs. No host is reached, so the changed run fails."""
    stack = upgraded("dev").copied(tmp_path)

    def outputs() -> Any:
        return json.loads(stack.done("stack", "output", "--json"))

    parsed = parse(stack.settings)
    assert isinstance(parsed, StackSettings)
    wanted = dict(wire(parsed, "dev").outputs)
    assert f'  + fsid        : "{wanted["fsid"]}"' in stack.previewed
    assert outputs() == wanted
    assert "Outputs:" not in stack.previewed_again

    stack.settings["cinder"]["user"] = {"name": "cinder", "generation": 2}
    stack.project.write(stack.settings)
    assert '~ cinder       : "client.cinder" => "client.cinder-g2"' in stack.done("preview")
    failed = stack.project.pulumi("up", "--yes", "--skip-preview")
    assert failed.returncode != 0
    assert "error: not everything was done" in failed.stdout
    assert "  - fsid" not in failed.stdout
    assert outputs() == wanted
    stack.done("refresh", "--yes", "--skip-preview")
    assert outputs() == wanted
    stack.settings["glanze"] = {}
    stack.project.write(stack.settings)
    assert stack.project.pulumi("up", "--yes", "--skip-preview").returncode != 0
    assert outputs() == wanted


def test_a_notice_is_printed_once_and_not_at_all_once_it_is_acknowledged(project: Project) -> None:
    settings = {**SETTINGS, "cinder": {"hosts": ["controller1"], "pool": {"name": "volumes"}}}
    project.write({**settings, "glance": {**SETTINGS["glance"], "show_image_direct_url": True}})
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
    assert project.pulumi("stack", "init").returncode == 0
    texts = ("only raw images are cloned", "glance-api tells its users where images lie")
    for words in (("preview",), ("preview", "--diff")):
        said = project.pulumi(*words).stdout
        assert [said.count(text) for text in texts] == [1, 1], said
        assert "(acknowledge: glance-locations)" in said
    names = ["glance-only-raw", "glance-locations"]
    project.write({**settings, "glance": {**SETTINGS["glance"], "show_image_direct_url": True}, "acknowledge": names})
    document = json.loads(project.pulumi("preview", "--json").stdout)
    assert document["changeSummary"]["create"] > 10
    assert "diagnostics" not in document


def test_variables_of_env_sh_that_are_missing_are_named_once(project: Project) -> None:
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
    assert project.pulumi("stack", "init").returncode == 0
    assert "env.sh" not in project.pulumi("preview").stdout
    unset = ("PULUMI_CONTINUE_ON_ERROR", "PULUMI_RUN_PROGRAM")
    for words in (("preview",), ("preview", "--diff")):
        said = project.pulumi(*words, without=unset).stdout
        assert "warning: ceph-openstack (acknowledge: environment):" in said  # up to three times, while the CLI runs
        assert [said.count(name) for name in (*unset, "PULUMI_PARALLEL", "run `. bin/env.sh`")] == [1, 1, 0, 1], said
    project.write({**SETTINGS, "acknowledge": ["environment"]})
    assert "env.sh" not in project.pulumi("preview", without=unset).stdout


PROGRAM = "pulumi-language-python-exec"


def started_in(folder: Path, name: str) -> list[int]:
    """Return the ids of processes that work in this folder and have `name` in their command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if name in command and (process / "cwd").readlink() == folder.resolve():
                found.append(int(process.name))
    return found


def test_the_program_of_a_killed_run_ends_by_itself(tmp_path: Path) -> None:
    """Else the program and its language host stay for good: the SDK waits for what it could not register."""
    project = Project(tmp_path, "dev", yaml.safe_load((sdks.CHECKOUT / "tests/golden/states/dev.yaml").read_text()))
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
    assert project.pulumi("stack", "init").returncode == 0
    with subprocess.Popen(
        [*PULUMI, "preview", "--diff", "--stack=dev", "--non-interactive", "--color=never"],
        cwd=tmp_path,
        env={**os.environ, "CEPH_OPENSTACK_STATE": str(tmp_path / "state")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout
        assert any("pulumi-python:dynamic/" in line for line in run.stdout)  # resources are being registered now
        assert len(started_in(tmp_path, PROGRAM)) == 1
        run.kill()
    limit = time.monotonic() + 20
    while (left := started_in(tmp_path, PROGRAM)) and time.monotonic() < limit:
        time.sleep(0.1)
    for process in started_in(tmp_path, "pulumi-language-python"):  # the host itself looks every five minutes
        os.kill(process, signal.SIGKILL)
    assert left == []


def shown(preview: str) -> dict[str, list[str]]:
    """Return what `preview --diff` says of each resource that changes, by its name, without blanks at the margin."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in preview.partition("Resources:")[0].splitlines():
        if urn := re.search(r"\[urn=\S+::(\S+)\]", line):
            name = urn[1]
        elif name and (stripped := line.strip()) and stripped[0] in "~+-" and "pulumi-python:" not in stripped:
            found.setdefault(name, []).append(stripped)
        elif "pulumi:" in line or "pulumi-python:" in line:
            name = ""
    return found


def test_a_preview_says_which_option_a_service_restarts_for(tmp_path: Path) -> None:
    states = sdks.CHECKOUT / "tests" / "golden" / "states"
    settings: dict[str, Any] = yaml.safe_load((states / "dev.yaml").read_text())
    project = Project(tmp_path, "dev", settings)
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
    assert project.pulumi("stack", "init").returncode == 0
    assert project.pulumi("stack", "import", "--file", str(states / "dev_lists.json")).returncode == 0
    assert project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes").returncode == 0
    settings["glance"]["options"] = {"rbd": {"rbd_store_chunk_size": 16}}
    project.write(settings)
    done = project.pulumi("preview", "--diff")
    assert done.returncode == 0, done.stdout
    assert shown(done.stdout) == {
        "glance-config-controller1": ["~ sections: {", "~ rbd: {", '~ rbd_store_chunk_size: "8" => "16"'],
        "glance-api-controller1": [
            "~ watch: {",
            "~ /etc/glance/glance-api.conf: {",
            "~ options: {",
            "~ rbd: {",
            '~ rbd_store_chunk_size: "8" => "16"',
        ],
    }, done.stdout
