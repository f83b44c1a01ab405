"""Which OpenStack a command asks: what its words say, else what the stack's settings say."""

from __future__ import annotations

import argparse

from components.settings import StackSettings
from providers.reach.cloud import CloudName


def add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cloud", default="", help="name in clouds.yaml, an administrator's (default: openstack.cloud)"
    )
    parser.add_argument(
        "--clouds-file", default="", help="clouds.yaml (default: openstack.clouds_file, or where openstacksdk looks)"
    )


def place_of(words: argparse.Namespace, settings: StackSettings | None) -> CloudName | None:
    """Return the cloud, None when neither names one. Region and interface of the settings are of their own cloud only."""
    own = settings.openstack if settings else None
    name = words.cloud or (own.cloud if own else "")
    if not name:
        return None
    file = words.clouds_file or (own.clouds_file if own else None) or ""
    if own is None or own.cloud != name:
        return CloudName(name=name, file=file)
    return CloudName(name=name, file=file, region=own.region or "", interface=own.interface or "")
