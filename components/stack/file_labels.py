"""SELinux types of the files that a stack keeps in /etc/ceph, or where the settings say."""

from __future__ import annotations

from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.models import FileLabelDesired


def add_file_label(draft: Draft, inventory: Inventory, host: str, path: str, *, file: str) -> list[str]:
    """Add the label of a file, if the settings want one.

    Args:
        draft: the graph.
        inventory: what the services need.
        host: where the file is.
        path: the file.
        file: the logical name of the file.

    Returns:
        The logical names of the file and of its label, both of which services have to wait for.
    """
    wanted = inventory.settings.cluster.selinux_type
    if wanted is None:
        return [file]
    name = names.file_label(path, host)
    model = FileLabelDesired(stack=inventory.site.stack, host=host, path=path, selinux_type=wanted)
    draft.add_once(name, model, parent=names.CEPH_CLIENT[0], needs=[file])
    return [file, name]
