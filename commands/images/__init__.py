"""Finds images that are not raw in RBD and, when told so, replaces them.

This is a migration tool beside the program; README.md in its folder says more.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.cloud_arguments import add_cloud, cloud_of
from commands.images import listing, replacement
from commands.images.replacement import Replacement
from commands.images.request import CopyRequest
from commands.images.target import Target
from commands.project import absolute_path, add_project, enter_project
from commands.stack_file import settings_of
from components.services import SERVICES
from components.stack.stack_settings import StackSettings
from providers.errors import Refused
from providers.reach.cloud_session import CloudSession
from providers.redaction import redacted_line

HELP = "find images that are not raw in RBD, and make them so"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `images`: of `list`, `convert` and `move`."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--stack", help="take cloud, cluster and store from Pulumi.<stack>.yaml")
    add_project(where)
    add_cloud(where)
    where.add_argument("--fsid", default="", help="the cluster (default: the stack's; without, any RBD is right)")
    where.add_argument("--store", default="", help="id of Glance's store in RBD (default: the stack's glance.backend)")
    verbs.add_parser("list", parents=[where], help="list them", description=listing.__doc__)
    how = argparse.ArgumentParser(add_help=False, parents=[where])
    how.add_argument("image", help="name or id")
    how.add_argument("--folder", type=absolute_path, default="/var/tmp", help="room for its data (default /var/tmp)")
    how.add_argument("--read-back", action="store_true", help="also download the new image and compare that")
    how.add_argument("--really", action="store_true", help="do it; without this it only says what it would do")
    for name, text in (
        ("convert", "make a raw image in RBD of another format"),
        ("move", "bring an image into RBD as it is"),
    ):
        verbs.add_parser(name, parents=[how], help=text, description=replacement.__doc__)


def run(arguments: argparse.Namespace) -> int:
    """List images, or replace one, and return the exit status."""
    folder = enter_project(arguments.project)
    settings = settings_of(arguments.stack, folder)[0] if arguments.stack else None
    name = cloud_of(arguments, settings)
    if name is None:
        raise Refused("images: which cloud? --cloud NAME, or --stack STACK whose settings have openstack.cloud")
    cloud, target = CloudSession(name), _target(arguments, settings)
    if arguments.what == "list":
        print("\n".join(listing.list_images(cloud, target)))
        return 0
    request = CopyRequest(target, arguments.what == "convert", Path(arguments.folder), arguments.read_back)
    image = Replacement(cloud, arguments.image, request, lambda text: print(redacted_line(text), flush=True))
    if arguments.really:
        image.run()
        return 0
    image.check()
    print("\n".join(redacted_line(line) for line in image.describe()))
    print("nothing was changed: this only says what would be; --really does it")
    return 0


def _target(arguments: argparse.Namespace, settings: StackSettings | None) -> Target:
    return Target(
        fsid=arguments.fsid or (settings.cluster.fsid if settings else ""),
        store=arguments.store or (_store(settings) if settings else ""),
    )


def _store(settings: StackSettings) -> str:
    """Return the id of the stack's store for images, or an empty text when the stack has none."""
    stores = [service.image_store(mine) for service in SERVICES if (mine := settings.of(service)) is not None]
    return next(filter(None, stores), "")
