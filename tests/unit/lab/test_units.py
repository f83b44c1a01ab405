"""A node runs its role's units and masks what else the shared root has enabled."""

from __future__ import annotations

from pathlib import Path

from lab.units import keep_only


def test_only_the_wanted_units_stay_enabled(tmp_path: Path) -> None:
    system = tmp_path / "etc/systemd/system"
    wants = system / "multi-user.target.wants"
    wants.mkdir(parents=True)
    for unit in ("glance-api.service", "mariadb.service"):
        (wants / unit).symlink_to(f"/lib/systemd/system/{unit}")
    keep_only(tmp_path, ("mariadb.service",))
    keep_only(tmp_path, ("glance-api.service",))
    assert (system / "mariadb.service").readlink() == Path("/dev/null")
    assert not (system / "glance-api.service").is_symlink()
    assert (wants / "glance-api.service").is_symlink()
