"""A repository of packages."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from components.settings.base import SettingsModel
from components.settings.values import Line


def _fingerprint(text: str) -> str:
    found = text.replace(" ", "").upper()
    if len(found) not in (40, 64) or set(found) - set("0123456789ABCDEF"):
        raise ValueError("must be a whole fingerprint, 40 or 64 hexadecimal digits, as `gpg --show-keys` prints it")
    return found


def _word(text: str) -> str:
    if not text or any(character.isspace() or ord(character) < 33 for character in text):
        raise ValueError("must be one word, without blanks")
    return text


Word = Annotated[Line, AfterValidator(_word)]
FileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Repository(SettingsModel):
    """A repository of packages, and the key by which its lists are checked."""

    name: FileName = Field(
        "ceph", description="Name of its files on the hosts, and of the section in yum. Default ceph."
    )
    uri: Word = Field(description="Where it is, such as https://download.ceph.com/debian-squeeze.")
    suite: Word | None = Field(
        None, description="On debian and ubuntu: its suite, such as bookworm. A flat one ends in /."
    )
    components: list[Word] = Field(
        default=["main"], description="On debian and ubuntu: its components. Default [main]."
    )
    key: Line = Field(description="File with its public key, on the machine that runs Pulumi, armored or not.")
    fingerprint: Annotated[str, AfterValidator(_fingerprint)] = Field(
        description="Fingerprint of that key, from a source that you trust. A file with another key is refused."
    )
