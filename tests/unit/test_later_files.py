"""Files that a process reads after ours: a later file wins, so a run names that file instead of writing in vain."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from providers.errors import Refused
from tests.sim.site import Site
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.service import SERVICE

LATER = "/etc/cinder/cinder-volume.conf"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[ceph]\nrbd_user = found-there\n",
            rf"{LATER}: line 2 is read after {CONF} and sets \[ceph\] rbd_user to another value, which would win; "
            "remove that",
        ),
        (
            "# first\n[DEFAULT]\nenabled_backends = lvm, found-there\n",
            rf"{LATER}: line 3 .* sets \[DEFAULT\] enabled_backends to a list that would win and has no ceph; "
            "remove that line",
        ),
        ("[ceph]\nfound-there\n", rf"{LATER}: line 2: .*; correct that line"),
    ],
    ids=["option", "list", "unreadable"],
)
def test_one_that_would_win_is_refused_before_anything_is_written(site: Site, text: str, words: str) -> None:
    CONFIG.prepare(site)
    before = site.hosts["api1"].path(CONF).read_text()
    site.hosts["api1"].path(LATER).write_text(text)
    with pytest.raises(Refused, match=words) as refused:
        CONFIG.resource(site).change(later_files=[LATER]).up()
    assert "found-there" not in str(refused.value)
    assert site.hosts["api1"].path(CONF).read_text() == before


def test_one_that_agrees_is_fine(site: Site) -> None:
    CONFIG.prepare(site)
    site.hosts["api1"].path(LATER).write_text("[ceph]\nrbd_user = cinder\n[DEFAULT]\nenabled_backends = lvm, ceph\n")
    assert CONFIG.resource(site).change(later_files=[LATER]).up() == "create"


def link(site: Site, target: str, path: str = LATER) -> None:
    site.hosts["api1"].path(path).symlink_to(target)


def test_one_that_is_a_link_is_read_as_the_process_reads_it(site: Site) -> None:
    CONFIG.prepare(site)
    folder = site.hosts["api1"].path("/etc/cinder")
    (folder / "site.text").write_text("[ceph]\nrbd_user = found-there\n")
    (folder / "more.text").symlink_to("site.text")
    link(site, "../cinder/more.text")
    resource = CONFIG.resource(site).change(later_files=[LATER])
    with pytest.raises(Refused, match=rf"{LATER}: line 2 is read after {CONF}"):
        resource.up()
    (folder / "site.text").write_text("[ceph]\nrbd_user = cinder\n")
    resource.up()
    (folder / "site.text").write_text("[ceph]\nrbd_user = found-there\n")
    assert resource.drift()["sections"]["ceph"]["rbd_user"] == "found-there"


def test_one_in_a_folder_that_is_a_link_is_read_too(site: Site) -> None:
    CONFIG.prepare(site)
    folder = site.hosts["api1"].path("/etc/cinder/cinder.conf.d")
    folder.mkdir()
    (folder.parent / "site.text").write_text("[ceph]\nrbd_user = found-there\n")
    link(site, "../site.text", "/etc/cinder/cinder.conf.d/x.conf")
    with pytest.raises(Refused, match=r"/etc/cinder/cinder\.conf\.d/x\.conf: line 2 is read after"):
        CONFIG.resource(site).change(later_files=["/etc/cinder/cinder.conf.d"]).up()


def test_a_link_that_leads_nowhere_sets_nothing(site: Site) -> None:
    CONFIG.prepare(site)
    link(site, "nowhere")
    assert CONFIG.resource(site).change(later_files=[LATER]).up() == "create"


def foreign(path: Path) -> None:
    os.lchown(path, 1, 1)


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def no_file(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("made", [foreign, circle, no_file])
def test_one_that_cannot_be_read_safely_is_refused_by_name(site: Site, made: Callable[[Path], None]) -> None:
    CONFIG.prepare(site)
    (site.hosts["api1"].path("/etc/cinder") / "site.text").write_text("[ceph]\nrbd_user = found-there\n")
    link(site, "site.text")
    made(site.hosts["api1"].path(LATER))
    told = (
        rf"{LATER} is read after {CONF} and is neither a plain file nor a link of root's to one; put a plain file there"
    )
    with pytest.raises(Refused, match=told):
        CONFIG.resource(site).change(later_files=[LATER]).up()


def test_a_service_is_restarted_for_what_a_link_leads_to(site: Site) -> None:
    SERVICE.prepare(site)
    target = site.hosts["api1"].path("/etc/cinder/site.text")
    target.write_text("[ceph]\nrbd_user = cinder\n")
    link(site, "site.text")
    watched = {"dialect": "oslo", "options": {"ceph": {"rbd_user": "cinder"}}, "later_files": [LATER]}
    resource = SERVICE.resource(site).change(watch={CONF: watched})
    resource.up()
    assert resource.drift() == {}
    target.write_text("[ceph]\nrbd_user = other\n")
    assert resource.drift() == {"configuration": "stale"}
