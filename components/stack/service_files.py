"""What each service has on its hosts: libvirt secrets, and then the options, because options name the secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.services.at import At
from components.services.conf_file import conf_file
from components.services.secret_identity import user_secret_usage, user_secret_uuid
from components.settings.user import SecretUser
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.wired_service import WiredService
from providers.models import ConfigSectionsDesired, SecretDesired


def add_service_files(
    draft: Draft, inventory: Inventory, *, users: Mapping[str, str], needs: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add a component for each service, and below the component the secrets and the options on each host.

    Args:
        draft: the graph.
        inventory: what the services need.
        users: entity to the user's logical name; empty in a cell.
        needs: host to the logical names of what has to be made before the secrets and the options there.

    Returns:
        Host to the logical names of the secrets and the options there.
    """
    made: dict[str, list[str]] = {host: [] for host in inventory.hosts}
    for wired in inventory.wired_services:
        draft.component(wired.service.label, names.component_type(wired.service.component))
        for host in wired.mine.hosts:
            secrets = [
                _secret(draft, inventory, wired, host, user, generation, users=users, before=needs[host])
                for user in wired.service.secret_users(wired.mine, inventory.others)
                for generation in user.generations
            ]
            made[host] += [*secrets, _config(draft, inventory, wired, host, needs=[*needs[host], *secrets])]
    return made


def _secret(
    draft: Draft,
    inventory: Inventory,
    wired: WiredService,
    host: str,
    user: SecretUser,
    generation: int,
    *,
    users: Mapping[str, str],
    before: Sequence[str],
) -> str:
    site, entity, label = inventory.site, user.entity_of(generation), inventory.roles[user.entity]
    name = names.secret(label, generation, host)
    with draft.made_from(inventory.service(label).name, inventory.users[label].setting):
        secret = SecretDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            entity=entity,
            uuid=user_secret_uuid(site.fsid, user, generation),
            usage=user_secret_usage(site.fsid, user, generation),
            adopt=site.adopts(user.adopt) and generation == 1,
        )
        needs = [*before, *([users[entity]] if entity in users else [])]
        draft.add(name, secret, parent=wired.service.label, needs=needs)
    return name


def _config(draft: Draft, inventory: Inventory, wired: WiredService, host: str, *, needs: Sequence[str]) -> str:
    service, site = wired.service, inventory.site
    daemon, name = wired.daemon(site.platform.name, site.release), names.config(service.label, host)
    at = At(wired.mine, site, inventory.others, host, section="")
    file, expected = conf_file(service.options, list(service.backends(wired.mine)), at), service.expected(wired.mine)
    with draft.made_from(service.name, "options"):
        config = ConfigSectionsDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            component=service.label,
            path=daemon.conf,
            sections=file.sections,
            list_items=file.list_items,
            list_position="first" if service.list_position(wired.mine) == "first" and file.list_items else None,
            later_files=list(daemon.later_files),
            adopt=site.takes_over,
        )
        first = {"list_items_if_absent": file.list_items_if_absent, "expected": expected}
        given = {field: value for field, value in first.items() if value is not None}
        whole = ConfigSectionsDesired.model_validate({**config.as_given(), **given})
        draft.add(name, whole, parent=service.label, needs=needs)
    return name
