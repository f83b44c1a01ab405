"""KindOnCluster: the shape of things that live on a cluster, or whose journal is kept in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import Field
from typing_extensions import override

from providers.desired import Desired
from providers.formats.names import Uuid
from providers.kind import Kind, Observed
from providers.plan import Elsewhere, Step, carry_out
from providers.reach.machines import Machines


class OnCluster(Desired):
    """What is wanted on a cluster."""

    fsid: Uuid = Field(description="The cluster's fsid, a UUID.")


C = TypeVar("C", bound=OnCluster)


class KindOnCluster(Kind[C, Observed], Generic[C, Observed]):
    """A kind of thing on a cluster. Its steps go to the agent of that cluster's admin host."""

    @override
    def host(self, desired: C, machines: Machines) -> str:
        return machines.admin_of(desired.fsid)

    @override
    def apply(self, desired: C, steps: Sequence[Step], machines: Machines) -> None:
        carry_out(
            steps,
            machines.cluster(desired.fsid).apply,
            lambda step, rest: self.elsewhere(desired, step, rest, machines),
        )

    def elsewhere(self, desired: C, step: Elsewhere, rest: list[Step], machines: Machines) -> list[Step]:
        """Do a step that is no call to the cluster, and return the steps that follow it."""
        raise NotImplementedError(f"{self.noun}: {step}")
