"""SIGKILL of the provider process and of the CLI, in the middle of each kind's work; then what docs/recovery.md says.

The cuts of a victim follow each other on one stack. Each run gets further than the run before, and so shows that the
earlier cut was recovered from, without `adopt`. A stack with one compute has every kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import lab, processes
from tests.live.stack import Run, Stack

CUTTER = Path(__file__).parent / "cutter"
NODES = ("ceph1", "compute2")

# Logical name -> step after which the victim is killed: between the change and the journal's last entry about the
# change, or, for the secret, between its definition and its value.
CREATES = {
    "cinder-pool": r"^ceph osd pool create volumes ",
    "cinder-user": r"^ceph auth get-or-create",
    "guest-log-directory-compute2": r"^mkdir /var/log/qemu ",
    "ceph-conf-compute2": r"^write /etc/ceph/ceph\.conf\b",
    "cinder-keyring-compute2": r"^write /etc/ceph/ceph\.client\.cinder\.keyring ",
    "cinder-secret-compute2": r"secret-define",
    "nova-config-compute2": r"^write /etc/nova/nova\.conf$",
    "nova-compute-compute2": r"^restart_unit",
}
# The provider of a killed CLI finishes what was under way, so the keyring, which is made beside ceph.conf, is there
# already. Therefore the cut is between reading and planning.
READ_FIRST = {"cinder-keyring-compute2": r"^read_files .*ceph\.client\.cinder\.keyring"}
UPDATES = {
    "cinder-user": r"^ceph auth caps",
    "nova-config-compute2": r"^write /etc/nova/nova\.conf$",
    "nova-compute-compute2": r"^restart_unit",
}
DELETES = {
    "nova-config-compute2": r"^write /etc/nova/nova\.conf$",
    "cinder-secret-compute2": r"secret-undefine",
    "guest-log-directory-compute2": r"^rmdir /var/log/qemu$",
    "nova-compute-removal-compute2": r"^restart_unit",
    "cinder-user": r"^ceph auth rm",
    "cinder-pool": r"^ceph osd pool delete volumes ",
}
CEPHX_KEY = re.compile(r"\bAQ[A-Za-z0-9+/]{36}==")
# A second back end changes the caps of Cinder's user.
BACK_ENDS = {"ceph": "volumes", "second": "volumes-second"}


class CutStack(Stack):
    """A small stack whose provider process is started by `tests/live/cutter`."""

    def __init__(self, folder: Path, victim: str) -> None:
        super().__init__(folder)
        self.victim, self.cut_file = victim, folder / "cut"
        self.settings["cinder"]["hosts"] = []
        self.settings["nova"]["hosts"] = ["compute2"]
        self.settings["nova"]["client_options"] = {"log file": "/var/log/qemu/guest-$pid.log"}
        for service in ("glance", "cinder_backup"):
            del self.settings[service]
        self.write()
        project = self.folder / "Pulumi.yaml"
        text = project.read_text()
        project.unlink()
        project.write_text(text.replace("path: ./providers/launcher", f"path: {CUTTER}"))
        self.environment["CEPH_OPENSTACK_CUT"] = self._cut("(?!)")

    def _cut(self, step: str) -> str:
        return json.dumps({"victim": self.victim, "step": step, "written": str(self.cut_file)})

    def cut(self, operation: str, step: str) -> Run:
        """Run an operation during which the victim is killed after the step."""
        self.cut_file.unlink(missing_ok=True)
        run: Run = getattr(self, operation)(CEPH_OPENSTACK_CUT=self._cut(step))
        assert self.cut_file.exists(), f"nothing was cut:\n{run.output[-3000:]}"
        assert run.status == (-9 if self.victim == "engine" else 1), run.output[-3000:]
        return run

    def pending(self) -> list[str]:
        deployment = json.loads(self.pulumi("stack", "export", "--stack", self.name).ok().output)["deployment"]
        return [entry["resource"]["urn"].rsplit("::", 1)[1] for entry in deployment.get("pending_operations") or []]

    def recover(self) -> None:
        """Do what docs/recovery.md says."""
        if self.victim == "engine":
            self.pulumi("cancel", "--stack", self.name, "--yes").ok()
            self.refresh("--clear-pending-creates").ok()
        assert self.pending() == []


@pytest.fixture(scope="module", params=["provider", "engine"])
def cut_stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CutStack]:
    made = CutStack(tmp_path_factory.mktemp(request.param), request.param)
    yield made
    if made.resources():
        made.recover()
        if made.up().status == 0:
            made.destroy()
    processes.end(made.state)


@pytest.fixture(scope="module")
def before(cut_stack: CutStack) -> dict[str, Any]:
    return _all()


def _all() -> dict[str, Any]:
    return {
        "etc": {node: lab.etc(node) for node in NODES},
        "cluster": lab.cluster_state(),
        "secrets": lab.secrets("compute2"),
    }


def _cut_and_recover(stack: CutStack, operation: str, name: str, step: str) -> None:
    stack.cut(operation, step)
    if stack.victim == "engine" and operation == "up":
        assert name in stack.pending()
    # At once: an operator does not wait either until the provider of the killed CLI has finished what was under way.
    stack.recover()


@pytest.mark.parametrize("name", CREATES)
def test_creation(cut_stack: CutStack, before: dict[str, Any], name: str) -> None:
    cuts = CREATES if cut_stack.victim == "provider" else CREATES | READ_FIRST
    _cut_and_recover(cut_stack, "up", name, cuts[name])
    assert name not in cut_stack.resources()


def test_the_cli_says_what_blocks_it(cut_stack: CutStack) -> None:
    """The two texts that docs/recovery.md explains."""
    run = cut_stack.cut("up", "^read_files")
    if cut_stack.victim == "provider":
        assert "error reading from server: EOF" in run.output
    else:
        locked = cut_stack.up()
        assert locked.status != 0
        assert "the stack is currently locked by 1 lock(s)" in locked.output
    cut_stack.recover()


def test_up_finishes_without_adopt(cut_stack: CutStack) -> None:
    cut_stack.up().ok()
    assert set(CREATES) <= set(cut_stack.resources())
    cut_stack.up("--refresh", "--expect-no-changes").ok()
    assert lab.unit("compute2", "nova-compute").active == "active"
    listed = lab.as_user("compute2", "nova", "timeout", "30", "rbd", "--id", "cinder", "--pool", "volumes", "ls")
    assert listed.returncode == 0, listed.stderr


@pytest.mark.parametrize("name", UPDATES)
def test_update(cut_stack: CutStack, name: str) -> None:
    back_ends = {name: {"pool": {"name": pool, "size": 1, "min_size": 1}} for name, pool in BACK_ENDS.items()}
    cut_stack.settings["cinder"] = {"hosts": [], "backends": back_ends}
    cut_stack.settings["nova"]["hw_disk_discard"] = "ignore"
    cut_stack.write()
    _cut_and_recover(cut_stack, "up", name, UPDATES[name])


def test_up_finishes_the_updates(cut_stack: CutStack) -> None:
    cut_stack.up().ok()
    cut_stack.up("--refresh", "--expect-no-changes").ok()
    assert "volumes-second" in lab.ceph("auth", "get", "client.cinder")[0]["caps"]["osd"]


@pytest.mark.parametrize("name", DELETES)
def test_deletion(cut_stack: CutStack, name: str) -> None:
    _cut_and_recover(cut_stack, "destroy", name, DELETES[name])


def test_destroy_restores_everything(cut_stack: CutStack, before: dict[str, Any]) -> None:
    cut_stack.destroy().ok()
    assert cut_stack.resources() == {}
    assert _all() == before
    assert not lab.exists("compute2", "/var/lib/ceph-openstack")
    assert not lab.exists("compute2", "/run/ceph-openstack")
    assert lab.unit("compute2", "nova-compute").active == "active"


def test_no_key_was_shown(cut_stack: CutStack) -> None:
    consoles = "\n".join(cut_stack.consoles)
    assert not CEPHX_KEY.search(consoles)


def test_providers_and_agents_end_by_themselves(cut_stack: CutStack) -> None:
    assert processes.seconds_until_gone(cut_stack.state) < 60
