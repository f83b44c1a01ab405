"""Copies of the files that a stack writes options into, as the files were before any stack."""

from __future__ import annotations

from collections.abc import Sequence

from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.models import FileCopyDesired


def add_visible_copy(draft: Draft, inventory: Inventory, host: str, path: str, needs: Sequence[str]) -> list[str]:
    """Add the copy of a file, if the settings want copies.

    Several services and clusters share a file, and a service may leave before the others, so a copy belongs to none.

    Returns:
        What the file's options have to come after.
    """
    if not inventory.settings.visible_copies:
        return list(needs)
    name = names.visible_copy(path, host)
    model = FileCopyDesired(stack=inventory.site.stack, host=host, path=path)
    draft.add_once(name, model, parent=names.CEPH_CLIENT[0], needs=needs)
    return [*needs, name]
