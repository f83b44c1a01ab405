"""Caps as Ceph reads them: what a text grants.

The grammar is that of ``src/mon/MonCap.cc``, ``src/osd/OSDCap.cc`` and ``src/mgr/MgrCap.cc``. Two texts grant the
same when their sets of grants are equal. The order of grants does not matter, nor do repeats, quotes, a semicolon
for a comma, or ``pool x`` for ``pool=x``. What is within quotes counts as it is, so that ``'volumes '`` is another
pool than ``volumes``.

Ceph's parsers take the first way that fits and never come back to a choice. The parsers here do the same. Some texts
cannot be read here: caps for an MDS, those of a later release's grammar, and what Ceph refuses. Such a text grants
the same as the very same text only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Grant = frozenset[tuple[str, str]]
Grants = frozenset[Grant]
_Parts = tuple[tuple[str, str], ...]
_Way = Callable[[], _Parts]

DAEMONS = ("mon", "mgr", "osd", "mds")
"""The daemons that have caps."""
_BITS = ("r", "w", "x")
_NETWORK = re.compile(r"[/.:a-fA-F0-9\]\[]+")
_WORD = re.compile(r"\"([^\"]+)\"|'([^']+)'|([A-Za-z0-9_./-]+)")
_WORD_OR_NOTHING = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_./-]+)")


def same_caps(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two users, each given by its caps per daemon, may do the same."""
    return normal_form(one) == normal_form(other)


def normal_form(caps: Mapping[str, str]) -> dict[str, Grants | str]:
    """Return what each daemon's caps grant, or their text where it cannot be read."""
    return {daemon: _grants(daemon, text) for daemon, text in caps.items()}


def is_readable(daemon: str, text: str) -> bool:
    """Return whether Ceph reads the text as caps for a daemon. Caps for an MDS are not read here."""
    return daemon not in _GRAMMARS or not isinstance(_grants(daemon, text), str)


def _grants(daemon: str, text: str) -> Grants | str:
    if daemon not in _GRAMMARS:
        return text
    try:
        return _GRAMMARS[daemon](text).grants()
    except _Stuck:
        return text


class _Stuck(Exception):
    """The text does not go on as this way wants it."""


class _Grammar:
    """What the three grammars have in common. A method that reads moves `at` forward, or raises `_Stuck`.

    Attributes:
        spaces: What separates words.
        around: What may stand around a grant.
    """

    spaces = re.compile(r"[ \n\t]+")
    around = re.compile(r"[ \n\t]*")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def grants(self) -> Grants:
        """Return the grants of the whole text."""
        found = {self.one()}
        while self.at < len(self.text):
            self.take(re.compile("[;,]"))
            found.add(self.one())
        return frozenset(found)

    def one(self) -> Grant:
        self.take(self.around)
        parts = self.grant()
        self.take(self.around)
        if len({name for name, _ in parts}) < len(parts):
            raise _Stuck  # a name given twice: which of the values counts is left to Ceph
        return frozenset(parts)

    def grant(self) -> _Parts:
        raise NotImplementedError

    def take(self, what: re.Pattern[str] | str) -> re.Match[str]:
        match = (re.compile(re.escape(what)) if isinstance(what, str) else what).match(self.text, self.at)
        if match is None:
            raise _Stuck
        self.at = match.end()
        return match

    def word(self, pattern: re.Pattern[str] = _WORD) -> str:
        return next(group for group in self.take(pattern).groups() if group is not None)

    def first(self, *ways: _Way) -> _Parts:
        """Go the first way that leads on."""
        start = self.at
        for way in ways:
            try:
                return way()
            except _Stuck:
                self.at = start
        raise _Stuck

    def maybe(self, way: _Way) -> _Parts:
        return self.first(way, tuple)

    def spaced(self, *words: str) -> None:
        """Take the words, with spaces before each."""
        for word in words:
            self.take(self.spaces)
            self.take(word)

    def equals_or_spaces(self) -> None:
        self.take(re.compile(rf"=|{self.spaces.pattern}"))

    def network(self) -> _Parts:
        def network() -> _Parts:
            self.spaced("network")
            self.take(self.spaces)
            return (("network", self.take(_NETWORK)[0]),)

        return self.maybe(network)

    def everything(self) -> _Parts:
        self.take(re.compile(r"\*|all"))
        return (("allow", "*"),)

    def bits(self) -> _Parts:
        """Take at least one of r, w and x, in this order."""
        found = self.take(re.compile("r?w?x?"))[0]
        if not found:
            raise _Stuck
        return tuple((f"allow {bit}", "") for bit in _BITS if bit in found)


