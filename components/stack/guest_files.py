"""The folders that guests write admin sockets and logs to, and the rules by which the folders last and may be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.formats.ceph_conf import CEPH_CONF
from providers.models import DirectoryDesired, FileLinesDesired

TMPFILES = "/etc/tmpfiles.d/ceph-guests.conf"
"""By which systemd makes the folders below /run at each boot."""
_MODE = "0770"


def guest_options(inventory: Inventory, host: str) -> dict[str, str]:
    """Return the [client] options that the services on a host set for the Ceph client in each guest's qemu."""
    here = [wired for wired in inventory.wired_services if host in wired.mine.hosts]
    return {name: value for wired in here for name, value in wired.service.guest_options(wired.mine).items()}


def guest_folders(options: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the folders that guests write to, for `socket` and `log`, each with the option that names the folder.

    A folder with a variable (`$`) in its name is left out, because only the client knows which folder it is. /var/run
    is a link to /run.
    """
    folders: dict[str, tuple[str, str]] = {}
    for name, value in options.items():
        kind = {"admin_socket": "socket", "log_file": "log"}.get(CEPH_CONF.option_key(name))
        folder = re.sub("^/var/run/", "/run/", str(PurePosixPath(value).parent))
        seen = [path for _, path in folders.values()]
        if kind and folder.startswith("/") and "$" not in folder and folder not in seen:
            folders[kind] = (name, folder)
    return folders


def add_guest_files(draft: Draft, inventory: Inventory, host: str, needs: Sequence[str]) -> list[str]:
    """Add the folders of a host that guests write to, and the rules for the folders.

    Returns:
        The logical names.
    """
    folders, made = guest_folders(guest_options(inventory, host)), list[str]()
    for kind, (option, path) in folders.items():
        name = names.guest_directory(kind, host)
        with draft.made_from(*_setting_of(inventory, host, option)):
            draft.add_once(name, _folder(inventory, host, path), parent=names.CEPH_CLIENT[0], needs=needs)
        made.append(name)
    lasting = [path for _, path in folders.values() if path.startswith("/run/")]
    if lasting:
        platform = inventory.site.platform
        lines = [f"d {path} {_MODE} {platform.qemu_user} {platform.qemu_group} -" for path in lasting]
        made.append(names.guest_rules("tmpfiles", host))
        model = FileLinesDesired(stack=inventory.site.stack, host=host, path=TMPFILES, lines=lines)
        draft.add_once(made[-1], model, parent=names.CEPH_CLIENT[0], needs=needs)
    return [*made, *_add_apparmor(draft, inventory, host, [path for _, path in folders.values()], needs)]


def _folder(inventory: Inventory, host: str, path: str) -> DirectoryDesired:
    site = inventory.site
    return DirectoryDesired(
        stack=site.stack,
        host=host,
        path=path,
        owner=site.platform.qemu_user,
        group=site.platform.qemu_group,
        mode=_MODE,
        adopt=site.takes_over,
    )


def _add_apparmor(
    draft: Draft, inventory: Inventory, host: str, folders: Sequence[str], needs: Sequence[str]
) -> list[str]:
    """Add the rules with which AppArmor lets guests write to the folders, and the folder of the rules' file.

    Debian 12 has the folder already, and libvirt's packages of later releases have none.
    """
    made, parent = list[str](), names.CEPH_CLIENT[0]
    for setting, path in _rules_files(inventory, host) if folders else ():
        stack, folder = inventory.site.stack, str(PurePosixPath(path).parent)
        made += [names.rules_directory("apparmor", host), names.guest_rules("apparmor", host)]
        with draft.made_from(*setting):
            directory = DirectoryDesired(stack=stack, host=host, path=folder, adopt=inventory.site.takes_over)
            draft.add_once(made[-2], directory, parent=parent, needs=needs)
            rules = [f'  "{folder}/*" rw,' for folder in folders]
            lines = FileLinesDesired(stack=stack, host=host, path=path, lines=rules)
            draft.add_once(made[-1], lines, parent=parent, needs=[made[-2]])
    return made


def _rules_files(inventory: Inventory, host: str) -> Iterator[tuple[tuple[str, str], str]]:
    for wired in inventory.wired_services:
        path = wired.service.guest_rules_file(wired.mine) if host in wired.mine.hosts else None
        if path:
            yield (wired.service.name, "apparmor_file"), path


def _setting_of(inventory: Inventory, host: str, option: str) -> tuple[str, ...]:
    """Return the path of the setting that an option for guests comes from."""
    here = [wired for wired in inventory.wired_services if host in wired.mine.hosts]
    service = next(wired.service for wired in here if option in wired.service.guest_options(wired.mine))
    return (service.name, "client_options", option)
