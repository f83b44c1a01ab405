"""Which systemd units a node runs: those of its role, while the shared root enables the units of all roles."""

from __future__ import annotations

from pathlib import Path

ALWAYS = ("dbus.service", "dbus.socket", "remote-fs.target")
NEVER = (
    "console-getty.service", "container-getty@.service", "getty@.service", "getty.target",
    "systemd-firstboot.service",
    "systemd-networkd.service", "systemd-networkd.socket", "systemd-resolved.service", "systemd-logind.service",
    "systemd-timesyncd.service", "systemd-udevd.service", "systemd-udev-trigger.service", "systemd-udev-settle.service",
    "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "systemd-pcrphase.service",
)  # fmt: skip


def keep_only(root: Path, wanted: tuple[str, ...]) -> None:
    """Enable the `wanted` units in a node's root folder, and mask every other enabled unit but those of ALWAYS."""
    keep = {*ALWAYS, *wanted}
    for unit in sorted((_enabled(root) | set(NEVER)) - keep):
        mask = root / "etc/systemd/system" / unit
        mask.unlink(missing_ok=True)
        mask.symlink_to("/dev/null")
    for unit in wanted:
        own = root / "etc/systemd/system" / unit
        if own.is_symlink():
            own.unlink()
        wants = own.parent / "multi-user.target.wants" / unit
        wants.parent.mkdir(parents=True, exist_ok=True)
        if not unit.endswith(".socket") and not wants.is_symlink():
            wants.symlink_to("/" + str(own.relative_to(root)) if own.exists() else f"/lib/systemd/system/{unit}")


def _enabled(root: Path) -> set[str]:
    """Return the units that packages or the distribution have enabled: services, sockets, timers, init scripts."""
    names = {link.name for link in (root / "etc/systemd/system").glob("*.wants/*")}
    names |= {link.name for link in (root / "etc/systemd/system").glob("*.requires/*")}
    names |= {file.name for file in (root / "lib/systemd/system").glob("*.timer")}
    names |= {f"{link.name[3:]}.service" for link in (root / "etc").glob("rc[S2345].d/S*")}
    return names
