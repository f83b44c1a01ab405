"""Looks at all links of a stack at the same time, over one connection per host."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from commands.verify.in_apis import looks_in_apis
from commands.verify.link import Link
from commands.verify.look import Look
from commands.verify.on_hosts import KINDS, looks_on_hosts
from components.services.api import Api
from components.services.finding import FindingState, skipped, unseen
from components.stack.graph import Graph
from providers.reach.machines import Machines

THREADS = 64
NO_API = "OpenStack's APIs"
NO_CLOUD = (
    "nobody asked: --cloud NAME, an administrator in clouds.yaml, shows services as Cinder and Nova see them, stores,"
    " direct URLs"
)


def look_at_links(graph: Graph, machines: Machines, api: Api | None = None) -> list[Link]:
    """Return every link of the stack, ordered by kind, name and place.

    Args:
        graph: What the stack wires.
        machines: The hosts and the cluster.
        api: The OpenStack. None: its APIs are not asked, and the table has a row that says so.
    """
    on_hosts = list(looks_on_hosts(graph, machines))
    in_apis = list(looks_in_apis(graph.api_looks, api)) if api else []
    with ThreadPoolExecutor(THREADS) as pool:
        # The APIs are asked one after the other, because they are few and share a login.
        later = pool.submit(_look_at_all, in_apis)
        links = _without_unreached(list(pool.map(lambda look: look(), on_hosts)))
        links += later.result()
    if api is None:
        links.append(Link(NO_API, "", "Keystone", skipped(NO_CLOUD)))
    kinds = [*KINDS, *dict.fromkeys(look.kind for look in in_apis), NO_API]
    return sorted(links, key=lambda link: (kinds.index(link.kind), link.name, link.where))


def _look_at_all(looks: Sequence[Look]) -> list[Link]:
    return [look() for look in looks]


def _without_unreached(links: Sequence[Link]) -> list[Link]:
    """Return the links with one row for each host that was not reached. This row counts the host's other links."""
    unreached = {link.where for link in links if link.kind == "host" and link.state is FindingState.UNSEEN}
    kept = []
    for link in links:
        if link.kind == "host" and link.where in unreached:
            others = sum(other.where == link.where for other in links) - 1
            kept.append(replace(link, finding=unseen(f"{link.finding.text}; {others} links there were not looked at")))
        elif link.where not in unreached or link.state is not FindingState.UNSEEN:
            kept.append(link)
    return kept
