"""The words of `python -m commands images`, and what they mean."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands import cloud_place, image_copy, image_list
from commands.image_copy import Copy, Wish
from commands.image_list import Target
from commands.stack_file import settings_of
from providers.errors import Refused
from providers.reach.cloud import CloudSession
from providers.redaction import redacted_line


def add_words(images: argparse.ArgumentParser) -> None:
    """Tell the command its own words."""
    whats = images.add_subparsers(dest="what", required=True, metavar="WHAT")
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--stack", help="take cloud, cluster and store from Pulumi.<stack>.yaml")
    which.add_argument("--project", type=Path, default=Path(), help="folder with Pulumi.<stack>.yaml (default: here)")
    cloud_place.add_words(which)
    which.add_argument("--fsid", default="", help="the cluster (default: the stack's; without, any RBD is right)")
    which.add_argument("--store", default="", help="id of Glance's store in RBD (default: the stack's glance.backend)")
    whats.add_parser("list", parents=[which], help="list them", description=image_list.__doc__)
    doing = argparse.ArgumentParser(add_help=False, parents=[which])
    doing.add_argument("image", help="name or id")
    doing.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="room for its data (default /var/tmp)")
    doing.add_argument("--read-back", action="store_true", help="also download the new image and compare that")
    doing.add_argument("--really", action="store_true", help="do it; without this it only says what it would do")
    for name, told in (
        ("convert", "make a raw image in RBD of another format"),
        ("move", "bring an image into RBD as it is"),
    ):
        whats.add_parser(name, parents=[doing], help=told, description=image_copy.__doc__)


def run(words: argparse.Namespace) -> int:
    settings = settings_of(words.stack, words.project)[0] if words.stack else None
    place = cloud_place.place_of(words, settings)
    if place is None:
        raise Refused("images: which cloud? --cloud NAME, or --stack STACK whose settings have openstack.cloud")
    target = Target(
        fsid=words.fsid or (settings.cluster.fsid if settings else ""),
        store=words.store or (settings.glance.backend if settings and settings.glance else ""),
    )
    cloud = CloudSession(place)
    if words.what == "list":
        print("\n".join(image_list.table(cloud, target)))
        return 0
    wish = Wish(target, words.what == "convert", words.folder, words.read_back)
    copy = Copy(cloud, words.image, wish, lambda text: print(redacted_line(text), flush=True))
    if words.really:
        copy.run()
        return 0
    copy.check()
    print("\n".join(redacted_line(line) for line in copy.told()))
    print("nothing was changed: this only says what would be; --really does it")
    return 0
