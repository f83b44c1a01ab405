"""The [client] options of ceph.conf on the hosts, as far as settings can say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal, Where
from components.services.service import AnyService
from components.settings.values import ClientOptions
from components.stack.guest_files import guest_folders
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.document import Document

SETTING = "client_options"
_SECTION = "client"
_KEYS = ("key", "keyfile", "keyring")


class ClientOptionsFound:
    """The [client] options of the hosts, and which of them the proposed settings say.

    Args:
        proposal: The settings; they are changed.
        hosts: What each host has that could be looked at.
        services: The services that may have settings.
    """

    def __init__(self, proposal: Proposal, hosts: Sequence[HostContents], services: Sequence[AnyService]) -> None:
        self.proposal = proposal
        self.path = f"/etc/ceph/{proposal.get('cluster', 'name') or 'ceph'}.conf"
        confs = {host.name: host.ceph_confs[self.path] for host in hosts if self.path in host.ceph_confs}
        self._there = {host: _options(conf) for host, conf in confs.items()}
        self._guests = [service.name for service in services if SETTING in service.settings.model_fields]
        self._services = [service.name for service in services]

    def propose(self) -> None:
        """Say what all hosts of the stack have alike, and what the hosts with guests have alike besides."""
        everywhere = list(dict.fromkeys(host for service in self._services for host in self._hosts(service)))
        with_guests = [name for name in self._guests if self._hosts(name)]
        guests_are_everywhere = any(set(self._hosts(name)) == set(everywhere) for name in with_guests)
        common = {} if guests_are_everywhere else self._alike(everywhere)
        self._say(common, "cluster")
        for name in with_guests:
            alike = self._alike(self._hosts(name))
            self._say({key: option for key, option in alike.items() if key not in common}, name)

    def leave(self, where: Where, why: str) -> None:
        """Take one option out of the settings: `where` is its path there."""
        self.proposal.take_out(*where)
        if not self.proposal.get(*where[:-1]):
            self.proposal.take_out(*where[:-1])
        self.proposal.note(f"[client] {where[-1]}: left as found{why}", *where[:-2])

    def leave_folder(self, path: str) -> bool:
        """Take the option out that would make or change a folder, and return whether there is one."""
        for name in self._guests:
            said = self.proposal.get(name, SETTING) or {}
            for option, folder in guest_folders(said).values():
                if folder == path:
                    self.leave((name, SETTING, option), f", because a run would make or change the folder {path}")
                    return True
        return False

    def left(self, host: str, path: str, document: Document) -> list[str]:
        """Return the [client] options of a file on a host that no setting says."""
        services = [name for name in self._guests if host in self._hosts(name)]
        settings = [self.proposal.get(name, SETTING) or {} for name in ["cluster", *services]]
        said = {CEPH_CONF.option_key(option) for setting in settings for option in setting if path == self.path}
        return [name for key, (name, _) in _options(document).items() if key not in said]

    def _hosts(self, service: str) -> list[str]:
        return self.proposal.get(service, "hosts") or []

    def _alike(self, hosts: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the options that all hosts have with one value, and that settings take, as the first host spells them.

        Where a key is, the settings of the user's keyring say.
        """
        there = [self._there.get(host, {}) for host in hosts]
        return {
            key: (name, value)
            for key, (name, value) in (there[0] if there else {}).items()
            if key not in _KEYS
            and all(key in other and other[key][1] == value for other in there)
            and _takes(name, value)
        }

    def _say(self, options: Mapping[str, tuple[str, str]], where: str) -> None:
        for name, value in options.values():
            self.proposal.set(value, where, SETTING, name)


def _options(document: Document) -> dict[str, tuple[str, str]]:
    """Return name and value of each [client] option, by the one normal form of its name."""
    names = [option.name for option in document.parsed.options if option.section.name == _SECTION]
    return {CEPH_CONF.option_key(name): (name, document.value(_SECTION, name) or "") for name in names}


def _takes(name: str, value: str) -> bool:
    """Return whether settings can say an option with this value."""
    try:
        TypeAdapter(ClientOptions).validate_python({name: value})
    except ValidationError:
        return False
    return True
