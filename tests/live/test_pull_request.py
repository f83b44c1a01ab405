"""A rotation as a site does it: reviewed in a pull request, applied on main as reviewed, and watched for drift."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from tests.live import lab
from tests.live.silence import ADDRESS, silent_port
from tests.live.stack import Stack
from tests.unit.tools.forge_stand_in import TOKEN, ForgeStandIn, serving

MARKER = "<!-- ceph-openstack report: ceph-openstack/live -->"
KEYRING = "/etc/ceph/ceph.client.cinder{}.keyring"
READS = f"reads keyring `{KEYRING.format('-g2')}` instead of `{KEYRING.format('')}`"
IN_CEPH_CONF = "`/etc/ceph/ceph.conf` `[client.cinder-g2] keyring`"


def because_of(path: str, section: str) -> str:
    names = (f"[{section}] rbd_secret_uuid", f"[{section}] rbd_user")
    return f"`{path}` {', '.join(f'`{name}`' for name in names)}"


RESTARTS = {
    "cinder-backup.service": (["controller1"], [IN_CEPH_CONF, READS]),
    "cinder-volume.service": (["controller1"], [IN_CEPH_CONF, because_of("/etc/cinder/cinder.conf", "ceph"), READS]),
    "nova-compute.service": (
        ["compute1", "compute2"],
        [IN_CEPH_CONF, because_of("/etc/nova/nova.conf", "libvirt"), READS],
    ),
}
"""What the report says of a rotation of Cinder's user: unit, hosts, and what each restart is because of."""


