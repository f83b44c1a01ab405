"""Somebody edits a file between our reading and our write: what the edit left is what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from providers import resources
from providers.errors import Refused
from providers.reach.steps import HostStep, IfUnchanged, KeySource, PutFile
from tests.sim.host import Killed, SimHost
from tests.sim.site import FSID, Managed, Site
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.keyring import KEYRING, KEYRING_FILE
from tests.unit.examples.user import with_user

BEFORE = "[DEFAULT]\nbackup_driver = swift\nstores = a\n"
EDITED = "[DEFAULT]\nbackup_driver = nfs\nstores = a, b\n"


def options(site: Site) -> Managed:
    props = {
        **CONFIG.props,
        "sections": {"DEFAULT": {"backup_driver": "ceph"}, "new": {"k": "v"}},
        "list_items": {"DEFAULT": {"stores": ["c"]}},
    }
    return Managed(site, resources.ConfigSectionsProvider(), props)


class Editor:
    """A host that edits a file once: before the first step of a call, or just before the file itself is written."""

    def __init__(self, host: SimHost, path: str, edit: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.edit, self.done = path, edit, False
        self.apply, self.do = host.apply, host._do
        monkeypatch.setattr(host, "_do", self.before_the_write)

    def before_the_write(self, step: HostStep, key_of: KeySource) -> None:
        if isinstance(step, PutFile) and step.path == self.path and not self.done:
            self.done = True
            self.edit()
        self.do(step, key_of)


class EarlyEditor(Editor):
    def before_the_write(self, step: HostStep, key_of: KeySource) -> None:
        if isinstance(step, IfUnchanged) and not self.done:
            self.done = True
            self.edit()
        self.do(step, key_of)


each_moment = pytest.mark.parametrize("editor", [EarlyEditor, Editor], ids=["before the call", "before the write"])


@each_moment
def test_a_destroy_puts_back_what_was_there_when_we_wrote(
    site: Site, monkeypatch: pytest.MonkeyPatch, editor: type[Editor]
) -> None:
    host = site.hosts["api1"]
    file = host.path(CONF)
    file.write_text(BEFORE)
    resource, race = options(site), editor(host, CONF, lambda: file.write_text(EDITED), monkeypatch)
    resource.up()
    assert race.done
    assert "backup_driver = ceph\n" in file.read_text()
    resource.destroy()
    assert file.read_text() == EDITED


@each_moment
def test_a_file_that_appeared_stays_when_we_leave(
    site: Site, monkeypatch: pytest.MonkeyPatch, editor: type[Editor]
) -> None:
    host, path = site.hosts["api1"], "/etc/ceph/ceph.conf"
    file = host.path(path)
    props = {
        "stack": "dev",
        "host": "api1",
        "fsid": FSID,
        "component": "ceph-client",
        "path": path,
        "sections": {"global": {"fsid": FSID}},
    }
    resource = Managed(site, resources.CephConfProvider(), props)
    race = editor(host, path, lambda: file.write_text(""), monkeypatch)
    resource.up()
    assert race.done
    resource.destroy()
    assert file.read_text() == ""


@each_moment
def test_a_keyring_that_appeared_is_refused_and_stays(
    site: Site, monkeypatch: pytest.MonkeyPatch, editor: type[Editor]
) -> None:
    with_user(site)
    host = site.hosts[KEYRING_FILE.props["host"]]
    file, theirs = host.path(KEYRING), f"[client.cinder]\n\tkey = {site.ceph.rotate('client.admin')}\n"
    resource = KEYRING_FILE.resource(site)
    editor(host, KEYRING, lambda: file.write_text(theirs), monkeypatch)
    with pytest.raises(Refused, match="exists already, and differs from what is asked"):
        resource.up()
    with pytest.raises(Refused, match="exists already"):  # also by a later run
        resource.up()
    assert file.read_text() == theirs
    resource.change(adopt=True).up()
    assert file.read_text() == theirs
    resource.destroy()
    assert file.read_text() == theirs
    assert list(host.root.rglob("*.json")) == []


def cut_before_the_write(host: SimHost, path: str, run: Callable[[], Any]) -> None:
    """End a run between the journal's entry and the file."""
    for after in range(100):
        host.cut.after = len(host.cut.done) + after
        try:
            run()
        except Killed:
            if any(f"{host.access.name}: write /var/lib" in done for done in host.cut.done[-1:]):
                host.cut.after = None
                return
    raise AssertionError(path)


def test_an_edit_after_a_run_that_was_cut_off_before_its_write_comes_back(site: Site) -> None:
    host = site.hosts["api1"]
    file = host.path(CONF)
    file.write_text(BEFORE)
    resource = options(site)
    cut_before_the_write(host, CONF, resource.up)
    assert file.read_text() == BEFORE
    file.write_text(EDITED)
    resource.up()
    resource.destroy()
    assert file.read_text() == EDITED


def test_a_keyring_put_there_after_a_run_that_was_cut_off_is_somebody_elses(site: Site) -> None:
    with_user(site)
    host = site.hosts[KEYRING_FILE.props["host"]]
    resource = KEYRING_FILE.resource(site)
    cut_before_the_write(host, KEYRING, resource.up)
    theirs = f"[client.cinder]\n\tkey = {site.ceph.rotate('client.admin')}\n"
    host.path(KEYRING).write_text(theirs)
    with pytest.raises(Refused, match="exists already"):
        resource.up()
    assert host.path(KEYRING).read_text() == theirs


def test_what_a_cut_off_run_has_written_is_still_known_as_ours(site: Site) -> None:
    host = site.hosts["api1"]
    file = host.path(CONF)
    for after in range(1, 40):
        file.write_text(BEFORE)
        resource = options(site)
        site.cut_after(after)
        try:
            resource.up()
        except Killed:
            site.cut_after(None)
            resource.up()
        site.cut_after(None)
        resource.destroy()
        assert file.read_text() == BEFORE
