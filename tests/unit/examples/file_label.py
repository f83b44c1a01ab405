"""Examples of SELinux types of files."""

from __future__ import annotations

from dataclasses import replace

from providers import resources
from providers.host.file_label import FileLabelKind, FileLabelObserved
from providers.reach.answers.selinux_state import SelinuxState
from tests.sim.site import Site
from tests.unit.examples.by_hand import garbled_journal
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as, without

PATH = "/etc/ceph/ours.keyring"
ADD = r"semanage fcontext --add --type etc_t '/etc/ceph/ours\.keyring'"


def without_selinux(site: Site) -> None:
    site.hosts["api1"].path(PATH).write_text("")


def labelled(site: Site) -> None:
    """Have SELinux, with another type for the file."""
    without_selinux(site)
    selinux = site.hosts["api1"].selinux
    selinux.enabled, selinux.policy[PATH], selinux.types[PATH] = True, "usr_t", "usr_t"


def by_chcon(site: Site) -> None:
    labelled(site)
    site.hosts["api1"].selinux.has_semanage = False


def moved(site: Site) -> None:
    site.hosts["api1"].selinux.types[PATH] = "user_home_t"


LABEL = Example(
    "label",
    resources.FileLabelProvider,
    {"stack": STACK, "host": "api1", "path": PATH, "selinux_type": "etc_t"},
    prepare=labelled,
    update={"selinux_type": "cert_t"},
    fixed={"path": "/etc/ceph/other"},
    hostile=[{"path": "x"}, {"selinux_type": HOSTILE}, {"selinux_type": "-t"}],
    drifts=[Drift("moved", moved, {"selinux_type": "user_home_t"}, [f"restorecon {PATH}"])],
    garble=garbled_journal("api1", "label", PATH),
)

LABEL_BY_CHCON = replace(
    LABEL,
    name="label by chcon",
    prepare=by_chcon,
    drifts=[Drift("moved", moved, {"selinux_type": "user_home_t"}, [f"chcon --type etc_t {PATH}"])],
)

LABEL_NOWHERE = replace(LABEL, name="label without SELinux", prepare=without_selinux, drifts=[], has_entry=False)


def observed(told: Told, _text: str | None) -> FileLabelObserved:
    """Return the label: the file's `type`, the `policy`'s, and `rules` by pattern; null stands for no semanage."""
    types = {name: f"system_u:object_r:{told[name]}:s0" if told.get(name) else "" for name in ("type", "policy")}
    rules = told.get("rules", {})
    text = None if rules is None else "".join(f"{path}   all files   a:b:{kind}:s0 \n" for path, kind in rules.items())
    state = SelinuxState(label=types["type"], policy=types["policy"], rules=text)
    known = without(told, "type", "policy", "rules", "entry")
    return observed_as(FileLabelObserved, {**known, "entry": entry_as(FileLabelKind, told)}, state=state)
