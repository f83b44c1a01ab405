"""Prints the settings for a new stack: asks an admin host what cluster it speaks for, and what is there already.

It only reads. What it prints can be saved as Pulumi.<stack>.yaml: services have no hosts yet (`hosts: []` configures
none), and a pool or user that exists, and that no other stack keeps, is marked to be adopted.
"""

from __future__ import annotations

import argparse
import sys

from commands.discover.cluster_contents import read_contents
from commands.discover.settings_text import settings_text
from components.settings.releases import RELEASES
from providers.reach.host_access import HostAccess

HELP = "print the settings for a new stack"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `discover`."""
    parser.add_argument("name", help="what to call the admin host: librados and an admin keyring are there")
    parser.add_argument("--address", help="name or address; local: this machine (default: NAME)")
    parser.add_argument("--user", default="root", help="user to log in as (default root)")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--identity-file", default="", help="private key (default: ssh-agent's)")
    parser.add_argument("--known-hosts", default="", help="default ~/.ssh/known_hosts")
    parser.add_argument("--no-sudo", action="store_true", help="user is root, or may read the admin keyring")
    parser.add_argument("--python", default="python3", help="Python on the host (default python3)")
    parser.add_argument("--admin-conf", default="/etc/ceph/ceph.conf")
    parser.add_argument("--admin-entity", default="client.admin")
    parser.add_argument("--release", default=RELEASES[0], choices=RELEASES, help="OpenStack release to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the settings and return the exit status."""
    access = HostAccess(
        name=arguments.name,
        address=arguments.address or arguments.name,
        user=arguments.user,
        port=arguments.port,
        identity_file=arguments.identity_file,
        known_hosts=arguments.known_hosts,
        sudo=not arguments.no_sudo,
        python=arguments.python,
    )
    conf, entity = arguments.admin_conf, arguments.admin_entity
    contents = read_contents(access, conf, entity)
    sys.stdout.write(settings_text(contents, access, conf, entity, arguments.release))
    return 0
