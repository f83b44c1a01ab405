"""Visible copies beside files that stacks change: on the simulated site, with the kinds that change the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oslo_config import cfg

from providers import resources
from tests.sim.site import FSID, Managed, Site
from tests.unit.examples.example import STACK
from tests.unit.examples.file_copy import COPY, PATH, shipped


def options(site: Site, component: str, stack: str = STACK, **values: str) -> Managed:
    props: dict[str, Any] = {"stack": stack, "host": "api1", "fsid": FSID, "component": component, "path": PATH}
    return Managed(site, resources.ConfigSectionsProvider(), {**props, "sections": {"DEFAULT": values}})


def copy_of(site: Site, stack: str = STACK) -> Managed:
    return Managed(site, resources.FileCopyProvider(), {**COPY.props, "stack": stack})


def beside(site: Site) -> dict[str, str]:
    folder = site.hosts["api1"].path(PATH).parent
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != "cinder.conf"}


def test_a_copy_is_what_was_before_and_goes_with_the_stack(site: Site) -> None:
    shipped(site)
    before, text = site.everything(), site.hosts["api1"].path(PATH).read_text()
    copy, changed = copy_of(site), options(site, "cinder", backup_pool="b")
    copy.up()
    changed.up()
    assert beside(site) == {"cinder.conf.0": text}
    changed.destroy()
    copy.destroy()
    assert site.everything() == before


def test_a_copy_that_is_asked_for_late_is_the_same(site: Site) -> None:
    """Two components and two stacks own options by then, one of them in place of the other's value."""
    shipped(site)
    text = site.hosts["api1"].path(PATH).read_text()
    for changed in (
        options(site, "cinder", x="1", transport_url="ours"),
        options(site, "cinder-backup", y="2"),
        options(site, "cinder", "prod", x="3", z="4"),
    ):
        changed.up()
    copy_of(site).up()
    assert beside(site) == {"cinder.conf.0": text}
    assert site.hosts["api1"].path(PATH).read_text() != text


def test_a_file_that_a_stack_made_has_no_copy(site: Site) -> None:
    conf = {"stack": STACK, "host": "api1", "fsid": FSID, "component": "c", "path": "/etc/ceph/ceph.conf"}
    made = Managed(site, resources.CephConfProvider(), {**conf, "sections": {"global": {"fsid": FSID}}})
    made.up()
    copy = Managed(site, resources.FileCopyProvider(), {**COPY.props, "path": "/etc/ceph/ceph.conf"})
    copy.up()
    assert [path.name for path in site.hosts["api1"].path("/etc/ceph").iterdir()] == ["ceph.conf"]
    assert copy.drift() == {}


def test_a_copy_is_as_closed_as_its_file(site: Site) -> None:
    shipped(site)
    copy_of(site).up()
    assert site.hosts["api1"].path(f"{PATH}.0").stat().st_mode & 0o7777 == 0o640


def test_two_stacks_have_one_copy_until_the_last_leaves(site: Site) -> None:
    shipped(site)
    first, second = copy_of(site), copy_of(site, "prod")
    first.up()
    second.up()
    assert list(beside(site)) == ["cinder.conf.0"]
    first.destroy()
    assert list(beside(site)) == ["cinder.conf.0"]
    second.destroy()
    assert beside(site) == {}


def test_oslo_config_reads_no_copy_in_a_drop_in_folder(tmp_path: Path) -> None:
    """A service may have its file in such a folder (`daemon.conf`), and reads `*.conf` there."""
    (tmp_path / "ceph.conf").write_text("[DEFAULT]\nx = new\n")
    (tmp_path / "ceph.conf.0").write_text("[DEFAULT]\nx = old\n")
    conf = cfg.ConfigOpts()
    conf.register_opt(cfg.StrOpt("x"))
    conf(["--config-dir", str(tmp_path)], project="none", default_config_files=[])
    assert conf.x == "new"
