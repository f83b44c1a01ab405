"""The options that a stack owns in a ceph.conf: merged into what is there, for a compute may be a Ceph host itself."""

from __future__ import annotations

from pydantic import model_validator

from providers.formats import ceph_conf as conf_text
from providers.formats.wanted_options import WantedOptions
from providers.host.option_file import OptionFileDesired, OptionFileKind


class CephConfDesired(OptionFileDesired):
    """`[global]`, `[client]` and `[client.X]` options. A file that is not there is made (root, 0644)."""

    @model_validator(mode="after")
    def _readable_back(self) -> CephConfDesired:
        for section, options in self.sections.items():
            conf_text.check_section(section)
            for option, value in options.items():
                conf_text.check_option(option)
                try:
                    conf_text.check_value(value)
                except ValueError as problem:
                    raise ValueError(f"[{section}] {option}: {problem}") from None
        return self


class CephConfKind(OptionFileKind[CephConfDesired]):
    noun = "ceph.conf options"
    entry_kind = "cephconf"
    desired = CephConfDesired
    dialect = conf_text.CephConfDialect()

    def wanted(self, desired: CephConfDesired) -> WantedOptions:
        return WantedOptions(desired.sections)

    def without_file(self, desired: CephConfDesired, where: str) -> None:
        """A client's ceph.conf may well not exist yet."""
