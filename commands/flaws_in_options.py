"""Flaws in the files of OpenStack's services: options that no process reads any more, and values that do harm. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from commands.flaw import Flaw
from components.services.daemon import Daemon
from components.services.service import AnyService
from components.settings.releases import is_before
from components.stack.checks.options import rows_of_file, unread
from components.stack.inventory import Inventory
from providers.formats.document import Document
from providers.formats.oslo_ini import OSLO
from providers.formats.parsed import Option, SyntaxProblem


@dataclass(frozen=True)
class ReadFiles:
    """The files that one process reads, first to last.

    Attributes:
        service: The service, by the rows of which the options are judged.
        daemon: The process.
        backends: The sections that are named after a back end or store.
        release: The OpenStack release.
    """

    service: AnyService
    daemon: Daemon
    backends: frozenset[str]
    release: str


def files_read(inventory: Inventory, host: str) -> list[ReadFiles]:
    """Return what the processes of the stack on a host read."""
    settings = inventory.settings
    return [
        ReadFiles(
            instance.service,
            instance.daemon,
            frozenset(name.lower() for name in instance.service.backends(settings.of(instance.service))),
            settings.release,
        )
        for instance in inventory.daemons
        if instance.host == host
    ]


def flaws_in_files(
    where: str, files: ReadFiles, texts: Mapping[str, str], services: Sequence[AnyService]
) -> Iterator[Flaw]:
    """Yield each option that is read by nobody, and each value in force that does harm.

    Args:
        where: The host.
        files: The process that reads the files.
        texts: The files that are there, first to last, by path.
        services: All services, because several may read one file.
    """
    documents = {path: Document(OSLO, text) for path, text in texts.items()}
    readable = {}
    for path, document in documents.items():
        try:
            readable[path] = document.parsed
        except SyntaxProblem as problem:
            yield Flaw(where, f"{path}:{problem.line}", f"no service reads this file on: {problem.reason}")
    rows = rows_of_file(files.service, services)
    for path, parsed in readable.items():
        for option in parsed.options:
            section = option.section.name if option.section.name == "DEFAULT" else option.section.name.lower()
            why = unread(files.release, rows, section, option.name, backend=section in files.backends)
            if why:
                yield Flaw(where, _place(path, option), why)
    yield from _harmful(where, files, {path: documents[path] for path in readable})


def _harmful(where: str, files: ReadFiles, documents: Mapping[str, Document]) -> Iterator[Flaw]:
    for harmful in files.service.harmful:
        if harmful.since and is_before(files.release, harmful.since):
            continue
        found = _in_force(documents, harmful.section, harmful.name)
        if found is None or not harmful.is_harmful(found[1].value):
            continue
        if harmful.only_beside:
            section, name, value = harmful.only_beside
            beside = _in_force(documents, section, name)
            if beside is None or beside[1].value != value:
                continue
        yield Flaw(where, _place(*found), f"{harmful.why}; {harmful.instead}")


def _in_force(documents: Mapping[str, Document], section: str, name: str) -> tuple[str, Option] | None:
    """Return the occurrence that the process takes, which is that of the last file, with its path."""
    found = [
        (path, option) for path, document in documents.items() if (option := document.find(section, name)) is not None
    ]
    return found[-1] if found else None


def _place(path: str, option: Option) -> str:
    return f"{path}:{option.first + 1} [{option.section.name}] {option.name}"
