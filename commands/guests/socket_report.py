"""What `guests --socket` prints: each guest with what its sockets said, for a person or as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from commands.guests.asked_guest import AskedGuest, AskedHost

JSON_VERSION = 1


def as_text(asked: Sequence[AskedHost]) -> str:
    """Return a line for each guest, and under it each socket with its answer."""
    lines: list[str] = []
    for host in asked:
        if host.unseen:
            lines.append(f"{host.host}: could not ask: {host.unseen}")
        for guest in host.guests:
            lines += _lines(host.host, guest)
    guests = [guest for host in asked for guest in host.guests]
    silent, unseen = sum(guest.is_silent for guest in guests), sum(bool(host.unseen) for host in asked)
    count = f"{len(guests)} running guest{'' if len(guests) == 1 else 's'}: {silent} silent"
    return "\n".join([*lines, "", count + (f"; {unseen} hosts could not be asked" if unseen else "")])


def _lines(host: str, asked: AskedGuest) -> Iterator[str]:
    name = f"{host} {asked.guest.name} {asked.guest.uuid}"
    if not asked.answers:
        yield f"{name}: {asked.why_none or 'no disk in Ceph'}"
    for answer in asked.answers:
        yield f"{name}: {answer.path}{f': {answer.problem}' if answer.problem else ''}"
        if not answer.problem:
            yield from (f"  {line}" for line in json.dumps(answer.answer, indent=2).splitlines())


def as_json(asked: Sequence[AskedHost]) -> str:
    """Return every host with every guest and socket as JSON."""
    hosts = [{"host": host.host, "could_not_ask": host.unseen, "guests": _guests(host)} for host in asked]
    return json.dumps({"version": JSON_VERSION, "hosts": hosts}, indent=2)


def _guests(host: AskedHost) -> list[dict[str, Any]]:
    return [
        {
            "name": asked.guest.name,
            "uuid": asked.guest.uuid,
            "sockets": [answer.model_dump(exclude={"pid"}) for answer in asked.answers],
            "why_none": asked.why_none,
        }
        for asked in host.guests
    ]
