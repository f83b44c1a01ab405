"""The options that a stack owns in a ceph.conf: merged into what is there, for a compute may be a Ceph host itself."""

from __future__ import annotations

import re

from pydantic import model_validator

from providers.errors import Refused
from providers.formats.ceph_conf import (
    CEPH_CONF,
    check_ceph_option,
    check_ceph_section,
    check_ceph_spellings,
    check_ceph_value,
)
from providers.formats.wanted_options import WantedOptions
from providers.host.option_file import OptionFileDesired, OptionFileKind, OptionFileObserved
from providers.plan import Step

_FSID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class CephConfDesired(OptionFileDesired):
    """`[global]`, `[client]` and `[client.X]` options. A file that is not there is made (root, 0644)."""

    @model_validator(mode="after")
    def _readable_back(self) -> CephConfDesired:
        for section, options in self.sections.items():
            check_ceph_section(section)
            check_ceph_spellings(options)
            for option, value in options.items():
                check_ceph_option(option)
                try:
                    check_ceph_value(value)
                except ValueError as problem:
                    raise ValueError(f"[{section}] {option}: {problem}") from None
        return self


class CephConfKind(OptionFileKind[CephConfDesired]):
    """Options that a stack owns in a ceph.conf, which may be there already."""

    noun = "ceph.conf options"
    entry_kind = "cephconf"
    desired = CephConfDesired
    dialect = CEPH_CONF

    def wanted(self, desired: CephConfDesired) -> WantedOptions:
        """Return the options; ceph.conf has no lists."""
        return WantedOptions(desired.sections)

    def plan(self, desired: CephConfDesired, observed: OptionFileObserved) -> list[Step]:
        """Return the writes; raises `Refused` for a file of another cluster."""
        self._refuse_other_cluster(desired, observed)
        return super().plan(desired, observed)

    def _refuse_other_cluster(self, desired: CephConfDesired, observed: OptionFileObserved) -> None:
        """Raise for a file of another cluster, even when this stack has written in the file before it was replaced."""
        found = self.documents(desired, observed)[0].value("global", "fsid")
        if found and found.lower() != desired.fsid.lower():
            shown = found.lower() if _FSID.fullmatch(found) else "another"
            raise Refused(
                f"{observed.where}: {desired.path} is another cluster's: its fsid is {shown}, and this stack's cluster"
                f" is {desired.fsid}; whatever uses that file would be sent to this cluster: give this cluster's file"
                " another name with ceph-openstack:cluster.name, or move that file away first, then run again"
            )

    def without_file(self, desired: CephConfDesired, where: str) -> None:
        """A client's ceph.conf may well not exist yet."""
