"""Service: all that the program knows of one OpenStack service, which has a folder that imports no other service's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic

from components.services.api_look import ApiLook
from components.services.at import S
from components.services.ceph_user import CephUser
from components.services.daemon import Daemon
from components.services.found import Found
from components.services.harmful import Harmful
from components.services.in_cloud import InCloud
from components.services.neighbours import Neighbours
from components.services.notice import Notice
from components.services.on_host import OnHost
from components.services.option import Option
from components.services.part import Part
from components.services.release_package import ReleasePackage
from components.services.service_file import ServiceFile
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, Where
from components.settings.user import SecretUser, User
from components.settings.values import ListPosition
from providers.models import Expected


class Service(ABC, Generic[S]):
    """What a room has to tell.

    In each method `mine` are the service's settings, and `others` is what the other services let this service know.

    Attributes:
        name: the service's setting in `Pulumi.<stack>.yaml`; with dashes the prefix of the service's logical names.
        component: the last word of the Pulumi component type, `ceph-openstack:openstack:<component>`. The type is part
            of the URN of every child, so it never changes.
        description: what the setting is, for the operator.
        settings: the model of the settings.
        daemons: the service's process on each platform.
        options: a row for each option of the file that is written, protected, or not read by some release.
        declared_in: the name of the file's table of declared options (`components/services/declared/`), such as
            `cinder.conf`; empty for a file without a table, of which no option is unknown.
        harmful: values that do harm where they are found in the file; `commands lint` names them.
        option_sections: sections that `options` may name, besides those of the back ends.
        reserved_sections: shell patterns of further sections that have a meaning, so that no back end may be called so.
        usual_pool_name: the name that guides give the service's pool.
        notice_names: how each notice is called that `notices` may yield.
        release_package: a package of the service's whose version tells the OpenStack release; None when another service
            names that package.
        runs_guests: whether guests run on the service's hosts, which have libvirt's secrets, and may have local disks.
    """

    name: ClassVar[str]
    component: ClassVar[str]
    description: ClassVar[str]
    settings: type[S]
    daemons: Mapping[str, Daemon]
    options: Sequence[Option[S]]
    declared_in: str = ""
    harmful: Sequence[Harmful] = ()
    option_sections: tuple[str, ...] = ("DEFAULT",)
    reserved_sections: tuple[str, ...] = ()
    usual_pool_name: str = ""
    notice_names: tuple[str, ...] = ()
    release_package: ReleasePackage | None = None
    runs_guests: bool = False

    @property
    def label(self) -> str:
        """The prefix of the service's logical names; the journal keeps the service's options under it."""
        return self.name.replace("_", "-")

    # What the service has on the cluster ------------------------------------------------------------------------------

    @abstractmethod
    def pools(self, mine: S) -> Sequence[ServicePool]:
        """Return the service's pools."""

    @abstractmethod
    def ceph_user(self, mine: S, others: Neighbours) -> CephUser | None:
        """Return the service's own user; None when the service works as another service's user.

        A service that may do without a user of its own has a setting `former_user`, and then this user is the user that
        it had.
        """

    def min_compat_client(self, mine: S) -> Mapping[str, str]:
        """Return the oldest Ceph release that the cluster has to ask of its clients, by the setting that needs it."""
        return {}

    def clusters(self, mine: S) -> Mapping[Where, str]:
        """Return which of the stack's `clusters` the settings name, by the path of the setting: by default none."""
        return {}

    def in_cluster(self, mine: S, cluster: str) -> Part[S] | None:
        """Return what the service has to do with a cluster of the stack; None when it has nothing to do with it.

        Args:
            mine: the service's settings.
            cluster: the name in `clusters`; empty for the stack's own `cluster`, which by default is the only one.
        """
        return None if cluster else Part(mine)

    # What the service has on its hosts --------------------------------------------------------------------------------

    def keyrings_read(self, mine: S, others: Neighbours) -> Sequence[User]:
        """Return the users whose keyrings the daemon reads: by default the service's own."""
        own = self.ceph_user(mine, others)
        return [own.user] if own else []

    def keyrings_kept(self, mine: S, others: Neighbours) -> Sequence[User]:
        """Return the users whose keyrings stay on the hosts though the daemon no longer reads them: by default none."""
        return ()

    def secret_users(self, mine: S, others: Neighbours) -> Sequence[SecretUser]:
        """Return the users whose keys the hosts keep as libvirt secrets: by default none."""
        return ()

    def backends(self, mine: S) -> Mapping[str, Where]:
        """Return the sections that are named after a back end, each with the path of the back end's setting."""
        return {}

    def shown_backends(self, mine: S) -> Mapping[str, Mapping[str, str]]:
        """Return what other programs may know of each back end, for the output `back_ends`, by the back end's section.

        By default a service has none. The keys are those of `backends`.
        """
        return {}

    def worker_count(self, mine: S) -> int:
        """Return how many processes of the daemon work on the cluster, each for another back end."""
        return 1

    def expected(self, mine: S) -> Mapping[str, Mapping[str, Expected]] | None:
        """Return, by section and option, what the file may say.

        Where rows have `items_if_absent`, that holds only until the items are written. None: the file may say anything.
        """
        return None

    def list_position(self, mine: S) -> ListPosition:
        """Return where items of ours are put in a list that has others: by default at the end."""
        return "last"

    def guest_options(self, mine: S) -> Mapping[str, str]:
        """Return the [client] options of ceph.conf that the hosts need for guests."""
        return {}

    def guest_rules_file(self, mine: S) -> str | None:
        """Return the file into which rules of AppArmor are written for guests; None: none are."""
        return None

    def hosts_refusing_local_disks(self, mine: S) -> Sequence[str]:
        """Return the hosts that are refused while a server there keeps disks on the host itself."""
        return ()

    # What other services and the operator learn of the service --------------------------------------------------------

    def shares(self, mine: S) -> Neighbours:
        """Return what this service lets the other services know: by default nothing."""
        return Neighbours()

    def in_release(self, mine: S, release: str) -> S:
        """Return the settings with the defaults that depend on the release: by default the settings as they are."""
        return mine

    def problems(self, mine: S, others: Neighbours, site: Site) -> Iterator[Problem]:
        """Yield what only this service can know to be wrong with `mine`; paths begin with the service's name."""
        return iter(())

    def notices(self, mine: S | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield what the operator is told, with names of `notice_names`.

        `mine` is None when the service is not in the stack.
        """
        return iter(())

    # What the service does where somebody has wired it already -------------------------------------------------------

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return what the service does with Ceph on a host, for `discover`: by default None, so it is left alone.

        Args:
            there: the host, with the files that the service's daemon reads.
            others: what the services before this one in the list let this service know, as they were found.
        """
        return None

    def faults(self, file: ServiceFile) -> Iterator[str]:
        """Yield what is wrong with the files of a daemon that no row of `options` or `harmful` tells."""
        return iter(())

    # What the service has in OpenStack itself -------------------------------------------------------------------------

    def in_cloud(self, mine: S | None, cloud: OpenStack, site: Site) -> Iterator[InCloud]:
        """Yield what is kept in OpenStack by the service's API; `mine` is None when it is not in the stack."""
        return iter(())

    def cloud_problems(self, mine: S | None, cloud: OpenStack) -> Iterator[Problem]:
        """Yield what is wrong with the settings of `in_cloud`."""
        return iter(())

    def image_store(self, mine: S) -> str:
        """Return the id of the store that has the service's images; empty for a service without images."""
        return ""

    def links(self, mine: S, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield what only the service's own API shows; `verify` asks when the service has hosts."""
        return iter(())


AnyService = Service[Any]
