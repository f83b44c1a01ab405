"""Prints settings: asks an admin host what cluster it speaks for, and OpenStack hosts how they are wired to it.

It only reads. What it prints can be saved as Pulumi.<stack>.yaml. With --hosts the settings say what is there, so that
the first run with them changes nothing, and comments say what is wrong and what settings cannot say. Without --hosts
services have no hosts yet, and a pool or user that exists, and that no other stack keeps, is marked to be adopted.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from commands.discover.cluster_contents import read_contents
from commands.discover.modeline import modeline
from commands.discover.output_file import unedited, write_output
from commands.discover.settings_text import settings_text
from commands.discover.whole_cloud import whole_cloud
from commands.exit_status import INCOMPLETE, WELL
from components.settings.releases import CODE_NAMES, RELEASES, USUAL, release_named
from providers.errors import Refused
from providers.formats.names import HostName
from providers.reach.access import AccessSettings
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines
from providers.redaction import redacted_line

HELP = "print the settings for a new stack, or for a cloud that is wired already"
_STACK_FILE = re.compile(r"Pulumi\.([A-Za-z0-9_-][A-Za-z0-9._-]*)\.yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `discover`."""
    parser.add_argument("name", help="what to call the admin host: librados and an admin keyring are there")
    parser.add_argument("--address", help="name or address; local: this machine (default: NAME)")
    parser.add_argument(
        "--hosts",
        action="append",
        default=[],
        metavar="NAME[=ADDRESS],…",
        help="OpenStack hosts to look at, reached in the same way as the admin host",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the settings there, unless somebody edited the file"
    )
    parser.add_argument("--user", default="root", help="user to log in as (default root)")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--identity-file", default="", help="private key (default: ssh-agent's)")
    parser.add_argument("--known-hosts", default="", help="default ~/.ssh/known_hosts")
    parser.add_argument("--no-sudo", action="store_true", help="user is root, or may read the admin keyring")
    parser.add_argument("--python", default="python3", help="Python on the host (default python3)")
    parser.add_argument("--admin-conf", default="/etc/ceph/ceph.conf")
    parser.add_argument("--admin-entity", default="client.admin")
    parser.add_argument(
        "--release",
        choices=(*RELEASES, *CODE_NAMES.values()),
        metavar="RELEASE",
        help=f"OpenStack release to print (default: that of the hosts' packages, {USUAL} without --hosts)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the settings, or write them to a file, and return the exit status: 3 when a host was not looked at."""
    if arguments.output:
        unedited(arguments.output)  # so that nobody waits for a refusal until all hosts were read
    access = _access(arguments, arguments.name, arguments.address or arguments.name)
    conf, entity, release = arguments.admin_conf, arguments.admin_entity, release_named(arguments.release or "") or ""
    names, unseen = dict[str, str](), dict[str, str]()
    if arguments.hosts:
        names = _hosts(arguments.hosts)
        hosts = {access.name: access, **{name: _access(arguments, name, names[name]) for name in names}}
        machines = Machines(AccessSettings({**hosts, access.name: access}, access.name, conf, entity))
        try:
            proposal, unseen = whole_cloud(machines, list(names), _stack(arguments.output), release)
        finally:
            machines.close()
        text = proposal.text()
    else:
        text = settings_text(read_contents(access, conf, entity), access, conf, entity, release or USUAL)
    if arguments.output:
        write_output(arguments.output, text)
        sys.stderr.write(f"{arguments.output} is written\n")
    else:
        sys.stdout.write(modeline(Path()) + text)
    for name, why in unseen.items():
        sys.stderr.write(redacted_line(f"warning: {name} was not looked at: {why}") + "\n")
    return INCOMPLETE if unseen else WELL


def _access(arguments: argparse.Namespace, name: str, address: str) -> HostAccess:
    return HostAccess(
        name=name,
        address=address,
        user=arguments.user,
        port=arguments.port,
        identity_file=arguments.identity_file,
        known_hosts=arguments.known_hosts,
        sudo=not arguments.no_sudo,
        python=arguments.python,
    )


def _hosts(given: list[str]) -> dict[str, str]:
    """Return the address of each host by its name."""
    found: dict[str, str] = {}
    for word in (word.strip() for words in given for word in words.split(",")):
        name, _, address = word.partition("=")
        try:
            TypeAdapter(HostName).validate_python(name)
        except ValidationError:
            raise Refused(f"--hosts: {name!r} is no name of a host; write NAME or NAME=ADDRESS, with commas") from None
        found[name] = address or name
    return found


def _stack(output: Path | None) -> str:
    """Return the name of the stack that the settings are for: its journals say what is the stack's already."""
    match = _STACK_FILE.fullmatch(output.name) if output else None
    return match[1] if match else "new"
