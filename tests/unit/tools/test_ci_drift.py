"""tools/ci/drift on a simulated site: the exit status of `python -m commands drift` is the job's verdict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands import drift as verb
from providers.reach import machines as current_machines
from tests.sim.site import Site
from tests.unit.commands import conftest as wiring
from tests.unit.components.graph import raw
from tools.ci import drift

platform, wanted, installed, wired = wiring.platform, wiring.wanted, wiring.installed, wiring.wired


@pytest.fixture
def page(wired: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose hosts are the simulated ones, and the page that GitHub shows of the job."""
    hosts: dict[str, Any] = {"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}}
    services = {f"{name}__hosts": ["api1"] for name in ("glance", "cinder", "cinder_backup")}
    config = {f"ceph-openstack:{name}": value for name, value in raw(hosts=hosts, **services).items()}
    (tmp_path / f"Pulumi.{wiring.STACK}.yaml").write_text(yaml.safe_dump({"config": config}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    monkeypatch.setattr(sys, "argv", ["tools/ci/drift", wiring.STACK])
    wired.new_run()
    monkeypatch.setattr(verb, "Machines", lambda _access, tell: current_machines.current())
    return tmp_path / "page.md"


def test_all_as_wanted_ends_0(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift.main() == 0
    assert page.read_text().startswith("### Drift of `dev`: verdict: everything is as the settings want it\n\n```\n")
    assert capsys.readouterr().out.endswith("verdict: everything is as the settings want it\n")


def test_a_difference_ends_2_and_is_named_on_the_page(page: Path, wired: Site) -> None:
    wired.hosts["api1"].path("/etc/ceph/ceph.client.glance.keyring").chmod(0o644)
    assert drift.main() == 2
    assert "mode 0644 instead of 0640" in page.read_text()


def test_a_host_out_of_reach_ends_3(page: Path, wired: Site) -> None:
    wired.hosts["compute1"].reachable = False
    assert drift.main() == 3
    assert "no verdict, because not everything could be looked at" in page.read_text().splitlines()[0]


def test_bad_settings_end_1(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(f"Pulumi.{wiring.STACK}.yaml").write_text("config: {ceph-openstack:relaese: zed}\n")
    assert drift.main() == 1
    assert "did you mean" in capsys.readouterr().err
    assert "the command failed" in page.read_text()
