"""Flaws in a ceph.conf. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from commands.flaw import Flaw
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.document import Document
from providers.formats.parsed import SyntaxProblem

_CLIENT_KEYRING = (
    "speaks to a user called client.keyring and to nobody else; take the section out, and for a user whose keyring has"
    " an odd place write `keyring` into that user's own section"
)


def flaws_in_ceph_conf(where: str, path: str, text: str) -> Iterator[Flaw]:
    """Yield each section that guides gave and that does nothing."""
    try:
        parsed = Document(CEPH_CONF, text).parsed
    except SyntaxProblem as problem:
        yield Flaw(where, f"{path}:{problem.line}", f"Ceph refuses this file: {problem.reason}")
        return
    for section in parsed.sections:
        if section.name == "client.keyring":
            yield Flaw(where, f"{path}:{section.line + 1} [client.keyring]", _CLIENT_KEYRING)
