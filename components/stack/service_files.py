"""What each service has on its hosts: libvirt secrets, and then the options, because options name the secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.at import At
from components.services.conf_file import ConfFile, conf_file
from components.services.secret_identity import user_secret_usage, user_secret_uuid
from components.settings.user import SecretUser
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.visible_copies import add_visible_copy
from components.stack.wired_service import WiredService
from providers.models import ConfigSectionsDesired, SecretDesired

Users = Mapping[str, Mapping[str, str]]
"""Cluster to entity to the user's logical name; nothing for a cluster that the stack has no way into."""


def add_service_files(
    draft: Draft, inventory: Inventory, *, users: Users, needs: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add a component for each service, and below the component the secrets and the options on each host.

    Args:
        draft: the graph.
        inventory: what the services need.
        users: the users of each cluster.
        needs: host to the logical names of what has to be made before the secrets and the options there.

    Returns:
        Host to the logical names of the secrets and the options there.
    """
    made: dict[str, list[str]] = {host: [] for host in inventory.hosts}
    for whole in inventory.wired_services:
        draft.component(whole.service.label, names.component_type(whole.service.component))
        for host in whole.mine.hosts:
            secrets = [
                _secret(draft, there, wired, host, user, generation, users=users[there.cluster], before=needs[host])
                for there, wired in _by_cluster(inventory, whole)
                for user in wired.service.secret_users(wired.mine, there.others)
                for generation in user.generations
            ]
            made[host] += [*secrets, _config(draft, inventory, whole, host, needs=[*needs[host], *secrets])]
    return made


def _by_cluster(inventory: Inventory, whole: WiredService) -> Iterator[tuple[Inventory, WiredService]]:
    """Yield each cluster that a service has to do with, and the service there."""
    for there in inventory.clusters:
        for wired in there.wired_services:
            if wired.service is whole.service:
                yield there, wired


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
    name = inventory.named(names.secret(label, generation, host))
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
    file, expected = file_on_host(inventory, wired, host), service.expected(wired.mine)
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
        after_copy = add_visible_copy(draft, inventory, host, daemon.conf, needs)
        draft.add(name, whole, parent=service.label, needs=after_copy)
    return name


def file_on_host(inventory: Inventory, whole: WiredService, host: str) -> ConfFile:
    """Return what is written into a service's file on a host: what it says of each cluster there.

    Where two clusters would say another thing, such as the default of several stores, the first one's is written.
    """
    parts = [
        conf_file(
            wired.service.options,
            list(wired.service.backends(wired.mine)),
            At(wired.mine, there.site, there.others, host, section=""),
        )
        for there, wired in _by_cluster(inventory, whole)
        if wired.writes_on(host)
    ]
    first, *others = parts or [ConfFile({}, {}, None)]
    for other in others:
        first = first.beside(other)
    return first
