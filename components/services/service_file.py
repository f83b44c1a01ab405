"""ServiceFile: what a daemon reads of its configuration: a file, and the files after it, whose values win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from providers.formats.document import Document
from providers.formats.lists import items as items_of
from providers.formats.oslo_ini import OSLO


@dataclass(frozen=True)
class ServiceFile:
    """The files of one daemon.

    Attributes:
        path: The path of the first file.
        texts: Path to text, first to last.
    """

    path: str
    texts: Mapping[str, str]

    @cached_property
    def documents(self) -> list[Document]:
        """The files, first to last."""
        return [Document(OSLO, text) for text in self.texts.values()]

    def value(self, section: str, option: str) -> str | None:
        """Return the value in force; None when no file sets the option."""
        values = [value for document in self.documents if (value := document.value(section, option)) is not None]
        return values[-1] if values else None

    def text(self, section: str, option: str, otherwise: str = "") -> str:
        """Return the value in force, or what holds when no file sets the option."""
        value = self.value(section, option)
        return otherwise if value is None else value

    def items(self, section: str, option: str) -> list[str]:
        """Return the items of a list option."""
        return items_of(self.value(section, option))

    def is_true(self, section: str, option: str) -> bool:
        """Return whether oslo.config reads the option as true; an option that is absent counts as false."""
        return self.text(section, option).lower() in ("true", "1", "yes", "on")

    def set_options(self) -> list[tuple[str, str]]:
        """Return the sections and names of all options, each once."""
        found = [(option.section.name, option.name) for doc in self.documents for option in doc.parsed.options]
        return list(dict.fromkeys((OSLO.section_key(section), option) for section, option in found))

    def ceph_confs(self) -> list[str]:
        """Return the paths that options name as ceph.conf."""
        names = [(section, option) for section, option in self.set_options() if option.endswith("ceph_conf")]
        return list(dict.fromkeys(value for section, option in names if (value := self.text(section, option))))
