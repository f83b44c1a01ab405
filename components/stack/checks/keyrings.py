"""What is refused in `keyrings`: a user whose keyring the service does not read, and keyrings that contradict."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.inventory import Inventory
from components.stack.keyrings import SaidOfKeyring, keyrings_on, said_of_keyring


def keyring_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each user that a service does not read, and each keyring that cannot be as two services say."""
    yield from _strangers(inventory)
    found: dict[Problem, None] = {}
    for host in inventory.hosts:
        found |= dict.fromkeys(_contradictions(inventory, host))
        found |= dict.fromkeys(_one_file(inventory, host))
    seen = {problem.where: problem for problem in reversed(found)}  # once per setting, not once per host
    yield from reversed(seen.values())


def _strangers(inventory: Inventory) -> Iterator[Problem]:
    for wired in inventory.wired_services:
        read = wired.service.keyrings_read(wired.mine, inventory.others)
        kept = wired.service.keyrings_kept(wired.mine, inventory.others)
        known = [user.entity_of(generation) for user in (*read, *kept) for generation in user.generations]
        for entity in wired.mine.keyrings:
            if entity not in known:
                advice = hint(entity, known, f"it reads those of {', '.join(known)}")
                what = f"is no user whose keyring this service reads; {advice}"
                yield Problem((wired.service.name, "keyrings", entity), what)


def _contradictions(inventory: Inventory, host: str) -> Iterator[Problem]:
    for keyring in keyrings_on(inventory, host):
        first: dict[str, SaidOfKeyring] = {}
        for said in said_of_keyring(inventory, host, keyring.entity):
            other = first.setdefault(said.part, said)
            if said.value != other.value:
                yield Problem(
                    (said.service, "keyrings", keyring.entity, said.part),
                    f"is another one in {other.service}.keyrings, and both are one keyring on {host}; say the same in "
                    "both",
                )


def _one_file(inventory: Inventory, host: str) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for keyring in keyrings_on(inventory, host):
        if not keyring.managed:
            continue
        pair = (seen.setdefault(keyring.path, keyring.entity), keyring.entity)
        if pair[0] != pair[1]:
            # At least one of the two was named, because the usual paths differ.
            service, entity = next(
                (said.service, entity)
                for entity in reversed(pair)
                for said in said_of_keyring(inventory, host, entity)
                if said.part == "path"
            )
            (other,) = set(pair) - {entity}
            yield Problem(
                (service, "keyrings", entity, "path"),
                f"is the keyring of {other}, too, on {host}, and a keyring is one user's; choose another path, or set "
                "managed to false for one of them",
            )