class _Monitor(_Grammar):
    """Caps for the monitors."""

    comparison = re.compile(r"(=)|[ \n\t]+(prefix|regex)[ \n\t]+")

    def grant(self) -> _Parts:
        parts = self.first(self.anything, self.profile, self.service, self.command)
        return (*parts, *self.network())

    def rights(self) -> _Parts:
        return self.first(self.everything, self.bits)

    def anything(self) -> _Parts:
        self.take("allow")
        self.take(self.spaces)
        return self.rights()

    def profile(self) -> _Parts:
        self.take(re.compile(rf"(?:allow{self.spaces.pattern})?profile"))
        self.equals_or_spaces()
        return (("profile", self.word()), *self.profile_arguments())

    def profile_arguments(self) -> _Parts:
        return ()

    def service(self) -> _Parts:
        parts = self.named("service")
        self.take(self.spaces)
        return (*parts, *self.rights())

    def command(self) -> _Parts:
        return (*self.named("command"), *self.maybe(self.arguments))

    def named(self, what: str) -> _Parts:
        self.take("allow")
        self.spaced(what)
        self.equals_or_spaces()
        return ((what, self.word()),)

    def arguments(self) -> _Parts:
        self.spaced("with")
        return self.pairs()

    def pairs(self) -> _Parts:
        found = self.pair()
        while more := self.maybe(self.pair):
            found += more
        return found

    def pair(self) -> _Parts:
        self.take(self.spaces)
        name, how = self.word(), self.word(self.comparison)
        return ((f"argument {name}", f"{how} {self.word()}"),)


class _Manager(_Monitor):
    """Caps for the managers: as for the monitors, with modules, and with arguments of a profile."""

    comparison = re.compile(r"[ \n\t]*(=)[ \n\t]*|[ \n\t]+(prefix|regex)[ \n\t]+")

    def grant(self) -> _Parts:
        parts = self.first(self.anything, self.profile, self.service, self.module, self.command)
        return (*parts, *self.network())

    def module(self) -> _Parts:
        parts = (*self.named("module"), *self.maybe(self.arguments))
        self.take(self.spaces)
        return (*parts, *self.rights())

    def profile_arguments(self) -> _Parts:
        return self.maybe(self.pairs)


class _Osd(_Grammar):
    """Caps for the OSDs."""

    spaces = re.compile(r"[ \t\n\v\f\r]+")
    around = re.compile(r"[ \t]*")

    def grants(self) -> Grants:
        self.text = self.text.rstrip(" \t\n\v\f\r")  # Ceph skips what is white at the end of the whole text
        return super().grants()

    def grant(self) -> _Parts:
        return self.first(
            lambda: (*self.allow(), *self.rights(), *self.where(), *self.network()),
            lambda: (*self.allow(), *self.where(), *self.rights(), *self.network()),
            lambda: (*self.profile(), *self.network()),
        )

    def allow(self) -> _Parts:
        self.take("allow")
        return ()

    def profile(self) -> _Parts:
        self.take("profile")
        self.equals_or_spaces()
        return (("profile", self.word()), *self.maybe(self.pool), *self.maybe(self.namespace))

    def rights(self) -> _Parts:
        return self.first(self.spaced_everything, self.spaced_bits, self.class_bits, self.class_name)

    def spaced_everything(self) -> _Parts:
        self.take(self.spaces)
        return self.everything()

    def spaced_bits(self) -> _Parts:
        self.take(self.spaces)
        bits = self.bits()
        if ("allow x", "") in bits:  # x is both of these
            bits = (*bits[:-1], ("allow class-read", ""), ("allow class-write", ""))
        return tuple({*bits, *self.maybe(self.class_bits)})

    def class_bits(self) -> _Parts:
        def bit(name: str) -> _Parts:
            self.spaced(name)
            return ((f"allow {name}", ""),)

        both = (*self.maybe(lambda: bit("class-read")), *self.maybe(lambda: bit("class-write")))
        if not both:
            raise _Stuck
        return both

    def class_name(self) -> _Parts:
        return (*self.value_of("class", "class"), *self.maybe(lambda: self.value_of("", "method")))

    def where(self) -> _Parts:
        """Take what the grant is for; nothing is everything."""
        return self.first(
            self.tag,
            lambda: (*self.namespace(), *self.tag()),
            lambda: (*self.auid(), *self.prefix()),
            lambda: (*self.maybe(self.pool), *self.namespace(), *self.prefix()),
            lambda: (*self.maybe(self.pool), *self.prefix()),
        )

    def value_of(self, keyword: str, name: str) -> _Parts:
        if keyword:
            self.spaced(keyword)
        self.take(self.spaces)
        return ((name, self.word()),)

    def pool(self) -> _Parts:
        self.spaced("pool")
        self.equals_or_spaces()
        return (("pool", self.word()),)

    def namespace(self) -> _Parts:
        self.spaced("namespace")
        self.equals_or_spaces()
        return (("namespace", self.word(_WORD_OR_NOTHING) + self.take(re.compile(r"\*?"))[0]),)

    def prefix(self) -> _Parts:
        return self.maybe(lambda: self.value_of("object_prefix", "object_prefix"))

    def auid(self) -> _Parts:
        self.spaced("auid")
        self.take(self.spaces)
        return (("auid", str(int(self.take(re.compile(r"[+-]?[0-9]+"))[0]))),)

    def tag(self) -> _Parts:
        application = self.value_of("tag", "application")
        self.take(self.spaces)
        key = self.word_or_wildcard()
        self.take(re.compile(r"[ \t\n\v\f\r]*=[ \t\n\v\f\r]*"))
        return (*application, ("key", key), ("value", self.word_or_wildcard()))

    def word_or_wildcard(self) -> str:
        start = self.at
        try:
            return self.everything()[0][1]
        except _Stuck:
            self.at = start
            return self.word()


