"""tools/ci/preview, apply and recover with the real CLI on a state of their own; nobody but a counter is a host."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit import sdks
from tests.unit.tools.forge_stand_in import SOMEBODY, TOKEN, ForgeStandIn, serving
from tools.ci.plan_line import plans_named

LINKED = ("__main__.py", "Pulumi.yaml", "components", "providers", "commands", "tools")
MARKER = "<!-- ceph-openstack report: ceph-openstack/one -->"


class Hosts:
    """A port on loopback behind which no sshd is; it counts who comes, and hangs up."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Clone:
    """A clone of the program with a stack of its own, and the variables of a job."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder, self.settings, self.variables = folder, settings, dict[str, str]()

    @classmethod
    def new(cls, folder: Path, port: int) -> Clone:
        """Make a clone with an empty stack."""
        for name in LINKED:
            (folder / name).symlink_to(sdks.CHECKOUT / name)
        (folder / ".venv").symlink_to(sys.prefix)
        known = folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} ssh-ed25519 {'A' * 68}\n")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
        host = {"address": "127.0.0.1", "port": port}
        settings: dict[str, Any] = {
            "release": "zed",
            # A second, because each attempt to connect is in vain.
            "ssh": {"user": "deploy", "identity_file": "key", "known_hosts": "known_hosts", "connect_timeout_s": 1},
            "hosts": {"ceph1": host, "controller1": host},
            "cluster": {
                "fsid": "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501",
                "mon_hosts": ["127.0.0.1:6789"],
                "admin_host": "ceph1",
            },
            "glance": {"hosts": ["controller1"], "pool": {"name": "images"}},
        }
        made = cls(folder, settings)
        made.write()
        assert made.run("pulumi", "stack", "init", "one").returncode == 0
        return made

    def copied(self, folder: Path) -> Clone:
        """Return another clone with the same settings, state and plan, in a folder that is empty."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        return Clone(folder, copy.deepcopy(self.settings))

    @property
    def saved(self) -> Path:
        return self.folder / "state" / "ci" / "one"

    def about(self, stack: str = "one") -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.saved.with_name(stack) / "about.json").read_text())
        return document

    def write(self, stack: str = "one") -> None:
        path = self.folder / f"Pulumi.{stack}.yaml"
        salt = yaml.safe_load(path.read_text()).get("encryptionsalt") if path.exists() else None
        config = {f"ceph-openstack:{name}": value for name, value in self.settings.items()}
        path.write_text(yaml.safe_dump({"config": config, **({"encryptionsalt": salt} if salt else {})}))

    def commit(self) -> str:
        """Commit the settings, and return the commit."""
        git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-C", str(self.folder)]
        subprocess.run([*git, "init", "--quiet"], check=True)
        subprocess.run([*git, "add", "Pulumi.one.yaml"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message=x"], check=True)
        done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def resources(self) -> list[str]:
        exported = json.loads(self.run("pulumi", "stack", "export", "--stack=one").stdout)["deployment"]
        return [row["urn"] for row in exported.get("resources") or []]

    @property
    def locks(self) -> Path:
        return self.folder / "state/pulumi/backend/.pulumi/locks/organization/ceph-openstack/one"

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in the clone; a name alone is a script of tools/ci."""
        command = [str(self.folder / "tools" / "ci" / words[0]), *words[1:]] if words[0] in SCRIPTS else list(words)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GITLAB_", "CI_"))}
        return subprocess.Popen(
            [sdks.CHECKOUT / "tools" / "run", *command],
            cwd=self.folder,
            env={**kept, "CEPH_OPENSTACK_STATE": str(self.folder / "state"), **self.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone, as `start` does."""
        process = self.start(*words)
        output, errors = process.communicate()
        assert "Traceback" not in errors
        return subprocess.CompletedProcess(words, process.returncode, output, errors)


SCRIPTS = ("preview", "apply", "recover", "drift")


@pytest.fixture(scope="module")
def port_of_hosts() -> Iterator[Hosts]:
    counter = Hosts()
    yield counter
    counter.close()


@pytest.fixture
def hosts(port_of_hosts: Hosts) -> Hosts:
    port_of_hosts.connections = 0
    return port_of_hosts


@pytest.fixture(scope="module")
def empty(port_of_hosts: Hosts, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone.new(tmp_path_factory.mktemp("empty"), port_of_hosts.port)


@pytest.fixture(scope="module")
def first(empty: Clone, port_of_hosts: Hosts, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    made, before = empty.copied(tmp_path_factory.mktemp("first")), port_of_hosts.connections
    previewed(made)
    assert port_of_hosts.connections == before
    return made


@pytest.fixture
def clone(empty: Clone, hosts: Hosts, tmp_path: Path) -> Clone:
    """A clone whose stack is empty and was not previewed."""
    return empty.copied(tmp_path)


@pytest.fixture
def planned(first: Clone, hosts: Hosts, tmp_path: Path) -> Clone:
    """A clone whose stack is empty and was previewed, outside of a forge and of git."""
    return first.copied(tmp_path)


@pytest.fixture
def there() -> Iterator[ForgeStandIn]:
    with serving() as forge:
        yield forge


def previewed(clone: Clone) -> str:
    """Preview, and return the id of the plan."""
    done = clone.run("preview", "one")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(clone.about()["id"])


def refused(clone: Clone, *words: str, stack: str = "one") -> str:
    """Return why the plan is not applied."""
    done = clone.run("apply", stack, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    return done.stderr


def test_changed_settings_are_refused_before_any_host_is_touched(planned: Clone, hosts: Hosts) -> None:
    planned.settings["glance"]["pool"]["size"] = 3
    planned.write()
    assert "the settings of one have changed since the plan was made" in refused(planned)
    done = planned.run("pulumi", "up", "--stack=one", "--yes", f"--plan={planned.saved / 'plan.json'}", "--color=never")
    assert done.returncode != 0
    assert "violates plan: properties changed" in done.stdout
    assert planned.resources() == []
    assert hosts.connections == 0


def test_what_is_not_in_the_plan_is_found_before_any_host_is_touched(planned: Clone, hosts: Hosts) -> None:
    """The guard is the last resource, so that a run which looked at each resource in its turn would touch the hosts."""
    plan = json.loads((planned.saved / "plan.json").read_text())
    plan["resourcePlans"] = {urn: row for urn, row in plan["resourcePlans"].items() if not urn.endswith("::guard")}
    (planned.saved / "plan.json").write_text(json.dumps(plan))
    assert "this is not the file that the preview has written" in refused(planned)
    digest = hashlib.sha256((planned.saved / "plan.json").read_bytes()).hexdigest()
    (planned.saved / "about.json").write_text(json.dumps({**planned.about(), "plan": digest}))
    done = planned.run("apply", "one")
    assert done.returncode == 1
    assert "create is not allowed by the plan" in done.stdout
    assert planned.resources() == []
    assert hosts.connections == 0


def test_only_the_plan_that_is_named_is_applied_and_the_next_is_of_what_is_left(planned: Clone, hosts: Hosts) -> None:
    """Both hosts hang up, therefore the run fails. It came that far, which the other tests must not see."""
    plan = planned.about()["id"]
    why = refused(planned, "--plan-id", "")
    assert f"no plan was asked for; read the report above, and run this by hand with --plan-id {plan}" in why
    assert "was asked for" in refused(planned, "--plan-id", "0" * 64)
    assert hosts.connections == 0
    done = planned.run("apply", "one", "--plan-id", plan)
    assert done.returncode == 1
    assert "violates plan: properties" not in done.stdout
    assert hosts.connections > 0
    assert "look at what is left (tools/ci/preview one)" in done.stderr
    assert "the state of one has changed since the plan was made" in refused(planned)
    before = planned.about()
    assert previewed(planned) != plan
    assert planned.about()["changes"] < before["changes"]


def test_a_plan_of_another_commit_or_stack_is_refused(clone: Clone, hosts: Hosts) -> None:
    assert "no plan was saved; run tools/ci/preview one first" in refused(clone)
    first = clone.commit()
    previewed(clone)
    assert clone.about()["commit"] == first
    second = clone.commit()
    assert f"the plan is of commit {first[:12]}, not of {second[:12]} here" in refused(clone)
    shutil.copytree(clone.saved, clone.saved.with_name("two"))
    assert "the plan is of stack one, not of two" in refused(clone, stack="two")
    assert hosts.connections == 0


def test_a_preview_needs_neither_a_key_nor_a_host_nor_a_state_that_it_may_write(clone: Clone, hosts: Hosts) -> None:
    (clone.folder / "key").unlink()
    state = clone.folder / "state" / "pulumi" / "backend"
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    read_only = f"mount --bind {state} {state} && mount -o remount,ro,bind {state} && ! touch {state}/x 2>/dev/null"
    script = f"{read_only} && exec {clone.folder / 'tools' / 'ci' / 'preview'} one"
    done = clone.run("unshare", "--mount", "bash", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before
    names = sorted(path.name for path in clone.saved.iterdir())
    assert names == ["about.json", "plan.json", "preview.json", "report.md"]
    report = (clone.saved / "report.md").read_text()
    assert report.startswith(MARKER + "\n")
    assert plans_named(report) == [clone.about()["id"]]
    assert len(json.loads((clone.saved / "preview.json").read_text())["steps"]) == clone.about()["changes"] > 10
    assert hosts.connections == 0


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_only_what_the_request_has_shown_is_applied_on_main(
    clone: Clone, hosts: Hosts, there: ForgeStandIn, kind: str
) -> None:
    commit = clone.commit()
    clone.variables = getattr(there, kind)()
    plan = previewed(clone)
    assert previewed(clone) == plan  # the same changes have the same name
    assert [asked.split()[0] for asked in there.writes()] == ["POST", "PATCH" if kind == "github" else "PUT"]
    (comment,) = there.comments
    assert comment["body"].startswith(MARKER + "\n")
    assert plans_named(comment["body"]) == [plan]

    clone.variables = getattr(there, kind)(GITHUB_REF="refs/heads/main", CI_MERGE_REQUEST_IID="")
    assert "came by no merged request" in refused(clone, "--reviewed")
    there.merged[commit] = 7
    there.comments.insert(0, {**comment, "id": 0, "user": SOMEBODY, "author": SOMEBODY})
    comment["body"] = f"{MARKER}\n"
    assert "request 7 has shown no plan" in refused(clone, "--reviewed")
    comment["body"] = f"{MARKER}\n<!-- ceph-openstack plan: {'0' * 64} -->\n"
    assert f"request 7 has shown plan {'0' * 64}" in refused(clone, "--reviewed")
    assert hosts.connections == 0
    comment["body"] = f"{MARKER}\n<!-- ceph-openstack plan: {plan} -->\n"
    done = clone.run("apply", "one", "--reviewed")
    assert done.returncode == 1
    assert hosts.connections > 0
    assert TOKEN not in done.stdout + done.stderr
    assert [path for path in clone.saved.iterdir() if TOKEN in path.read_text()] == []


def test_a_preview_that_fails_says_so_in_the_comment_and_leaves_no_plan(planned: Clone, there: ForgeStandIn) -> None:
    planned.variables = there.github()
    assert there.me
    there.says(there.me, (planned.saved / "report.md").read_text())
    assert plans_named(there.comments[0]["body"]) != []
    planned.settings["glance"]["pool"]["sise"] = 3
    planned.write()
    assert planned.run("preview", "one").returncode == 1
    (comment,) = there.comments
    assert comment["body"].startswith(MARKER + "\n")
    assert plans_named(comment["body"]) == []
    assert "no plan was saved" in refused(planned)
    assert planned.run("preview", "other").returncode == 1
    assert "no stack named 'other' found" in there.comments[1]["body"]


def test_an_applied_stack_has_nothing_to_review_and_connects_to_nothing(clone: Clone) -> None:
    states = sdks.CHECKOUT / "tests" / "golden" / "states"
    clone.settings = yaml.safe_load((states / "dev.yaml").read_text())
    clone.write("dev")
    for words in (("init", "dev"), ("import", "--stack=dev", "--file", str(states / "dev.json"))):
        assert clone.run("pulumi", "stack", *words).returncode == 0
    clone.variables = {"GITHUB_STEP_SUMMARY": str(clone.folder / "page.md")}
    assert clone.run("preview", "dev").returncode == 0
    assert clone.about("dev")["changes"] == 0
    done = clone.run("apply", "dev", "--reviewed")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "48 unchanged" in done.stdout
    page = (clone.folder / "page.md").read_text()
    assert page.startswith("<!-- ceph-openstack report: ceph-openstack/dev -->\n")
    assert page.endswith(f"Applied plan `{clone.about('dev')['id']}`.\n")


def test_a_run_that_was_killed_is_recovered(planned: Clone, hosts: Hosts) -> None:
    planned.locks.mkdir(parents=True, exist_ok=True)
    lock = {"pid": 1, "username": "ci", "hostname": "gone", "timestamp": "2026-11-27T00:00:00Z"}
    (planned.locks / "x.json").write_text(json.dumps(lock))
    done = planned.run("apply", "one")
    assert done.returncode == 1
    assert "currently locked by 1 lock" in done.stdout + done.stderr
    assert "tools/ci/recover one" in done.stderr
    done = planned.run("recover", "one")
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(planned.locks.iterdir()) == []
    assert hosts.connections == 0
    previewed(planned)  # the state is another one now
    planned.run("apply", "one")
    assert hosts.connections > 0


def test_neither_the_program_nor_a_command_line_gets_the_forges_token(clone: Clone, there: ForgeStandIn) -> None:
    folder = clone.folder / "bin"
    folder.mkdir()
    pulumi = folder / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$@" >> {folder}/seen\nenv >> {folder}/seen\nexit 1\n')
    pulumi.chmod(0o755)
    clone.variables = there.gitlab()
    done = clone.run(
        "env", f"PATH={folder}:{os.environ['PATH']}", str(clone.folder / "tools" / "ci" / "preview"), "one"
    )
    assert done.returncode == 1
    assert len(there.comments) == 1
    seen = (folder / "seen").read_text()
    assert "PULUMI_RUN_PROGRAM=true" in seen
    assert TOKEN not in seen
