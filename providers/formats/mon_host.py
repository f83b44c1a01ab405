"""Monitors as `mon host` names them and librados reads them.

The grammar is that of Ceph 14 and later (``MonMap::init_with_ips``, ``init_with_hosts``). An entry is one of these:

- an address: ``192.0.2.1``, ``[fd00::1]:6789``, ``v2:192.0.2.1:3300/0``;
- several addresses of one monitor in brackets: ``[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]``;
- a name that the resolver knows, perhaps with a port: ``mon1:6789``.

Commas, blanks or semicolons separate entries. What librados reads as something that nobody means is refused, too: a
port beyond 65535 (librados lets the number wrap around), several addresses in brackets without ports (librados takes
port 0), and an IPv4 address of two or three numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated

from pydantic import AfterValidator

DEFAULT_PORTS = {"v2": 3300, "v1": 6789}
EXAMPLES = "write for example 192.0.2.1:6789, [fd00::1]:6789 or [v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]"

_PREFIX = re.compile(r"(?:(v1|v2|any):)?(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


@dataclass(frozen=True)
class MonAddress:
    """One address, or one name, of a monitor.

    Attributes:
        written: Its text.
        protocol: `v1`, `v2`, or `any` where the port alone tells.
        host: An address, or the name that stands for one.
        port: 0 where the protocol's default is meant.
        plain: Whether librados also takes the text where names stand beside it.
    """

    written: str
    protocol: str
    host: IPv4Address | IPv6Address | str
    port: int
    plain: bool

    def places(self) -> set[tuple[str, IPv4Address | IPv6Address | str, int]]:
        """Return where librados looks for the monitor: it tries both protocols where none is told."""
        by_port = {port: protocol for protocol, port in DEFAULT_PORTS.items()}
        protocol = by_port.get(self.port, self.protocol) if self.protocol == "any" else self.protocol
        protocols = DEFAULT_PORTS if protocol == "any" else (protocol,)
        return {(one, self.host, self.port or DEFAULT_PORTS[one]) for one in protocols}


def parse(text: str) -> list[MonAddress]:
    """Return what an entry names, in its order.

    Raises:
        ValueError: librados cannot read the entry, or reads what nobody means. The text is not quoted.
    """
    found: list[MonAddress] = []
    for piece in _pieces(text):
        inner = piece[1:-1]
        if piece.startswith("[") and piece.endswith("]") and _ip(inner) is None:
            addresses = [_address(one, listed=True) for one in inner.split(",")]
            if len(addresses) > 1 and not all(one.port for one in addresses):
                raise ValueError("lists addresses in brackets without their ports; write each with its port")
            found += addresses
        else:
            found.append(_address(piece))
    if not found:
        raise ValueError(f"names no monitor; {EXAMPLES}")
    return found


def check_mon_host(text: str) -> str:
    """Return an entry that librados reads.

    Raises:
        ValueError: see `parse`.
    """
    parse(text)
    return text


def check_mon_hosts(entries: Sequence[str]) -> Sequence[str]:
    """Return entries that librados also reads together.

    Raises:
        ValueError: An entry alone is wrong, or a name stands beside what librados would then look up as a name, too.
    """
    found = [one for entry in entries for one in parse(entry)]
    if any(isinstance(one.host, str) for one in found) and not all(one.plain for one in found):
        raise ValueError(
            "names cannot stand beside addresses with v1:, v2:, a number after / or a list in brackets, because then"
            " librados looks up all of them as names; write addresses only, or names only"
        )
    return entries


MonHost = Annotated[str, AfterValidator(check_mon_host)]
"""One entry of `mon host`."""

MonHosts = Annotated[list[MonHost], AfterValidator(check_mon_hosts)]
"""All entries of `mon host`."""


def strangers(entries: Iterable[str], monitors: Iterable[str]) -> list[str]:
    """Return the addresses in `entries` at which none of the monitors listens, as they are written.

    Names are passed over, because only the host that uses them can look them up. An entry that librados cannot read
    is a stranger.

    Args:
        entries: As in the settings.
        monitors: The monitors' addresses, as `v2:192.0.2.1:3300`.
    """
    known = {place for monitor in monitors for one in _readable(monitor) for place in one.places()}
    unknown: list[str] = []
    for entry in entries:
        addresses = [one for one in _readable(entry) if not isinstance(one.host, str)]
        unknown += [one.written for one in addresses if not one.places() & known] if _readable(entry) else [entry]
    return unknown


def _readable(text: str) -> list[MonAddress]:
    """Return what the text names, or nothing: a state may hold entries from before they were checked."""
    try:
        return parse(text)
    except ValueError:
        return []


def _pieces(text: str) -> Iterator[str]:
    """Split at commas, blanks and semicolons outside brackets."""
    depth, piece = 0, ""
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if not 0 <= depth <= 2:
            raise ValueError(f"has a bracket too many; {EXAMPLES}")
        if depth and character in " ;":
            raise ValueError("holds a blank or a semicolon within brackets; remove it, or write a comma")
        if depth or character not in ", ;":
            piece += character
        elif piece:
            yield piece
            piece = ""
    if depth:
        raise ValueError(f"has a bracket that does not close; {EXAMPLES}")
    if piece:
        yield piece


def _address(written: str, *, listed: bool = False) -> MonAddress:
    """Read one address or name; within a list there are no names, and what has no prefix is v2."""
    split = _PREFIX.fullmatch(written)
    assert split is not None, written  # noqa: S101 - it matches every line
    place, slash, nonce = split[2].partition("/")
    if slash and not re.fullmatch("[0-9]+", nonce):
        raise ValueError(f"has something other than a number after /; {EXAMPLES}")
    host, port = _host_and_port(place)
    plain = not (listed or slash or split[1])
    address = _ip(host)
    if address is None and (not plain or place.startswith("[") or not _is_name(host)):
        raise ValueError(f"holds what is neither an address nor a name of a host; {EXAMPLES}")
    protocol = split[1] or ("v2" if listed else "any")
    return MonAddress(written, protocol, host if address is None else address, port, plain)


def _host_and_port(place: str) -> tuple[str, int]:
    """Return both parts; an IPv6 address without brackets has no port."""
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        colon, port = rest[:1], rest[1:]
    elif place.count(":") > 1:
        return place, 0
    else:
        host, colon, port = place.partition(":")
    if colon not in ("", ":") or (colon and not re.fullmatch("[0-9]{1,5}", port)) or int(port or 0) > 65535:
        raise ValueError(f"has a port that is no number from 0 to 65535; {EXAMPLES}")
    return host, int(port or 0)


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address; librados knows neither zones nor IPv4 addresses within IPv6 ones."""
    try:
        return ip_address(text) if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:]+", text) else None
    except ValueError:
        return None


def _is_name(text: str) -> bool:
    """Return whether a resolver may know it: four numbers too large, or three numbers, are a mistyped address."""
    return bool(_NAME.fullmatch(text)) and not re.fullmatch("[0-9.]+", text)
