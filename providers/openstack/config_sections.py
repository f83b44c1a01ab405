"""The options that one component owns in one OpenStack configuration file on one host."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import override

from providers.errors import Refused
from providers.formats import layers, lists
from providers.formats.keyed import Keyed, as_keys
from providers.formats.oslo_ini import OSLO, check_oslo_option, check_oslo_section, check_oslo_value
from providers.formats.paths import AbsolutePath
from providers.formats.wanted_options import WantedItem, WantedOptions
from providers.host.option_file import OptionFileDesired, OptionFileKind, OptionFileObserved, effective
from providers.lifecycle import Lifecycle
from providers.openstack.rivals import rivals
from providers.openstack.stored_data import places as data_places
from providers.openstack.stored_data import refuse_lost_store, refuse_other_place, setting_for
from providers.plan import Step

ListItems = dict[str, dict[str, lists.Items]]


class Expected(BaseModel):
    """An option that may only have certain values."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    values: Keyed = Field(description="Values that the option may have; the option may also be absent.")
    otherwise: str = Field(
        min_length=1, description="Why no other value will do, and what to do, as the end of a sentence."
    )


class ConfigSectionsDesired(OptionFileDesired):
    """Options, and items in list options, read as oslo.config reads them."""

    list_items: ListItems = Field(
        default_factory=dict,
        description="Section -> option -> items with commas between. All other items of the list are left alone.",
    )
    list_items_if_absent: ListItems = Field(
        default_factory=dict,
        description="The same, of items that are written only where the list was absent or empty before.",
    )
    list_position: Literal["first"] | None = Field(
        None, description="Where `list_items` go in a list that has others: to the front; by default to the end."
    )
    expected: dict[str, dict[str, Expected]] = Field(
        default_factory=dict,
        description="Section -> option -> what the file may say: with `list_items_if_absent` until they are written.",
    )
    later_files: list[AbsolutePath] = Field(
        default_factory=list, description="Files and folders that the process reads after this file."
    )

    @model_validator(mode="after")
    def _readable_back(self) -> ConfigSectionsDesired:
        for section, options in self.sections.items():
            check_oslo_section(section)
            for option, value in options.items():
                check_oslo_option(option)
                try:
                    check_oslo_value(value)
                except ValueError as problem:
                    raise ValueError(f"[{section}] {option}: {problem}") from None
        for section, list_options in (*self.list_items.items(), *self.list_items_if_absent.items()):
            check_oslo_section(section)
            for option, items in list_options.items():
                check_oslo_option(option)
                for item in items:
                    lists.check_item(item)
        return self


