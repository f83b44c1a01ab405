"""Names the setting that keeps a user for running guests when a service works as another service's user again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def former_users(
    removed: Sequence[str], before: Mapping[str, str], now: Mapping[str, str], components: Collection[str]
) -> list[str]:
    """Return how to keep each user that `former_user` would keep: `client.nova as … under ceph-openstack:nova`.

    A service that stays in the stack without its user works as another service's user. Every such service has a
    setting `former_user`. A user of which only a former generation goes is not among those returned.

    Args:
        removed: The entities that are taken out.
        before: Entity -> the setting that spoke of the user, such as `nova.user`.
        now: The same, as it will be.
        components: The components whose files the stack will write, in whose name a dash stands for `_`.
    """
    services = {
        entity: setting.partition(".")[0]
        for entity in removed
        if (setting := before.get(entity)) and setting not in now.values()
    }
    return [
        f"{entity} as `former_user` under ceph-openstack:{service}"
        for entity, service in services.items()
        if service.replace("_", "-") in components
    ]


def keep_former_users(found: Sequence[str], stack: str) -> str:
    """Return the words that tell an operator to keep these users.

    Args:
        found: What `former_users` has returned, at least one.
        stack: The stack's name.
    """
    return (
        f"keep {' and '.join(found)} until the guests of that user are hard-rebooted"
        f" (`python -m commands guests --stack {stack}` lists them)"
    )
