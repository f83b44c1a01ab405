"""What a change of caps means, in words: on which pools a user may do more or less."""

from __future__ import annotations

from collections.abc import Iterable

from commands.report.value import Phrase, Value, joined
from providers.formats.caps import lost_rights, normal_form, reads_are_lost, rights_on, same_caps

ELSEWHERE = "(every other pool)"
"""Stands for all pools that no caps name. It can be no pool's name."""


def effect(daemon: str, had: str, wanted: str) -> Phrase:
    """Return what the change of a daemon's caps gives and takes."""
    if not had or not wanted:
        return ("wider" if wanted else "narrower",)
    if same_caps({daemon: had}, {daemon: wanted}):
        return ("the same rights in other words",)
    if daemon == "osd":
        return _on_pools(had, wanted)
    before, after = normal_form({daemon: had})[daemon], normal_form({daemon: wanted})[daemon]
    if isinstance(before, str) or isinstance(after, str):
        return ("other rights, which cannot be compared",)
    if after > before or after < before:
        return ("wider" if after > before else "narrower",)
    return ("other rights",)


def rights(osd: str, pools: Iterable[str] = ()) -> dict[str, str]:
    """Return what caps for the OSDs grant on each pool, in words; pools on which they grant nothing are left out."""
    named = [*dict.fromkeys([*pools_in(osd), *pools])]
    return {pool: words for pool in named if (words := _words(rights_on(osd, pool)))}


def allowed(osd: str) -> Phrase:
    """Return what caps for the OSDs grant: `reads and writes volumes, vms; reads images`."""
    by_words: dict[str, list[str]] = {}
    for pool, words in rights(osd, [ELSEWHERE]).items():
        by_words.setdefault(words, []).append(pool)
    return joined([(f"{words} ", *_pools(pools)) for words, pools in by_words.items()], "; ")


def pools_in(osd: str) -> list[str]:
    """Return the pools that caps for the OSDs name, sorted."""
    grants = normal_form({"osd": osd})["osd"] if osd else ""
    if isinstance(grants, str):
        return []
    return sorted({value for grant in grants for name, value in grant if name == "pool"})


def _on_pools(had: str, wanted: str) -> Phrase:
    more: list[Phrase] = []
    less: list[Phrase] = []
    for pool in dict.fromkeys([*pools_in(had), *pools_in(wanted), ELSEWHERE]):
        before, after = _words(rights_on(had, pool)), _words(rights_on(wanted, pool))
        change = (*_pools([pool]), f": {before or 'nothing'} → {after or 'nothing'}")
        if lost_rights(had, wanted, pool):
            less.append(change)
        elif lost_rights(wanted, had, pool):
            more.append(change)
    sides = [(f"{word}: ", *joined(found)) for word, found in (("narrower", less), ("wider", more)) if found]
    return joined(sides, "; ") if sides else ("the same on the images of each pool",)


def _words(found: frozenset[str] | None) -> str:
    if found is None:
        return "cannot be read here"
    if "w" in found:
        return "reads and writes"
    return "reads" if reads_are_lost(found) else ""


def _pools(pools: list[str]) -> Phrase:
    return joined([(pool,) if pool == ELSEWHERE else (Value.of(pool),) for pool in pools])
