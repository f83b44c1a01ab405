"""The tables of declared options: every row of a service says of each release what the release itself declares."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.services.cinder import CINDER
from components.services.declared_options import FOLDER, declared_options, releases_in, spans_of, table_text
from components.services.option import ANY, NEVER_EXISTED, Option
from components.services.service import AnyService
from components.settings.releases import RELEASES

SINCE_OCATA = frozenset(RELEASES[RELEASES.index("ocata") :])
EXCEPTIONS = {
    # From Ocata on no back end starts from [DEFAULT]. Ocata's drivers still declare all of their options there, and
    # this one is declared there to this day.
    **{
        ("cinder", "DEFAULT", row.name): {"ocata"}
        for row in CINDER.options
        if row.section == "DEFAULT" and row.until == "ocata"
    },
    ("cinder", "DEFAULT", "report_discard_supported"): SINCE_OCATA,
    # cinder-volume registers the option for [DEFAULT] and for each back end, and lists [DEFAULT] only.
    ("cinder", "<backend>", "backend_host"): SINCE_OCATA,
}
"""Releases whose declarations are not what the release does, by service, section and option."""


def rows() -> list[Any]:
    return [
        pytest.param(service, row, id=f"{service.name} [{row.section}] {row.name}")
        for service in SERVICES
        for row in service.options
        if row.section != ANY and row.until != NEVER_EXISTED
    ]


@pytest.mark.parametrize(("service", "row"), rows())
def test_a_row_says_what_each_release_declares(service: AnyService, row: Option[Any]) -> None:
    table = declared_options(service.declared_in)
    if row.name:
        found = table.find(row.section, row.name)
        declaring = set(found.read_by) if found else set()
    else:
        declaring = {
            release for (section, _), one in table.options.items() if section == row.section for release in one.read_by
        }
    said = {release for release in RELEASES if row.read_by(release)}
    excepted = EXCEPTIONS.get((service.name, row.section, row.name), set())
    assert said - excepted == declaring - excepted
    assert not excepted or said != declaring, "this exception is not needed"


@pytest.mark.parametrize("file", sorted({service.declared_in for service in SERVICES}))
def test_a_table_has_every_release(file: str) -> None:
    table = declared_options(file)
    assert {release for one in table.options.values() for release in one.read_by} == set(RELEASES)
    for release in RELEASES:
        assert len(table.names("DEFAULT", release)) > 20, release


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_table_is_as_the_tool_writes_it(path: Any) -> None:
    head, _, text = path.read_text().partition("\n")
    assert head.startswith("# Options by the releases that declare them")
    assert table_text(declared_options(path.stem).options) == text


def test_spans_of_releases_are_read_as_they_are_written() -> None:
    assert spans_of(["juno", "kilo", "2026.2", "2026.1"]) == "juno-kilo,2026.1-"
    assert releases_in("juno-kilo,2026.1-") == {"juno", "kilo", "2026.1", "2026.2"}
    assert releases_in("") == frozenset()
