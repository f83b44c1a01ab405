"""`python -m commands`: what an operator needs beside `pulumi`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from commands import cloud_place, discover, images, undo, verify
from commands.stack_file import access_of, settings_of
from commands.verify import cloud, table
from components.releases import RELEASES
from providers.errors import ProviderError, Refused
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines
from providers.redaction import redacted_line


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m commands", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser("discover", help="print the settings for a new stack", description=discover.__doc__)
    one.add_argument("name", help="what to call the admin host: librados and an admin keyring are there")
    one.add_argument("--address", help="name or address; local: this machine (default: NAME)")
    one.add_argument("--user", default="root", help="user to log in as (default root)")
    one.add_argument("--port", type=int, default=22)
    one.add_argument("--identity-file", default="", help="private key (default: ssh-agent's)")
    one.add_argument("--known-hosts", default="", help="default ~/.ssh/known_hosts")
    one.add_argument("--no-sudo", action="store_true", help="user is root, or may read the admin keyring")
    one.add_argument("--python", default="python3", help="Python on the host (default python3)")
    one.add_argument("--admin-conf", default="/etc/ceph/ceph.conf")
    one.add_argument("--admin-entity", default="client.admin")
    one.add_argument("--release", default=RELEASES[0], choices=RELEASES, help="OpenStack release to print")

    two = commands.add_parser("undo", help="take a stack off a host by its journal", description=undo.__doc__)
    two.add_argument("--stack", required=True)
    where = two.add_mutually_exclusive_group(required=True)
    where.add_argument("--host", help="a host, by its name in the settings")
    where.add_argument("--cluster", action="store_true", help="pools and users; take it off all hosts first")
    two.add_argument("--project", type=Path, default=Path(), help="folder with Pulumi.<stack>.yaml (default: here)")
    two.add_argument("--cloud", default="", help="with --cluster: name in clouds.yaml (default: as the stack had it)")
    two.add_argument("--clouds-file", default="", help="with --cluster: clouds.yaml (default: as the stack had it)")
    two.add_argument("--really", action="store_true", help="do it; without this it only lists")

    three = commands.add_parser(
        "verify", help="look at every link from a service to its data", description=verify.__doc__
    )
    three.add_argument("--stack", required=True)
    three.add_argument("--project", type=Path, default=Path(), help="folder with Pulumi.<stack>.yaml (default: here)")
    cloud_place.add_words(three)
    three.add_argument("--json", action="store_true", help="print JSON instead of a table")

    images.add_words(commands.add_parser("images", help="find images that are not raw in RBD, and make them so"))
    return made


def run_discover(words: argparse.Namespace) -> int:
    access = HostAccess(
        name=words.name,
        address=words.address or words.name,
        user=words.user,
        port=words.port,
        identity_file=words.identity_file,
        known_hosts=words.known_hosts,
        sudo=not words.no_sudo,
        python=words.python,
    )
    found = discover.look(access, words.admin_conf, words.admin_entity)
    sys.stdout.write(discover.settings(found, access, words.admin_conf, words.admin_entity, words.release))
    return 0


def run_undo(words: argparse.Namespace) -> int:
    settings = access_of(words.stack, words.project)
    machines = Machines(settings)
    undo.use(machines)
    try:
        if words.cluster:
            where = machines.access(machines.admin_host).where
            given = {"name": words.cloud, "file": str(words.clouds_file)}
            cloud = {name: value for name, value in given.items() if value}
            items = undo.in_cluster(words.stack, undo.fsid_of(machines), machines, cloud)
        else:
            where = machines.access(words.host).where
            items = undo.on_host(words.stack, words.host, machines)
        if not items:
            print(f"stack {words.stack} has no journal on {where}: there is nothing to undo")
            return 0
        print(f"stack {words.stack} on {where}, by its journal:")
        return undo.run(items, print, really=words.really)
    finally:
        machines.close()


def run_verify(words: argparse.Namespace) -> int:
    settings, access = settings_of(words.stack, words.project)
    machines, place = Machines(access), cloud_place.place_of(words, settings)
    api = cloud.Endpoints(machines, place) if place else None
    try:
        links = verify.verify(words.stack, settings, machines, api)
    finally:
        machines.close()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(table.as_json(links) if words.json else table.table(links, width))
    return table.status(links)


def enter_project(words: argparse.Namespace) -> None:
    """Go to the stack's project, as Pulumi does: relative paths in settings start there, those among the words here."""
    for name in ("clouds_file", "folder"):
        if getattr(words, name, ""):
            setattr(words, name, type(getattr(words, name))(Path(getattr(words, name)).expanduser().absolute()))
    if hasattr(words, "project"):
        try:
            os.chdir(words.project)
        except OSError as problem:
            raise Refused(
                f"--project {words.project}: {problem.strerror}; name the folder with Pulumi.<stack>.yaml"
            ) from None
        words.project = Path()


RUNS = {"discover": run_discover, "undo": run_undo, "verify": run_verify, "images": images.run}


def main(argv: list[str] | None = None) -> int:
    words = parser().parse_args(argv)
    try:
        enter_project(words)
        return RUNS[words.command](words)
    except ProviderError as problem:
        sys.stderr.write(f"error: {redacted_line(str(problem))}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
