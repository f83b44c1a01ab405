"""Looks at all links of a stack at the same time, over one connection per host."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from commands.verify import cloud, hosts, wired
from commands.verify.link import KINDS, Link, State, unseen
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.reach.machines import Machines

THREADS = 64
NO_CLOUD = (
    "give --cloud NAME, an administrator in clouds.yaml:"
    " it shows services as Cinder and Nova see them, stores, direct URLs"
)


def look_at_links(stack: str, settings: StackSettings, machines: Machines, api: cloud.Api | None = None) -> list[Link]:
    """Return every link of the stack, in the order of the table.

    Args:
        stack: Name of the stack.
        settings: Settings of the stack.
        machines: The hosts and the cluster.
        api: The OpenStack. None: its APIs are not asked, and the table has a row that says so.
    """
    graph = wire(settings, stack)
    looks = list(hosts.looks(list(wired.things(graph)), graph.accounts, machines))
    with ThreadPoolExecutor(THREADS) as pool:
        in_apis = pool.submit(cloud.links, settings, api) if api else None
        links = _without_unreached(list(pool.map(lambda look: look(), looks)))
        links += in_apis.result() if in_apis else [Link("OpenStack's APIs", "", "Keystone", unseen(NO_CLOUD))]
    return sorted(links, key=lambda link: (KINDS.index(link.kind), link.name, link.where))


def _without_unreached(links: Sequence[Link]) -> list[Link]:
    """Return the links with one row for each host that was not reached. This row counts the host's other links."""
    unreached = {link.where for link in links if link.kind == "host" and link.state is State.UNSEEN}
    kept = []
    for link in links:
        if link.kind == "host" and link.where in unreached:
            others = sum(other.where == link.where for other in links) - 1
            kept.append(replace(link, finding=unseen(f"{link.finding.text}; {others} links there were not looked at")))
        elif link.where not in unreached or link.state is not State.UNSEEN:
            kept.append(link)
    return kept
