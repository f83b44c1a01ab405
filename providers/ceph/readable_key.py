"""Whether a host can read a user's key: librados before 19.2.6 and 20.2.4 cannot read keys of type aes256k.

Such a librados says so in its own log, which is that of the service, and writes the key itself there. Therefore the key
is not handed to the host at all.
"""

from __future__ import annotations

from providers.errors import StepFailed, UnexpectedOutput
from providers.reach.host import RemoteHost
from providers.reach.machines import Machines

FIRST_TYPE = "aes"
"""The type that each librados reads."""
LIBRARY = "librados2"
WAYS_OUT = (
    "upgrade librados there to 19.2.6, 20.2.4 or later, or let users get keys that it reads with"
    " ceph-openstack:cluster.key_type: aes (docs/key-types.md)"
)


def why_unreadable(host: str, fsid: str, entity: str, machines: Machines) -> str:
    """Return why the host must not be handed the key of a user, with what to do; empty when it may.

    A host that cannot be asked, such as one with an agent of an earlier version, is not held back.
    """
    kind = machines.cluster(fsid).key_type(entity)
    if kind in ("", FIRST_TYPE) or reads(machines.host(host), kind) is not False:
        return ""
    return (
        f"the key of {entity} is of type {kind}, which {librados(machines.host(host))} cannot read, and would write"
        f" into the service's log; it was not handed over: {WAYS_OUT}; a user that is there already gets another key"
        f" by `ceph auth rotate {entity} --key_type aes`, or by a raised user.generation; then run again"
    )


def reads(host: RemoteHost, kind: str) -> bool | None:
    """Return whether librados of a host reads keys of a type; None when the host does not tell."""
    try:
        return kind in host.key_types()
    except (StepFailed, UnexpectedOutput):
        return None


def librados(host: RemoteHost) -> str:
    """Return librados of a host with its version, as far as a package tells it."""
    try:
        version = host.package_versions([LIBRARY]).get(LIBRARY, "")
    except (StepFailed, UnexpectedOutput):
        version = ""
    return f"librados {version}".strip() + " there"
