"""What each service has on its hosts: its options, after the libvirt secrets that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.services.at import At
from components.services.conf_file import conf_file
from components.services.secret_identity import secret_usage, user_secret_uuid
from components.settings.user import SecretUser
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.present import Present
from providers.models import ConfigSectionsDesired, SecretDesired


def add_service_files(
    draft: Draft, inventory: Inventory, *, users: Mapping[str, str], after: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add a component per service, and below it the secrets and the options of each of its hosts.

    Args:
        draft: the graph.
        inventory: what is needed.
        users: entity to the user's logical name; empty in a cell.
        after: host to what comes before its options.

    Returns:
        Host to the logical names of its secrets and options.
    """
    made: dict[str, list[str]] = {host: [] for host in inventory.hosts}
    for one in inventory.present:
        draft.component(one.service.label, names.component_type(one.service.component))
        for host in one.mine.hosts:
            secrets = [
                _secret(draft, inventory, one, host, user, generation, users=users, after=after[host])
                for user in one.service.secret_users(one.mine, inventory.others)
                for generation in user.generations
            ]
            made[host] += [*secrets, _config(draft, inventory, one, host, needs=[*after[host], *secrets])]
    return made


def _secret(
    draft: Draft,
    inventory: Inventory,
    one: Present,
    host: str,
    user: SecretUser,
    generation: int,
    *,
    users: Mapping[str, str],
    after: Sequence[str],
) -> str:
    site, entity, label = inventory.site, user.entity_of(generation), inventory.roles[user.entity]
    name = names.secret(label, generation, host)
    with draft.made_from(inventory.service(label).name, "user"):
        secret = SecretDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            entity=entity,
            uuid=user_secret_uuid(site.fsid, user, generation),
            usage=secret_usage(site.fsid, entity),
            adopt=user.adopt and generation == 1,
        )
        needs = [*after, *([users[entity]] if entity in users else [])]
        draft.add(name, secret, parent=one.service.label, needs=needs)
    return name


def _config(draft: Draft, inventory: Inventory, one: Present, host: str, *, needs: Sequence[str]) -> str:
    service, site = one.service, inventory.site
    daemon, name = service.daemons[site.platform.name], names.config(service.label, host)
    at = At(one.mine, site, inventory.others, host, section="")
    file, expected = conf_file(service.options, list(service.backends(one.mine)), at), service.expected(one.mine)
    with draft.made_from(service.name, "options"):
        config = ConfigSectionsDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            component=service.label,
            path=daemon.conf,
            sections=file.sections,
            list_items=file.list_items,
            later_files=list(daemon.later_files),
        )
        first = {"list_items_if_absent": file.list_items_if_absent, "expected": expected}
        given = {field: value for field, value in first.items() if value is not None}
        whole = ConfigSectionsDesired.model_validate({**config.as_given(), **given})
        draft.add(name, whole, parent=service.label, needs=needs)
    return name
