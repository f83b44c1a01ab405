"""OsdDump: what the monitors know of OSDs, of erasure codes, and of clients that are shut out."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from providers.reach.answers.answer import Answer


class OsdDump(Answer):
    """The answer to `ceph osd dump`, as far as it is needed.

    Attributes:
        blocklist: Until when a client is shut out, by address and nonce. Port and nonce 0 stand for every client of a
            host. Until Octopus it is called `blacklist`.
        erasure_code_profiles: Each profile's parameters by the profile's name.
        require_min_compat_client: The oldest release that clients may have; empty where nobody has set it.
    """

    blocklist: dict[str, str] = Field(validation_alias=AliasChoices("blocklist", "blacklist"))
    erasure_code_profiles: dict[str, dict[str, str]] = Field(default_factory=dict)
    require_min_compat_client: str = ""
