"""Examples of types of keys that the monitors allow."""

from __future__ import annotations

from providers import resources
from providers.ceph.key_type import KeyTypeKind, KeyTypeObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as


def tentacle(site: Site) -> None:
    site.ceph.as_tentacle()


KEY_TYPE = Example(
    "key type",
    resources.KeyTypeProvider,
    {"stack": STACK, "fsid": FSID, "key_type": "aes"},
    prepare=tentacle,
    fixed={"fsid": FSID.replace("f", "e"), "key_type": "aes256k"},
    hostile=[{"key_type": HOSTILE}, {"key_type": "none"}, {"wrong": 1}],
    drifts=[
        Drift(
            "forbidden",
            lambda site: site.ceph.do_mon_set("auth_allowed_ciphers", "aes256k"),
            {"present": False},
            ["ceph mon set auth_allowed_ciphers aes,aes256k"],
        ),
        Drift(
            "not made",
            lambda site: site.ceph.do_config_rm("mon", "mon_auth_allow_insecure_key"),
            {"present": False},
            ["ceph config set mon mon_auth_allow_insecure_key true"],
        ),
    ],
    garble=garbled("mon dump", "[1]"),
)


def observed(told: Told, _text: str | None) -> KeyTypeObserved:
    """Return what the monitors allow."""
    old = {"release": "tentacle", "allowed": (), "preferred": "aes", "insecure": None}
    return observed_as(KeyTypeObserved, {**old, **told, "entry": entry_as(KeyTypeKind, told)})
