"""OsdDump: what the monitors know of OSDs and of clients that are shut out."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from providers.reach.answers.answer import Answer


class OsdDump(Answer):
    """The answer to `ceph osd dump`, as far as it is needed.

    Attributes:
        blocklist: Until when a client is shut out, by address and nonce. Port and nonce 0 stand for every client of a
            host. Until Octopus it is called `blacklist`.
    """

    blocklist: dict[str, str] = Field(validation_alias=AliasChoices("blocklist", "blacklist"))
