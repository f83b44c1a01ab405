"""How a service's process is set up on hosts where that differs from the platform's packages."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.values import Line, LogPlace, Path, Unit


class DaemonSettings(SettingsModel):
    """The process as OpenStack-Ansible or an installation from source has it. What is left out is as packaged."""

    unit: Unit | None = Field(None, description="systemd unit, without .service. Default: the package's.")
    conf: Path | None = Field(None, description="File that the options are written to. Default: the package's.")
    later_files: list[Path] | None = Field(
        None,
        description="Files and .d folders that the process reads after conf, first to last, so that their values win: "
        "the later --config-file and --config-dir of its command line. Default: the package's.",
    )
    log: LogPlace | None = Field(
        None, description="Log file by which the process says that it works, or journal. Default: the package's."
    )
    user: Line | None = Field(
        None, description="User that runs the process, and owns its keyrings. Default: the package's."
    )
    group: Line | None = Field(None, description="Group that may read its keyrings. Default: the package's.")
