"""Which OpenStack a command asks: the one that the command line names, otherwise the one of the stack's settings."""

from __future__ import annotations

import argparse

from commands.project import absolute_path
from components.stack.stack_settings import StackSettings
from providers.reach.cloud_name import CloudName


def add_cloud(parser: argparse.ArgumentParser) -> None:
    """Declare `--cloud` and `--clouds-file`."""
    parser.add_argument(
        "--cloud", default="", help="name in clouds.yaml, an administrator's (default: openstack.cloud)"
    )
    parser.add_argument(
        "--clouds-file",
        type=absolute_path,
        default="",
        help="clouds.yaml (default: openstack.clouds_file, or where openstacksdk looks)",
    )


def cloud_of(arguments: argparse.Namespace, settings: StackSettings | None) -> CloudName | None:
    """Return the cloud, or None when neither arguments nor settings name one.

    Region and interface of the settings belong to the settings' own cloud. Another cloud is asked without them.
    """
    openstack = settings.openstack if settings else None
    name = arguments.cloud or (openstack.cloud if openstack else "")
    if not name:
        return None
    file = arguments.clouds_file or (openstack.clouds_file if openstack else None) or ""
    if openstack is None or openstack.cloud != name:
        return CloudName(name=name, file=file)
    return CloudName(name=name, file=file, region=openstack.region or "", interface=openstack.interface or "")
