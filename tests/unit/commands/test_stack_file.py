"""Settings are read for `undo` as Pulumi reads them for `up`: both accept the same texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.stack_file import settings_of
from providers.errors import Refused

TEXT = """\
encryptionsalt: v1:x
config:
  aws:region: x
  ceph-openstack:release: 2025.1
  ceph-openstack:ssh: {user: no, port: 2222, sudo: false}
  ceph-openstack:hosts: {ceph1: {address: 192.0.2.1}, api1: {}}
  ceph-openstack:cluster:
    fsid: f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501
    mon_hosts: ["[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]"]
    admin_host: ceph1
  ceph-openstack:glance: {hosts: [api1], pool: {name: images, pg_autoscale_mode: off, size: 3, target_size_ratio: .5}}
"""


def test_words_of_older_yaml_are_text(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(TEXT)
    ceph1 = settings_of("prod", tmp_path)[1].hosts["ceph1"]
    assert (ceph1.user, ceph1.port, ceph1.sudo) == ("no", 2222, False)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (TEXT.replace("release", "relase"), 'relase: is not a setting; did you mean "release"'),
        ("config: [", "is no YAML"),
        ("config:\n", "release: is missing"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(Refused, match=error) as raised:
        settings_of("prod", tmp_path)
    assert "\n" not in str(raised.value)