class ConfigSectionsKind(OptionFileKind[ConfigSectionsDesired]):
    """Options that a component owns in an OpenStack service's file, which the service's package has put there."""

    noun = "options"
    entry_kind = "config"
    desired = ConfigSectionsDesired
    dialect = OSLO
    lifecycle = Lifecycle(
        create="Writes options and list items into the file and leaves everything else in it byte for byte. Refuses a"
        " file that is not there, a later file that would win, and what would put stored data out of reach. With"
        " `adopt` the first run only records what is in the file as wanted.",
        read="Reads the file, the later files, and the journals of all owners.",
        update="Writes what differs, and puts back the earlier lines of what is no longer given.",
        delete="Puts back the earlier lines of each option, and takes its items out of their lists. What somebody has"
        " changed since stays, with a warning.",
        drift={
            "sections": "each option as the service would read it, without those that are absent",
            "list_items": "those of the items that are in their list",
            "list_items_if_absent": "those of the items that are in their list, if the list was absent before",
        },
    )

    @override
    def wanted(self, desired: ConfigSectionsDesired) -> WantedOptions:
        """Return the options and the list items; items for a list that was absent before us come first.

        Items that go to the front are put there one after the other, so the last one comes first.
        """
        first = desired.list_position == "first"
        items = [
            WantedItem(section, option, item, if_absent, first=first and not if_absent)
            for if_absent, named in ((True, desired.list_items_if_absent), (False, desired.list_items))
            for section, options in named.items()
            for option, listed in options.items()
            for item in (reversed(listed) if first and not if_absent else listed)
        ]
        return WantedOptions(desired.sections, items)

    @override
    def plan(self, desired: ConfigSectionsDesired, observed: OptionFileObserved) -> list[Step]:
        """Return the writes.

        Raises:
            Refused: Data that is stored already would be out of reach.
        """
        if found := self.rivals(desired, observed):
            raise Refused(f"{found}, then run again")
        unwritten = any(self._absent(desired, observed).values())
        if observed.state is not None and (unwritten or not desired.list_items_if_absent):
            self._refuse_unexpected(desired, observed)
        if observed.state is not None and unwritten:
            refuse_lost_store(observed.where, desired.path, partial(effective, self.documents(desired, observed)))
        steps = super().plan(desired, observed)  # a later file that wins is refused there, by its own name
        documents = self.documents(desired, observed)
        in_force, records = partial(effective, documents), observed.records
        component = desired.component
        refuse_other_place(observed.where, desired.path, desired.sections, documents[0], records, in_force, component)
        return steps

    def rivals(self, desired: ConfigSectionsDesired, observed: OptionFileObserved) -> str:
        """Return what `rivals` says of the options that tell where data lies."""
        document, places = self.documents(desired, observed)[0], data_places(desired.sections)
        names = (observed.where, desired.stack, desired.host, desired.component, desired.path)
        return rivals(*names, places, document, observed.others)

    def _absent(self, desired: ConfigSectionsDesired, observed: OptionFileObserved) -> dict[tuple[str, str], bool]:
        """Return for each list of `list_items_if_absent` whether it was absent before."""
        document, records = self.documents(desired, observed)[0], observed.records
        return {
            (section, option): layers.was_absent(document, records, section, option)
            for section, options in desired.list_items_if_absent.items()
            for option in options
        }

    def _refuse_unexpected(self, desired: ConfigSectionsDesired, observed: OptionFileObserved) -> None:
        documents = self.documents(desired, observed)
        asked = [(section, option) for section, options in desired.expected.items() for option in options]
        for section, option in sorted(asked):
            value, expected = effective(documents, section, option), desired.expected[section][option]
            if value is not None and value not in expected.values:
                line = setting_for(desired.component, section, option, value, desired.sections)
                raise Refused(
                    f"{observed.where}: {desired.path} sets [{section}] {option} = {value}:"
                    f" {expected.otherwise}{f': `{line}`' if line else ''}"
                )

    @override
    def without_file(self, desired: ConfigSectionsDesired, where: str) -> None:
        """Raise Refused, because a service without its file is not installed."""
        raise Refused(
            f"{where}: there is no {desired.path}; install the service there or correct the host list, then run again"
        )

    @override
    def later_files(self, desired: ConfigSectionsDesired) -> list[str]:
        """Return the files and folders that the inputs name."""
        return list(desired.later_files)

    @override
    def actual(self, desired: ConfigSectionsDesired, observed: OptionFileObserved) -> dict[str, Any]:
        """Report options, and of the list items those that are in their list, as the process would read them."""
        documents = self.documents(desired, observed)
        found: dict[str, dict[str, str]] = {}
        for section, options in desired.list_items.items():
            for option, items in options.items():
                there = effective(documents, section, option)
                found.setdefault(section, {})[option] = ",".join(item for item in items if lists.has(there, item))
        first: dict[str, dict[str, str]] = {}
        for (section, option), absent in self._absent(desired, observed).items():
            items = desired.list_items_if_absent[section][option]
            there = effective(documents, section, option)
            left = [item for item in items if lists.has(there, item) or not absent]
            first.setdefault(section, {})[option] = ",".join(left)
        return {**super().actual(desired, observed), "list_items": found, "list_items_if_absent": first}

    @override
    def upgraded(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        """Return list items as one text for each option, and `expected` by section and option."""
        listed = {name: _joined(inputs[name]) for name in _LISTED if isinstance(inputs.get(name), dict)}
        expected = inputs.get("expected")
        return {**inputs, **listed, **({"expected": _by_option(expected)} if isinstance(expected, list) else {})}


_LISTED = ("list_items", "list_items_if_absent")


def _joined(listed: dict[str, Any]) -> dict[str, Any]:
    return {
        section: {option: ",".join(them) if isinstance(them, list) else them for option, them in options.items()}
        for section, options in listed.items()
        if isinstance(options, dict)
    }


def _by_option(rows: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        if isinstance(row, dict):
            of_option = {"values": as_keys(row.get("values") or ()), "otherwise": row.get("otherwise")}
            found.setdefault(str(row.get("section")), {})[str(row.get("option"))] = of_option
    return found
