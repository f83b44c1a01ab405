"""The options that a stack owns in a ceph.conf.

The options are merged into the file that is there, because a compute may be a Ceph host itself.
"""

from __future__ import annotations

import re

from pydantic import model_validator
from typing_extensions import override

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
from providers.lifecycle import Lifecycle
from providers.plan import Step

_FSID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class CephConfDesired(OptionFileDesired):
    """`[global]`, `[client]` and `[client.X]` options. A missing file is made (root, 0644)."""

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
    lifecycle = Lifecycle(
        create="Writes the options into the file and leaves everything else in it byte for byte; a file that is not"
        " there is made (root, 0644). Refuses another cluster's file. With `adopt` the first run only records what is"
        " in the file as wanted.",
        read="Reads the file, and the journals of all its owners.",
        update="Writes the options that differ, and puts back the earlier lines of those that are no longer given.",
        delete="Puts back the earlier lines of each option, and removes a file that the stack made. An option that"
        " somebody has changed since stays, with a warning.",
        drift={"sections": "each option as librados would read it, without those that are absent"},
    )

    @override
    def wanted(self, desired: CephConfDesired) -> WantedOptions:
        """Return the options; ceph.conf has no lists."""
        return WantedOptions(desired.sections)

    @override
    def plan(self, desired: CephConfDesired, observed: OptionFileObserved) -> list[Step]:
        """Return the writes.

        Raises:
            Refused: The file is another cluster's.
        """
        self._refuse_other_cluster(desired, observed)
        return super().plan(desired, observed)

    def _refuse_other_cluster(self, desired: CephConfDesired, observed: OptionFileObserved) -> None:
        """Raise Refused for another cluster's file, even if this stack wrote in the file that was there before."""
        found = self.documents(desired, observed)[0].value("global", "fsid")
        if found and found.lower() != desired.fsid.lower():
            shown = found.lower() if _FSID.fullmatch(found) else "another"
            # The path of what this stack has written already cannot change.
            rename = "give this cluster's file another name with ceph-openstack:cluster.name, or "
            raise Refused(
                f"{observed.where}: {desired.path} is another cluster's: its fsid is {shown}, and this stack's cluster"
                f" is {desired.fsid}; whatever uses that file would be sent to this cluster:"
                f" {'' if observed.entry else rename}move that file away first, then run again"
            )

    @override
    def without_file(self, desired: CephConfDesired, where: str) -> None:
        """Raise nothing, because a client may have no ceph.conf yet."""
