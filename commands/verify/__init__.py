"""Looks at every link between the services of a stack and their data, from the hosts and, with --cloud, through OpenStack's APIs.

It only reads. Each row says ok, warning, BROKEN or could not look, and what was seen. Whether options are as the stack wants them
is not looked at: `pulumi preview --refresh` does that. Exit status 1: a link is broken, or nothing could be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from commands.verify import cloud, hosts, wired
from commands.verify.link import KINDS, Link, State, unseen
from components.settings import StackSettings
from providers.reach.machines import Machines

THREADS = 64
NO_CLOUD = "give --cloud NAME, an administrator in clouds.yaml: it shows services as Cinder and Nova see them, stores, direct URLs"


def verify(stack: str, settings: StackSettings, machines: Machines, api: cloud.Api | None = None) -> list[Link]:
    """Return every link with what was seen of it; all are looked at at the same time, over one connection per host."""
    things = list(wired.things(stack, settings))
    looks = list(hosts.looks(things, wired.accounts(stack, settings), machines))
    with ThreadPoolExecutor(THREADS) as pool:
        in_apis = pool.submit(cloud.links, settings, api) if api else None
        links = without_unreached(list(pool.map(lambda look: look(), looks)))
        links += in_apis.result() if in_apis else [Link("OpenStack's APIs", "", "Keystone", unseen(NO_CLOUD))]
    return sorted(links, key=lambda link: (KINDS.index(link.kind), link.name, link.where))


def without_unreached(links: Sequence[Link]) -> list[Link]:
    """Return the links, of a host that was not reached only that, with the number of links there."""
    unreached = {one.where for one in links if one.kind == "host" and one.state is State.UNSEEN}
    kept = []
    for one in links:
        if one.kind == "host" and one.where in unreached:
            left = sum(other.where == one.where for other in links) - 1
            text = f"{one.seen.text}; {left} links there were not looked at"
            one = replace(one, seen=unseen(text))
        elif one.where in unreached and one.state is State.UNSEEN:
            continue
        kept.append(one)
    return kept
