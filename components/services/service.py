"""Service: all that the program knows of one OpenStack service. One folder a service; no folder imports another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic

from components.services.api_look import ApiLook
from components.services.at import S
from components.services.ceph_user import CephUser
from components.services.daemon import Daemon
from components.services.in_cloud import InCloud
from components.services.neighbours import Neighbours
from components.services.notice import Notice
from components.services.option import Option
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, Where
from components.settings.user import SecretUser, User
from providers.models import Expected


class Service(ABC, Generic[S]):
    """What a room has to tell. `mine` are the service's settings, `others` what the other services let it know.

    Attributes:
        name: its setting in `Pulumi.<stack>.yaml`; with dashes the prefix of its resources' logical names.
        token: its Pulumi component type, `ceph-openstack:openstack:<token>`; in the URN of every child, so it never
            changes.
        description: what its setting is, for the operator.
        settings: the model of its settings.
        daemons: its process, by the word of the platform.
        options: a row for each option of its file that is written, protected, or not read by some release.
        sections: sections that `options` may name, besides those of its back ends.
        reserved: shell patterns of further sections that have a meaning: no back end may be called so.
        usual_pool: the name that guides give its pool.
    """

    name: ClassVar[str]
    token: ClassVar[str]
    description: ClassVar[str]
    settings: type[S]
    daemons: Mapping[str, Daemon]
    options: Sequence[Option[S]]
    sections: tuple[str, ...] = ("DEFAULT",)
    reserved: tuple[str, ...] = ()
    usual_pool: str = ""

    @property
    def label(self) -> str:
        """The prefix of its resources' logical names, and the name under which the journal keeps its options."""
        return self.name.replace("_", "-")

    # What it has on the cluster ---------------------------------------------------------------------------------------

    @abstractmethod
    def pools(self, mine: S) -> Sequence[ServicePool]:
        """Return its pools."""

    @abstractmethod
    def ceph_user(self, mine: S, others: Neighbours) -> CephUser | None:
        """Return its user; None when it works as another service's."""

    # What it has on its hosts -----------------------------------------------------------------------------------------

    def keyrings_read(self, mine: S, others: Neighbours) -> Sequence[User]:
        """Return the users whose keyrings its daemon reads: by default its own."""
        own = self.ceph_user(mine, others)
        return [own.user] if own else []

    def secret_users(self, mine: S, others: Neighbours) -> Sequence[SecretUser]:
        """Return the users whose keys its hosts keep as libvirt secrets: by default none."""
        return ()

    def backends(self, mine: S) -> Mapping[str, Where]:
        """Return the sections named after its back ends, each with the path of its setting below the service's."""
        return {}

    def workers(self, mine: S) -> int:
        """Return how many processes of it work on the cluster, each for a back end of its own."""
        return 1

    def expected(self, mine: S) -> Sequence[Expected] | None:
        """Return what its file may say where `items_if_absent` are written; None when no row has such items."""
        return None

    def guest_options(self, mine: S) -> Mapping[str, str]:
        """Return the [client] options of ceph.conf that its hosts need for guests."""
        return {}

    def refuses_local_disks(self, mine: S) -> Sequence[str]:
        """Return the hosts that are refused while a server on them has its disks on the host itself."""
        return ()

    # What others learn of it ------------------------------------------------------------------------------------------

    def shares(self, mine: S) -> Neighbours:
        """Return what it lets the other services know: by default nothing."""
        return Neighbours()

    def problems(self, mine: S, others: Neighbours) -> Iterator[Problem]:
        """Yield what only this service can know to be wrong with its settings; paths begin with the service's name."""
        return iter(())

    def notices(self, mine: S | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield what an operator is told; also asked of a service that is not in the stack, without `mine`."""
        return iter(())

    # What it has in OpenStack itself ----------------------------------------------------------------------------------

    def in_cloud(self, mine: S | None, cloud: OpenStack, site: Site) -> Iterator[InCloud]:
        """Yield what is kept in OpenStack by this service's API; also asked without the service in the stack."""
        return iter(())

    def cloud_problems(self, mine: S | None, cloud: OpenStack) -> Iterator[Problem]:
        """Yield what is wrong with the settings of `in_cloud`."""
        return iter(())

    def image_store(self, mine: S) -> str:
        """Return the id of the store in which its images are; empty for a service without images."""
        return ""

    def links(self, mine: S, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield what only OpenStack's own API shows of it; `verify` asks when it has hosts."""
        return iter(())


AnyService = Service[Any]
