"""What the gate would refuse now: the next `pulumi up` would end there, whatever else differs.

The gate compares the settings with the state of the last run, which drift does not have. So what was taken out of the
settings is no question here. Files, caps, guests and monitors are looked at as they are now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commands.looked_at import LookedAt
from providers.errors import ProviderError
from providers.formats.keyed import as_keys
from providers.models import CephConfDesired, GuardDesired
from providers.reach.machines import Machines
from providers.redaction import redacted_line
from providers.stack.guard import GuardKind

MONITORS = "[global] mon_host"
ENDS = "`pulumi up` would end before anything is changed"


def with_gate(found: Sequence[LookedAt], machines: Machines) -> list[LookedAt]:
    """Return what was looked at, with the gate as it would answer the next run.

    Args:
        found: The resources of a stack, all of which were looked at.
        machines: The hosts, over the connections that are open already.
    """
    return [
        _as_it_would_answer(one, one.model, found, machines)
        if isinstance(one.model, GuardDesired) and one.model.guards == "change" and not one.unseen
        else one
        for one in found
    ]


def _as_it_would_answer(gate: LookedAt, model: GuardDesired, found: Sequence[LookedAt], machines: Machines) -> LookedAt:
    silent = {one.where: one.unseen for one in found if one.unseen}
    admin = machines.admin_or_none(model.fsid)
    if model.looks_at.caps and admin in silent:
        return replace(gate, unseen=silent[admin])
    places, secrets = model.looks_at.places or {}, model.looks_at.secrets
    answering = {
        "places": {host: there for host, there in places.items() if host not in silent},
        "secrets": {host: uuids for host, uuids in secrets.items() if host not in silent},
    }
    kind = GuardKind()
    asked = kind.with_old_state(
        model.model_copy(update={"looks_at": model.looks_at.model_copy(update=answering)}),
        {"looks_at": {"monitors": as_keys(_other_monitors(found, model.fsid))}, "cloud": model.cloud},
    )
    try:
        observed = kind.read_for_change(asked, machines)
    except ProviderError as problem:
        return replace(gate, unseen=redacted_line(str(problem)))
    refusals = [*observed.elsewhere, *observed.reasons]
    refusal = redacted_line(f"{ENDS}: {'; '.join(refusals)}") if refusals else ""
    return replace(gate, refusal=refusal, unseen=redacted_line("; ".join(observed.unchecked)))


def _other_monitors(found: Sequence[LookedAt], fsid: str) -> list[str]:
    """Return the monitors that files of ceph.conf on the hosts name, where these are not the settings' monitors."""
    confs = [one for one in found if isinstance(one.model, CephConfDesired) and one.model.fsid == fsid]
    there = [found.found for one in confs for found in one.differences if found.name == MONITORS and found.found]
    return list(dict.fromkeys(there))
