"""The grammar of names, one for each name.

What the settings accept and what the providers accept is decided here, once. Each name is an annotated type for
pydantic models. A refusal says what the name must be and what to do next. No refusal repeats a name that does not
fit its grammar, because a key may have been written in the name's place.
"""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, WithJsonSchema

from providers.formats.written import written

_BOOTSTRAP = ("mds", "mgr", "osd", "rbd", "rbd-mirror", "rgw")
_OF_THE_CLUSTER = ("client.admin", "client.crash", *(f"client.bootstrap-{daemon}" for daemon in _BOOTSTRAP))


class _Grammar:
    """The grammar of a name: a check, and the schema that an editor checks the name with."""

    def __init__(self, first: str, further: str, longest: int) -> None:
        """Make the grammar.

        Args:
            first: What a name may begin with besides letters and digits.
            further: What may follow besides that.
            longest: How many characters a name may have.
        """
        self.pattern = rf"[A-Za-z0-9{re.escape(first)}][A-Za-z0-9{re.escape(first + further)}]*"
        self.longest = longest
        *begin, last = "a letter", "a digit", *(f"`{one}`" for one in first)
        others = ", ".join(f"`{one}`" for one in first + further)
        self.must = f"must begin with {', '.join(begin)} or {last}, and hold only letters, digits, {others}"

    def __call__(self, name: str) -> str:
        """Return the name, or raise ValueError."""
        if not re.fullmatch(self.pattern, name):
            raise ValueError(f"{self.must}; choose such a name")
        if len(name) > self.longest:
            raise ValueError(f"is {len(name)} characters long, and {self.longest} are the most; choose a shorter name")
        return name

    def schema(self, before: str = "", must: str = "") -> WithJsonSchema:
        """Return the schema of a name; `before` is a pattern in front of it, of which `must` tells."""
        return written(before + self.pattern, must or self.must, longest=self.longest)


_pool_name = _Grammar("_", ".-", 255)
_bare_user_name = _Grammar("_", ".-", 128)  # the path of a keyring, and an entry of the journal, are named after it
_host_name = _Grammar("", ".-", 253)
_cluster_name = _Grammar("", "_-", 32)
_volume_type_name = _Grammar("_", ".-", 255)
_extra_spec_name = _Grammar("_.:-", "", 255)
_crush_name = _Grammar("_", ".-", 255)
_property_name = _Grammar("_", ".:-", 255)


def _entity(entity: str) -> str:
    if not entity.startswith("client."):
        raise ValueError("must begin with `client.`, as client.glance does; write `client.` before the user's name")
    _bare_user_name(entity.removeprefix("client."))
    return entity


def _own_entity(entity: str) -> str:
    """Return the entity unless Ceph makes that user itself: a stack would change its caps, and delete it."""
    if entity in _OF_THE_CLUSTER or entity.startswith("client.crash."):
        raise ValueError(f"{entity} belongs to the cluster itself; choose another user name")
    return entity


def _user_name(name: str) -> str:
    if name.startswith("client."):
        raise ValueError("must be given without the `client.` prefix; remove the prefix")
    _own_entity(f"client.{_bare_user_name(name)}")
    return name


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("must be a UUID, as `ceph fsid` prints one; correct it") from None


_SELINUX_TYPE = r"[a-z][a-z0-9_]*_t"
_SELINUX_MUST = "must be a type of SELinux, such as etc_t"


def _selinux_type(text: str) -> str:
    if not re.fullmatch(_SELINUX_TYPE, text):
        raise ValueError(f"{_SELINUX_MUST}; correct it")
    return text


SelinuxType = Annotated[str, AfterValidator(_selinux_type), written(_SELINUX_TYPE, _SELINUX_MUST)]
"""A type of SELinux, the third word of a label."""

PoolName = Annotated[str, AfterValidator(_pool_name), _pool_name.schema()]
"""A pool. Ceph keeps names that begin with a dot for itself."""

CrushName = Annotated[str, AfterValidator(_crush_name), _crush_name.schema()]
"""A name in the CRUSH map or of an erasure code profile: a rule, a bucket or its type, a device class, a plugin."""

UserName = Annotated[
    str,
    AfterValidator(_user_name),
    _bare_user_name.schema(
        rf"(?!client\.|crash\.|(?:{'|'.join(name.removeprefix('client.') for name in _OF_THE_CLUSTER)})$)",
        "must be the name of a user of your own, without `client.`",
    ),
]
"""A cephx user of the stack's own, without `client.`."""

Entity = Annotated[
    str,
    AfterValidator(_entity),
    _bare_user_name.schema(r"client\.", "must begin with `client.`, as client.glance does"),
]
"""Any client of the cluster, such as client.admin."""

OwnEntity = Annotated[Entity, AfterValidator(_own_entity)]
"""A client that a stack may manage: none that the cluster makes for itself."""

HostName = Annotated[str, AfterValidator(_host_name), _host_name.schema()]
"""A host's name in the settings."""

ClusterName = Annotated[str, AfterValidator(_cluster_name), _cluster_name.schema()]
"""The cluster's name on the hosts, as in /etc/ceph/<name>.conf."""

VolumeTypeName = Annotated[str, AfterValidator(_volume_type_name), _volume_type_name.schema()]
"""A Cinder volume type."""

ExtraSpecName = Annotated[str, AfterValidator(_extra_spec_name), _extra_spec_name.schema()]
"""An extra spec of a volume type."""

PropertyName = Annotated[str, AfterValidator(_property_name), _property_name.schema()]
"""A property of an image in Glance."""

Uuid = Annotated[
    str,
    AfterValidator(_uuid),
    written(r"(urn:)?(uuid:)?\{?([0-9A-Fa-f]-?){32}\}?", "must be a UUID, as `ceph fsid` prints one"),
]
"""A UUID in any of its spellings; lower case and with dashes afterwards."""