_GRAMMARS: dict[str, type[_Grammar]] = {"mon": _Monitor, "mgr": _Manager, "osd": _Osd}


RIGHTS = frozenset({"r", "w", "class-read", "class-write"})
"""What a client of RBD needs on a pool to write to its images."""
_READS = frozenset({"r", "class-read"})
_NARROWER = ("namespace", "network", "auid", "application", "key", "value")
"""Parts of a grant that make it one for some clients, or for some of the objects, only."""


def lost_rights(had: str, wanted: str, pool: str) -> frozenset[str]:
    """Return which of `RIGHTS` on the images of a pool the caps `had` for the OSDs grant and `wanted` do not.

    Grants for objects of some prefix and for single methods are left out, because no image can be opened by them alone.
    A text that cannot be read here may grant everything, so all that it is not known to keep counts as lost.
    """
    if same_caps({"osd": had}, {"osd": wanted}):
        return frozenset()
    kept = _on_pool(wanted, pool) or set()
    there = _on_pool(had, pool)
    if there is None:
        return RIGHTS - {right for right, narrower in kept if not narrower}
    return frozenset(
        right for right, narrower in there if not any(right == other and narrower >= less for other, less in kept)
    )


def rights_on(text: str, pool: str) -> frozenset[str] | None:
    """Return which of `RIGHTS` on a pool's images caps for the OSDs grant, also those for some clients or objects only.

    Returns:
        The rights; None when the text cannot be read here.
    """
    found = _on_pool(text, pool)
    return None if found is None else frozenset(right for right, _ in found)


def reads_are_lost(rights: frozenset[str]) -> bool:
    """Return whether images cannot even be read without these rights."""
    return bool(rights & _READS)


def may_blocklist(mon: str) -> bool:
    """Return whether caps for the monitors let a client of RBD blocklist a dead owner of an image's lock."""
    grants = _grants("mon", mon)
    if isinstance(grants, str):
        return True
    return any(
        dict(grant).get("allow") == "*"
        or dict(grant).get("profile") in ("rbd", "simple-rados-client-with-blocklist")
        or dict(grant).get("command") in ("osd blacklist", "osd blocklist")
        for grant in grants
    )


def lists_clones(osd: str) -> bool:
    """Return whether caps for the OSDs let a client of RBD list the clones of an image, whatever pool they are in."""
    grants = _grants("osd", osd) if osd else frozenset[Grant]()
    if isinstance(grants, str):
        return True
    return any(
        dict(grant).get("profile") in ("rbd", "rbd-read-only")
        or dict(grant).get("object_prefix") == "rbd_children"
        or ("pool" not in dict(grant) and {"r", "class-read"} <= _rights(dict(grant)))
        for grant in grants
    )


def _on_pool(text: str, pool: str) -> set[tuple[str, Grant]] | None:
    """Return each right on the images of a pool with what makes it narrower; None for a text that cannot be read."""
    grants = _grants("osd", text) if text else frozenset[Grant]()
    if isinstance(grants, str):
        return None
    found = set()
    for grant in grants:
        parts = dict(grant)
        if parts.get("pool", pool) == pool and "object_prefix" not in parts and "class" not in parts:
            narrower = frozenset((name, value) for name, value in grant if name in _NARROWER)
            found |= {(right, narrower) for right in _rights(parts)}
    return found


def _rights(parts: Mapping[str, str]) -> frozenset[str]:
    """Return the rights of a grant. Guides give `rx` where `profile rbd-read-only` has all that a clone needs."""
    if "profile" in parts:
        return _READS if parts["profile"] == "rbd-read-only" else RIGHTS
    bits = RIGHTS if parts.get("allow") == "*" else frozenset(bit for bit in RIGHTS if f"allow {bit}" in parts)
    return bits if "w" in bits else bits - {"class-write"}