@dataclass
class Site:
    """A stack that was applied, a forge, and all that any job has printed."""

    stack: Stack
    forge: ForgeStandIn
    printed: list[str] = field(default_factory=list)

    def job(self, script: str, *words: str, variables: Mapping[str, str] | None = None, status: int = 0) -> str:
        """Run a script of tools/ci as a job does, and return what it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GITLAB_", "CI_"))}
        done = subprocess.run(
            [lab.CHECKOUT / "tools" / "run", f"tools/ci/{script}", self.stack.name, *words],
            cwd=self.stack.folder,
            env={**kept, **self.stack.environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        self.printed.append(done.stdout)
        assert done.returncode == status, done.stdout[-6000:]
        return done.stdout

    def merge(self) -> dict[str, str]:
        """Commit the settings as the merge of request 7, and return the variables of a job on main."""
        git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-C", str(self.stack.folder)]
        subprocess.run([*git, "init", "--quiet"], check=True)
        subprocess.run([*git, "add", "Pulumi.live.yaml"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message=x"], check=True)
        done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        self.forge.merged[done.stdout.strip()] = 7
        return self.forge.github(GITHUB_REF="refs/heads/main")

    @property
    def comment(self) -> str:
        (comment,) = self.forge.comments
        return str(comment["body"])

    def outputs(self) -> dict[str, Any]:
        run = self.stack.pulumi("stack", "output", "--stack", self.stack.name, "--json").ok()
        found: dict[str, Any] = json.loads(run.output)
        return found

    def wanted_outputs(self) -> dict[str, Any]:
        parsed = parse(self.stack.settings)
        assert isinstance(parsed, StackSettings)
        return json.loads(json.dumps(dict(wire(parsed, self.stack.name).outputs)))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def site(wired: Stack) -> Iterator[Site]:
    for name in ("commands", "tools"):
        (wired.folder / name).symlink_to(lab.CHECKOUT / name)
    with serving() as forge:
        yield Site(wired, forge)


def restarts(report: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return the rows of the services that restart: unit to hosts and reasons."""
    part = report.partition("#### Services that restart\n")[2].partition("\n####")[0]
    rows = [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {
        unit.strip("`"): ([host.strip("`") for host in where.split(", ")], reasons.split("; "))
        for where, unit, reasons in rows
    }


def test_the_outputs_of_a_first_run_are_those_of_the_graph(site: Site) -> None:
    assert site.outputs() == site.wanted_outputs()
    assert site.outputs()["users"]["cinder"] == "client.cinder"


def test_the_report_names_exactly_what_restarts_and_why(site: Site) -> None:
    site.stack.settings["cinder"]["user"] = {"name": "cinder", "generation": 2}
    site.stack.write()
    site.job("preview", variables=site.forge.github())
    assert site.comment.startswith(MARKER)
    assert restarts(site.comment) == RESTARTS
    assert "restarted, then" not in site.comment
    # The identifier of the plan, which the last line names, is the only digest.
    shown = re.sub(r"<!--.*?-->|<sub>Plan <code>[0-9a-f]{64}</code></sub>", "", site.comment, flags=re.DOTALL)
    assert not re.search(r"\b[0-9a-f]{32,}\b|\bguard\b|\bgate\b|-removal-", shown), shown


def test_a_second_preview_edits_the_comment(site: Site) -> None:
    site.job("preview", variables=site.forge.github())
    assert [asked.split()[0] for asked in site.forge.writes()] == ["POST", "PATCH"]


def test_main_applies_what_was_reviewed_and_restarts_exactly_that(site: Site) -> None:
    before = lab.units()
    variables = site.merge()
    site.job("preview", variables=variables)
    site.job("apply", "--reviewed", variables=variables)
    restarted = {service for service, unit in lab.units().items() if unit.invocation != before[service].invocation}
    assert restarted == {
        (host, unit.removesuffix(".service")) for unit, (hosts, _) in restarts(site.comment).items() for host in hosts
    }
    assert site.outputs() == site.wanted_outputs()
    assert site.outputs()["users"]["cinder"] == "client.cinder-g2"


def test_a_failed_run_keeps_the_outputs_of_before(site: Site) -> None:
    """A host is to have a service more, and does not answer."""
    before, settings = site.outputs(), site.stack.settings
    with silent_port() as port:
        silent = {"address": ADDRESS, "port": port}
        site.stack.settings = {
            **settings,
            "ssh": {**settings["ssh"], "connect_timeout_s": 3},
            "hosts": {**settings["hosts"], "compute2": silent},
            "cinder_backup": {**settings["cinder_backup"], "hosts": ["controller1", "compute2"]},
        }
        site.stack.write()
        assert site.wanted_outputs() != before
        assert site.stack.up().status != 0
    assert site.outputs() == before
    site.stack.settings = settings
    site.stack.write()
    site.stack.up().ok()
    assert site.outputs() == before


def test_drift_has_a_verdict_for_each_end(site: Site) -> None:
    site.job("drift")
    lab.edit("controller1", "/etc/cinder/cinder.conf", "s/^rbd_max_clone_depth = .*/rbd_max_clone_depth = 7/")
    assert "rbd_max_clone_depth" in site.job("drift", status=2)
    site.stack.up("--refresh").ok()
    site.job("drift")
    settings = site.stack.settings
    with silent_port() as port:
        silent = {"address": ADDRESS, "port": port}
        ssh = {**settings["ssh"], "connect_timeout_s": 3}
        site.stack.settings = {**settings, "ssh": ssh, "hosts": {**settings["hosts"], "compute2": silent}}
        site.stack.write()
        assert f"compute2 ({ADDRESS}): no answer" in site.job("drift", status=3)
    site.stack.settings = settings
    site.stack.write()


def test_no_key_and_no_token_anywhere(site: Site) -> None:
    """In what the jobs print, in the comment, in the outputs, the state, the plans and the reports."""
    kept = [path.read_text(errors="replace") for path in site.stack.state.rglob("*") if path.is_file()]
    texts = [*site.printed, *site.stack.consoles, site.comment, json.dumps(site.outputs()), *kept]
    assert len(kept) > 5
    keys = lab.keys()
    assert len(keys) > 5
    assert [key[:4] for key in keys if any(key in text for text in texts)] == []
    assert [text[:80] for text in texts if TOKEN in text] == []
