"""`daemon`: a service that is not set up as the platform's packages do it, as on a cloud of OpenStack-Ansible."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack.parse import parse

from .graph import built, raw


def test_what_is_said_of_a_daemon_is_where_it_is_needed_and_nothing_else_changes() -> None:
    daemon = {"unit": "glance-wsgi.service", "conf": "/srv/glance/api.conf", "later_files": ["/srv/glance/d"]}
    packaged, own = built(), built(glance__daemon={**daemon, "log": "journal", "user": "os", "group": "img"})
    config, restart = own["glance-config-controller1"].inputs, own["glance-wsgi-controller1"].inputs
    keyring = own["glance-keyring-controller1"].inputs
    assert (config["path"], config["later_files"]) == ("/srv/glance/api.conf", ["/srv/glance/d"])
    assert (restart["unit"], restart["ready"]["log"]) == ("glance-wsgi", "journal")
    assert restart["watch"]["/srv/glance/api.conf"]["later_files"] == ["/srv/glance/d"]
    assert "/etc/glance/glance-api.conf" not in restart["watch"]
    assert (keyring["owner"], keyring["group"]) == ("os", "img")
    assert own["glance-wsgi-removal-controller1"].inputs["watch"].keys() == {"/srv/glance/api.conf"}
    others = {name: made.inputs for name, made in packaged.items() if "glance" not in name}
    changed = {name for name in others if own[name].inputs != others[name]}
    assert changed <= {"preflight-controller1", "gate"}


@pytest.mark.parametrize(
    ("daemon", "why"),
    [
        ({"unit": "a b"}, "glance.daemon.unit: must be the name of a systemd unit"),
        ({"log": "syslog"}, "glance.daemon.log: must be an absolute path"),
        ({"conf": "glance.conf"}, "glance.daemon.conf: must be an absolute path"),
        ({"units": "x"}, 'glance.daemon.units: is not a setting; did you mean "unit"?'),
        ({"unit": "cinder-volume"}, "cinder.daemon.unit: glance has unit cinder-volume, too; name this service's own"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(daemon: dict[str, Any], why: str) -> None:
    assert parse(raw(glance__daemon=daemon)) == [f"ceph-openstack:{why}"]
