"""What forgetting a host means, in lines for the operator. The lines name things and never show the state."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from commands.forget.forgotten import Forgotten


def report(host: str, stack: str, forgotten: Forgotten, path: Path) -> list[str]:
    """Return what goes, what stays on the host for ever, and what else to do.

    Args:
        host: The host.
        stack: The stack's name.
        forgotten: What went.
        path: The file with the new state.
    """
    left = len(forgotten.state.resources)
    return [
        f"{host} goes from the state of stack {stack}, in {path}: {len(forgotten.gone)} resources go, {left} stay",
        *_gone(forgotten),
        f"what stays on {host} for ever, because nobody can reach it:",
        *_stays(stack, forgotten),
        "what else to do:",
        *_to_do(host, stack, path),
    ]


def _gone(forgotten: Forgotten) -> list[str]:
    lines = [f"  {row['urn'].rpartition('::')[2]}: {row.get('id') or row['type']}" for row in forgotten.gone]
    if forgotten.edited:
        lines.append(f"  and what {len(forgotten.edited)} of the others say of them, gate and guard included")
    if forgotten.operations:
        lines.append(f"  and {forgotten.operations} pending operations there")
    lines += [
        f"  warning: {urn.rpartition('::')[2]} has an encrypted value that may name the host; it is left as it is"
        for urn in forgotten.encrypted
    ]
    return lines


def _stays(stack: str, forgotten: Forgotten) -> list[str]:
    lines = [f"  its journal, /var/lib/ceph-openstack/{stack}/, with what was there before the stack"]
    if forgotten.entities:
        users = ", ".join(forgotten.entities)
        lines.append(
            f"  the keys of {users}, on its disk; if somebody else may get at the disk, raise the users' `generation`"
        )
    secrets = forgotten.values("libvirt:LibvirtSecret", "uuid")
    if secrets:
        lines.append(f"  libvirt's secrets {', '.join(secrets)}")
    kinds = Counter(row["type"].rpartition(":")[2] for row in forgotten.gone)
    if kinds["ConfigSections"] or kinds["CephConf"]:
        lines.append("  the options that the stack wrote there")
    if secrets:
        lines.append("  in the cluster: its sessions until they time out, and the locks of guests that ran there")
    return lines


def _to_do(host: str, stack: str, path: Path) -> list[str]:
    return [
        f"  take {host} out of Pulumi.{stack}.yaml, both out of `hosts` and out of each service's `hosts`",
        f"  pulumi stack import -s {stack} --file {path}",
        f"  pulumi preview -s {stack} --expect-no-changes     # no change, and above all no delete",
        f"  if guests ran there: `nova evacuate`, then `python -m commands locks --stack {stack}`",
        f"  if {host} ever comes back: put it into `hosts` again, and `python -m commands undo --stack {stack} --host"
        f" {host} --really`",
    ]
