"""A journal entry that cannot be read is never taken for none: whose entry it is and what to do are said."""

from __future__ import annotations

import json

import pytest

from providers.errors import UnexpectedOutput
from providers.journal.host_journal import HostJournal
from tests.sim.site import Managed, Site
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.directory import DIRECTORY
from tests.unit.examples.example import Example
from tests.unit.examples.keyring import KEYRING, KEYRING_FILE

BROKEN = {
    "no record": {},
    "fields are missing": {"record": {}},
    "fields are of another form": {"record": {"before": 1, "options": 1, "ours": 1}},
    "of a later version": {"record": {"version": 2}},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("stack", ["dev", "other"])
@pytest.mark.parametrize(
    ("example", "kind", "what"),
    [
        (CONFIG, "config", f"{CONF}#cinder"),
        (DIRECTORY, "directory", DIRECTORY.props["path"]),
        (KEYRING_FILE, "keyring", KEYRING),
    ],
    ids=["config", "directory", "keyring"],
)
def test_an_entry_that_misses_what_its_kind_needs_is_named(
    site: Site, example: Example, kind: str, what: str, stack: str, broken: dict[str, object]
) -> None:
    if kind == "keyring" and stack == "other":
        pytest.skip("reads its own stack's entry only")
    example.prepare(site)
    path = HostJournal(stack).path(kind, what)
    file = site.hosts["api1"].path(path)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"kind": kind, "what": what, **broken}))
    before = site.everything()
    with pytest.raises(UnexpectedOutput) as failure:
        Managed(site, example.provider(), dict(example.props)).up()
    assert str(failure.value).startswith(f"{path}: not a journal entry that this version reads (record.")
    assert str(failure.value).endswith(
        "restore it, or put back by hand what it speaks of and remove it, then run again"
    )
    assert str(failure.value).isprintable()
    assert site.everything() == before
