"""A file with a journal beside it, as the owners' tests use it."""

from __future__ import annotations

import json
from copy import deepcopy

from providers.formats import layers, record
from providers.formats.oslo_ini import OSLO
from providers.formats.record import Record
from providers.formats.wanted_options import WantedItem, WantedOptions
from tests.unit.formats.edits import value_in

PATH = "controller1: /etc/x/x.conf"


class Host:
    """A file and the journal beside it, written in the order that `layers.Outcome` asks for."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.journal: dict[str, Record] = {}
        self.warnings: list[str] = []

    def apply(self, owner: str, desired: WantedOptions, cut_after: int = 3) -> None:
        others = {name: mine for name, mine in self.journal.items() if name != owner}
        untouched = deepcopy((others, self.journal.get(owner)))
        done = layers.apply(OSLO, self.text, self.journal.get(owner), others, desired, PATH)
        assert (others, self.journal.get(owner)) == untouched
        self.warnings = done.warnings
        if cut_after >= 1:
            self.write(owner, done.intent)
        if cut_after >= 2:
            self.text = done.text
        if cut_after >= 3:
            self.write(owner, done.record)

    def undo(self, owner: str, cut_after: int = 3) -> None:
        self.apply(owner, WantedOptions(), cut_after)

    def write(self, owner: str, mine: Record) -> None:
        if record.is_empty(mine):
            self.journal.pop(owner, None)
        else:
            self.journal[owner] = json.loads(json.dumps(mine))

    def get(self, section: str, option: str) -> str | None:
        return value_in(OSLO, self.text or "", section, option)


def options(section: str = "s", **values: str) -> WantedOptions:
    return WantedOptions({section: values})


def item(name: str) -> WantedOptions:
    return WantedOptions(items=[WantedItem("DEFAULT", "stores", name)])
