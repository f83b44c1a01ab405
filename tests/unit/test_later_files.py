"""Files that a process reads after ours: what they set wins, so a run says so instead of writing in vain."""

from __future__ import annotations

import pytest

from providers.errors import Refused
from tests.sim.site import Site
from tests.unit.kinds import CONF, CONFIG

LATER = "/etc/cinder/cinder-volume.conf"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[ceph]\nrbd_user = found-there\n",
            rf"{LATER}: line 2 is read after {CONF} and sets \[ceph\] rbd_user to another value, which would win; remove that",
        ),
        (
            "# first\n[DEFAULT]\nenabled_backends = lvm, found-there\n",
            rf"{LATER}: line 3 .* sets \[DEFAULT\] enabled_backends to a list that would win and has no ceph; remove that line",
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
