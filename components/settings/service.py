"""What the settings of every service have."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.daemon import DaemonSettings
from components.settings.keyring_file import KeyringFile
from components.settings.option_line import OptionLine
from components.settings.rollout import Rollout
from components.settings.values import Sections
from providers.formats.names import Entity, HostName


class ServiceSettings(SettingsModel):
    """What every service has."""

    hosts: list[HostName] = Field(
        description="Hosts that run the service, by their names in hosts; with [] no host is configured."
    )
    options: Sections = Field(
        default={}, description="Further options of the service's file: {section: {option: value}}. Default: none."
    )
    unmanaged_options: list[OptionLine] = Field(
        default=[],
        description="Options of the service's file that the program would write, and that stay as they are found, such "
        'as ["[libvirt] disk_cachemodes"]. Take a line out to let the program write the option. Default: none.',
    )
    daemon: DaemonSettings | None = Field(
        None,
        description="The service's process, where it is not set up as the platform's packages do it, such as "
        "{unit: nova-compute, log: journal} on a cloud of OpenStack-Ansible. Default: as packaged.",
    )
    unchecked_options: list[OptionLine] = Field(
        default=[],
        description="Options in `options` that are written although the release is not known to read them, because a "
        'plug-in or a patch of yours does, such as ["[DEFAULT] my_driver_url"], or although their value does harm with '
        "data on Ceph. Default: none.",
    )
    keyrings: dict[Entity, KeyringFile] = Field(
        default={},
        description="How keyrings that the service reads lie on its hosts, by entity, where that differs from what the "
        'program makes: {client.X: {mode: "0644"}}. Default: none.',
    )
    rollout: Rollout | None = Field(
        None,
        description="In which order hosts are changed: a batch waits until the former one works, and a failed batch "
        "stops the next. Default: all hosts at once.",
    )
    restart: Literal["now", "deferred"] = Field(
        "now",
        description="When a changed file restarts the service: now, in the same run; deferred, in a run with "
        "CEPH_OPENSTACK_RESTART=now, until which the process goes on with what it has read. Default now.",
    )
