"""MachineIdentity: what tells a machine from every other, whatever its address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MachineIdentity:
    """The machine that answers.

    Attributes:
        machine_id: systemd's machine-id; empty in a container without one.
        host_key: Fingerprint of its ssh host key; empty where there is no ssh.
    """

    machine_id: str
    host_key: str
