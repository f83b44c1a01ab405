"""Takes a host that is gone for good out of an exported state, in a new file; no machine and no state is touched.

`pulumi state delete` refuses to take such a host out, because the guard depends on each of its resources. The way is
`pulumi stack export --file S.json`, this command, and `pulumi stack import --file` with the file that it wrote.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from commands.forget.exported_state import ExportedState
from commands.forget.forgetting import forget
from commands.forget.report import report
from commands.project import absolute_path, add_project, enter_project
from commands.stack_file import settings_of
from components.settings.problem import hint
from components.stack.stack_settings import StackSettings
from providers.errors import ProviderError, Refused

HELP = "take a host that is gone for good out of an exported state"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `forget`."""
    parser.add_argument("--host", required=True, help="the host, by its name in the settings")
    parser.add_argument("state", type=absolute_path, metavar="STATE", help="what `pulumi stack export --file` wrote")
    parser.add_argument(
        "-o",
        "--output",
        type=absolute_path,
        default="",
        metavar="FILE",
        help="the new state (default: beside STATE, with `-without-HOST` in its name)",
    )
    add_project(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the state without the host, and say what that means."""
    source, host = Path(arguments.state), arguments.host
    state = ExportedState.read(source)
    folder = enter_project(arguments.project)
    settings = _settings(state.stack, folder)
    _refuse(source, state, host, settings)
    forgotten = forget(state, host)
    path = Path(arguments.output) if arguments.output else source.with_name(f"{source.stem}-without-{host}.json")
    forgotten.state.write(path)
    for role in _roles(settings, host):
        sys.stderr.write(
            f"warning: Pulumi.{state.stack}.yaml still names {host} in {role}; take it out before the next run, which"
            " would otherwise wire it anew\n"
        )
    for line in report(host, state.stack, forgotten, path):
        print(line)
    return 0


def _settings(stack: str, folder: Path) -> StackSettings | None:
    """Return the stack's settings; None when they cannot be read, because an old state may have none any more."""
    try:
        settings, _ = settings_of(stack, folder)
    except ProviderError:
        return None
    return settings


def _refuse(source: Path, state: ExportedState, host: str, settings: StackSettings | None) -> None:
    """Raise Refused for a host that the state does not know, and for the admin host."""
    further = settings.clusters if settings else {}
    admins = {"cluster": settings.cluster.admin_host if settings else state.admin_host}
    admins |= {f"clusters.{name}": cluster.admin_host for name, cluster in further.items()}
    for setting, admin in admins.items():
        if host == admin:
            raise Refused(
                f"{host}: is the admin host, by which the stack reaches the cluster; name another in"
                f" {setting}.admin_host of Pulumi.{state.stack}.yaml first, then run again"
            )
    if host not in state.hosts:
        known = f"it has {', '.join(state.hosts)}" if state.hosts else "it has no resource on any host"
        raise Refused(f"{source}: stack {state.stack} has nothing on host {host}; {hint(host, state.hosts, known)}")


def _roles(settings: StackSettings | None, host: str) -> list[str]:
    """Return the settings that still name the host."""
    if settings is None:
        return []
    services = [f"{name}.hosts" for name, service in settings.services.items() if host in service.hosts]
    return [*services, *(["hosts"] if host in settings.hosts else [])]
