"""Examples of libvirt secrets."""

from __future__ import annotations

import base64

from providers import resources
from providers.libvirt.secret import SecretKind, SecretObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as
from tests.unit.examples.user import with_user

UUID = "2f0f4ba2-6c1e-4d0a-9b6e-1ab0ce9d0501"
RUN_REMOVED = (
    "virsh --quiet secret-define --file /dev/stdin <<< "
    f'\'<secret ephemeral="no" private="no"><uuid>{UUID}</uuid>'
    '<usage type="ceph"><name>ceph client.cinder</name></usage></secret>\''
)
RUN_SET = f"virsh --quiet secret-set-value --secret {UUID} --file /dev/stdin <<< '<key of client.cinder>'"


def foreign_secret(site: Site) -> None:
    key = site.ceph.users["client.cinder"]["key"]
    site.hosts["compute1"].libvirt.secrets[UUID] = {
        "usage": "ceph client.cinder",
        "is_ceph": True,
        "private": False,
        "ephemeral": False,
        "value": base64.b64decode(key),
    }


def undefine(site: Site) -> None:
    del site.hosts["compute1"].libvirt.secrets[UUID]


def unset(site: Site) -> None:
    site.hosts["compute1"].libvirt.secrets[UUID]["value"] = b"another"


SECRET = Example(
    "secret",
    resources.LibvirtSecretProvider,
    {
        "stack": STACK,
        "host": "compute1",
        "fsid": FSID,
        "entity": "client.cinder",
        "uuid": UUID,
        "usage": "ceph client.cinder",
    },
    prepare=with_user,
    fixed={"uuid": UUID.replace("2", "3"), "usage": "other", "host": "compute2"},
    hostile=[{"uuid": HOSTILE}, {"usage": "a\nb"}, {"usage": ""}],
    drifts=[
        Drift("gone", undefine, {"key_state": "missing"}, [RUN_REMOVED, RUN_SET]),
        Drift("value", unset, {"key_state": "stale"}, [RUN_SET]),
        Drift("rotated", lambda site: site.ceph.rotate("client.cinder"), {"key_state": "stale"}, [RUN_SET]),
    ],
    foreign=foreign_secret,
    gone=undefine,
    garble=garbled("auth ls", "[]"),
)


def observed(told: Told, _text: str | None) -> SecretObserved:
    """Return the host's secrets; the cluster's key is `sha256:right`."""
    found = {**told, "entry": entry_as(SecretKind, told)}
    return observed_as(SecretObserved, found, wanted="sha256:right")
