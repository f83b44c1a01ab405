"""Adjusts proposed settings until a run with them would do nothing, and says beside each what was found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from commands.difference import Difference
from commands.discover.client_options import SETTING, ClientOptionsFound
from commands.discover.cluster_contents import ClusterContents
from commands.discover.found_keyrings import FoundKeyring, found_keyring
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from commands.look_at_all import look_at_all
from commands.looked_at import LookedAt
from components.services.option import BACKEND
from components.services.service import AnyService
from components.settings.option_line import option_line
from components.stack.inventory import Inventory, take_inventory
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.errors import Refused
from providers.models import (
    CephConfDesired,
    ConfigSectionsDesired,
    DirectoryDesired,
    FileLinesDesired,
    KeyringDesired,
    UserDesired,
)
from providers.reach.machines import Machines

ROUNDS = 12


class Adjusting:
    """One proposal on its way to settings with an empty plan.

    Args:
        proposal: The settings; they are changed.
        cluster: What the cluster has.
        hosts: What each host has that could be looked at.
        stack: The stack's name.
        services: The services that may have settings.
        client_options: The [client] options of ceph.conf, as far as the settings say them.
    """

    def __init__(
        self,
        proposal: Proposal,
        cluster: ClusterContents,
        hosts: Sequence[HostContents],
        stack: str,
        services: Sequence[AnyService],
        client_options: ClientOptionsFound,
    ) -> None:
        self.proposal, self.cluster, self.stack, self.services = proposal, cluster, stack, services
        self.client_options = client_options
        self.hosts = {host.name: host for host in hosts}
        self._left: dict[Where, dict[str, list[str]]] = {}
        self._wanted: dict[Where, str] = {}
        self._without_caps: set[str] = set()

    def adjust(self, machines: Machines) -> None:
        """Change the settings until a run would do nothing, or until nothing more can be said in settings.

        Raises:
            Refused: The program does not accept what was proposed. That is a defect of this command.
        """
        for _round in range(ROUNDS):
            settings = self._parsed()
            inventory = take_inventory(settings, self.stack, self.services)
            found = look_at_all(wire(settings, self.stack, self.services), machines)
            # Where a keyring lies decides what ceph.conf has to say of the keyring.
            differing = [one for one in found if one.differences]
            keyrings = [one for one in differing if isinstance(one.model, KeyringDesired)]
            news = [self._take(one, inventory) for one in keyrings]
            news += [self._take(one, inventory) for one in differing if not any(news)]
            if not any(news):
                break
        self._note_what_was_left()
        for one in found:
            self._note(one)

    def _parsed(self) -> StackSettings:
        """Return the settings. Caps and [client] options that cannot be said are left out.

        A service of which another part cannot be said is left out, too.
        """
        while isinstance(settings := parse(self.proposal.settings, services=self.services), list):
            setting, _, problem = settings[0].removeprefix("ceph-openstack:").partition(": ")
            owner, is_client_option, option = setting.partition(f".{SETTING}.")
            if is_client_option:
                self.client_options.leave((owner, SETTING, option), f": {problem}")
                continue
            service = next((one.name for one in self.services if re.match(rf"{one.name}\b", setting)), "")
            if service not in self.proposal.settings:
                raise Refused(f"what was found cannot be said in settings, please report it: {'; '.join(settings)}")
            if setting.startswith(f"{service}.user.caps") and service not in self._without_caps:
                self._without_caps.add(service)
                self.proposal.take_out(service, "user", "caps")
                text = f"the caps in the cluster cannot be said here, so they will change: {setting} {problem}"
                self.proposal.note(text, service, "user")
                continue
            self._begin_without(service)
            text = f"{service} is left alone, because settings cannot say what is there: {setting} {problem}"
            self.proposal.note(text)
        return settings

    def _begin_without(self, service: str) -> None:
        """Take a service out, and all that was adjusted so far, because some of it was said of that service's user."""
        del self.proposal.settings[service]
        self.proposal.take_out("cluster", "unmanaged_options")
        for one in self.services:
            for where in (("options",), ("unmanaged_options",), ("keyrings",), ("user", "caps")):
                self.proposal.take_out(one.name, *where)
        self._left.clear()
        self._wanted.clear()

    def _take(self, differing: LookedAt, inventory: Inventory) -> bool:
        """Say in the settings what was found, and return whether that is news."""
        match differing.model:
            case ConfigSectionsDesired() as config:
                service = next(service for service in self.services if service.label == config.component)
                return self._take_options(differing, (service.name,), service)
            case CephConfDesired():
                return self._take_options(differing, ("cluster",), None)
            case DirectoryDesired() as directory:
                return self.client_options.leave_folder(directory.path)
            case FileLinesDesired() as rules:
                return any(self.client_options.leave_folder(line.split(" ")[1]) for line in rules.lines)
            case KeyringDesired() as keyring:
                return self._take_keyring(keyring, inventory)
            case UserDesired() as user if user.entity in self.cluster.caps:
                label = next(label for label, own in inventory.users.items() if own.user.entity == user.entity)
                where = (inventory.service(label).name, "user", "caps")
                if where[0] in self._without_caps:
                    return False
                is_news = self.proposal.get(*where) is None
                self.proposal.set(dict(self.cluster.caps[user.entity]), *where)
                self.proposal.note(f"as found; without caps here they become {_caps(user.caps)}", *where)
                return is_news
            case _:
                return False

    # Options ---------------------------------------------------------------------------------------------------------

    def _take_options(self, differing: LookedAt, where: Where, service: AnyService | None) -> bool:
        is_news = False
        for difference in differing.differences:
            is_news |= self._leave(where, difference, differing.where, service)
        return is_news

    def _leave(self, where: Where, difference: Difference, host: str, service: AnyService | None) -> bool:
        """Leave one option as it was found: by its value where a setting takes the value, else as unmanaged."""
        section, _, option = difference.name.removeprefix("[").partition("] ")
        wanted, found = difference.shown
        setting = (*where, "options", section, option)
        taken = self.proposal.get(*setting)
        if taken is None and found is not None and service and _is_free(service, section, option):
            self.proposal.set(difference.found, *setting)
            self.proposal.note(f"as found; the program's own value is {wanted}", *setting)
            return True
        if taken is not None:  # another host has another value, or none
            self._forget_option(where, section, option)
        entry = (*where, "unmanaged_options", option_line(section, option))
        there = "without it" if difference.is_item else "not set" if found is None else found
        self._left.setdefault(entry, {}).setdefault(there, []).append(host)
        self._wanted.setdefault(entry, f"also {wanted}" if difference.is_item else f"{wanted}")
        return self.proposal.add(entry[-1], *where, "unmanaged_options")

    def _forget_option(self, where: Where, section: str, option: str) -> None:
        options = self.proposal.get(*where, "options")
        del options[section][option]
        if not options[section]:
            del options[section]
        if not options:
            del self.proposal.get(*where)["options"]
        self.proposal.notes.pop((*where, "options", section, option), None)

    def _note_what_was_left(self) -> None:
        for entry, values in self._left.items():
            found = "; ".join(f"{value} on {', '.join(dict.fromkeys(hosts))}" for value, hosts in values.items())
            self.proposal.note(f"found: {found}. Without this line: {self._wanted[entry]}", *entry)

    # Keyrings --------------------------------------------------------------------------------------------------------

    def _take_keyring(self, desired: KeyringDesired, inventory: Inventory) -> bool:
        """Say how a user's keyring lies, for every service that reads the keyring on this host."""
        is_news = False
        for service, hosts in _readers(desired, inventory).items():
            name = inventory.site.cluster_name
            key = self.cluster.keys.get(desired.entity, "")
            found = {host: found_keyring(self.hosts[host], name, desired.entity, key) for host in hosts}
            first, where = found[desired.host], (service, "keyrings", desired.entity)
            said = dict(self.proposal.get(*where) or {})
            if first is None or not first.is_mappable or any(one != first for one in found.values()):
                said = {"managed": False}
            elif said != {"managed": False}:
                wanted = {part: getattr(desired, part) for part in first.parts}
                said |= {part: value for part, value in first.parts.items() if value != wanted[part]}
            is_news |= self.proposal.get(*where) != said
            self.proposal.set(said, *where)
            self._note_keyring(where, found, desired)
        return is_news

    def _note_keyring(self, where: Where, found: Mapping[str, FoundKeyring | None], desired: KeyringDesired) -> None:
        ours = f"{desired.owner}:{desired.group} {desired.mode}"
        for host, keyring in found.items():
            if keyring is None:
                self.proposal.note(f"{host} has no keyring with a key of {desired.entity}", *where)
            elif not keyring.is_current:
                self.proposal.note(f"{keyring.path} on {host} holds another key than the cluster has", *where)
            elif not keyring.is_mappable:
                self.proposal.note(f"{keyring.path} on {host} holds keys of several users", *where)
        if desired.host in found:
            self.proposal.note(f"without this, the program wants {ours}", *where)

    # What settings cannot say ----------------------------------------------------------------------------------------

    def _note(self, one: LookedAt) -> None:
        where = ("hosts", one.where) if one.where in self.proposal.settings["hosts"] else ()
        if one.unseen:
            self.proposal.note(f"{one.what} could not be looked at: {one.unseen}", *where)
        elif one.refusal:
            self.proposal.note(f"a run would be refused: {one.refusal}", *where)
        elif one.steps:
            differences = ", ".join(map(str, one.differences))
            found = f"{one.what}: {differences}; " if differences else ""
            self.proposal.note(f"{found}the preview after the first run shows: {'; '.join(one.steps)}", *where)


def _readers(desired: KeyringDesired, inventory: Inventory) -> dict[str, list[str]]:
    """Return each service that reads the keyring on its host, with all hosts on which the service reads that user's."""
    reading = [instance for instance in inventory.daemons if desired.entity in [user.entity for user in instance.users]]
    here = [instance.service.name for instance in reading if instance.host == desired.host]
    return {name: [one.host for one in reading if one.service.name == name] for name in dict.fromkeys(here)}


def _is_free(service: AnyService, section: str, option: str) -> bool:
    """Return whether `options` may set an option that the service writes, too."""
    rows = [row for row in service.options if row.name == option and row.section in (section, BACKEND)]
    return any(row.override == "always" for row in rows)


def _caps(caps: Mapping[str, str]) -> str:
    return ", ".join(f"{daemon} '{text}'" for daemon, text in caps.items())
