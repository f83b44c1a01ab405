"""Graph: what a stack consists of, as plain values, made without Pulumi and without a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.services.api_look import ApiLook
from components.services.ceph_user import CephUser
from components.services.notice import Notice
from components.stack.account import Account
from components.stack.node import Node
from components.stack.service_rollout import ServiceRollout


@dataclass(frozen=True)
class Graph:
    """A stack.

    Attributes:
        nodes: the resources by logical name, each after its parent and after all that it needs.
        accounts: which user of which host has to reach which pools, for each entity whose keyring is read.
        notices: what the operator is told in each run, without what the settings acknowledge.
        api_looks: what only OpenStack's own APIs show of the services.
        rollouts: services whose hosts are changed in batches.
        users: fsid of a cluster to each service's own user there by entity, of all generations, with what the service
            needs of its caps.
        outputs: what other programs may know of the stack, by the name of the output.
        acknowledged: the names of notices that the settings acknowledge.
    """

    nodes: Mapping[str, Node]
    accounts: tuple[Account, ...]
    notices: tuple[Notice, ...]
    api_looks: tuple[ApiLook, ...]
    outputs: Mapping[str, Any]
    rollouts: tuple[ServiceRollout, ...] = ()
    users: Mapping[str, Mapping[str, CephUser]] = field(default_factory=dict)
    acknowledged: tuple[str, ...] = ()
