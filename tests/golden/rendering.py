"""Renderings: what each release's services would read of ours, a file for each release and service.

`python -m tests.golden.rendering` writes every file that has changed and prints its path. Read the diff: each line is
one that an operator of that release gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from components.settings.releases import CODE_NAMES, RELEASES, is_before
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.models import ConfigSectionsDesired, UserDesired
from tests.unit.components.graph import raw

FOLDER = Path(__file__).parent / "renderings"
HOSTS = {"glance": "controller1", "cinder": "controller1", "cinder-backup": "controller1", "nova": "compute1"}


class Rendering(NamedTuple):
    """One rendering.

    Attributes:
        service: the service's label.
        release: the OpenStack release.
        form: which settings differ from those of most stacks; empty for none.
    """

    service: str
    release: str
    form: str = ""

    @property
    def path(self) -> Path:
        """The golden file."""
        return FOLDER / self.service / f"{self.release}{f'.{self.form}' if self.form else ''}.conf"


FORMS: dict[tuple[str, str], dict[str, Any]] = {
    ("glance", "single_store"): {"glance__layout": "single_store"},
    ("cinder", "flat"): {"cinder__layout": "flat"},
}
"""Settings of each further form of a service's file."""


def renderings() -> Iterator[Rendering]:
    """Yield every rendering that there is."""
    for release in RELEASES:
        for service in HOSTS:
            yield Rendering(service, release)
        if not is_before(release, "train"):
            yield Rendering("glance", release, "single_store")
        if is_before(release, "ocata"):
            yield Rendering("cinder", release, "flat")


def rendered(rendering: Rendering) -> str:
    """Return the lines of ours in the file of a host that had none of them before."""
    changes = FORMS[rendering.service, rendering.form] if rendering.form else {}
    settings = parse(raw(release=rendering.release, **changes))
    assert isinstance(settings, StackSettings), settings
    nodes = wire(settings, "golden").nodes
    config = nodes[f"{rendering.service}-config-{HOSTS[rendering.service]}"].model
    assert isinstance(config, ConfigSectionsDesired)
    sections = {name: dict(options) for name, options in config.sections.items()}
    for listed in (config.list_items_if_absent, config.list_items):
        for section, options in listed.items():
            for option, items in options.items():
                there = sections.setdefault(section, {})
                there[option] = ",".join([*([there[option]] if option in there else []), *items])
    code_name = f" ({CODE_NAMES[rendering.release]})" if rendering.release in CODE_NAMES else ""
    lines = [f"# {config.path} of {rendering.release}{code_name}{', ' + rendering.form if rendering.form else ''}"]
    for section in sorted(sections, key=lambda name: (name != "DEFAULT", name)):
        lines += [f"[{section}]", *(f"{name} = {value}" for name, value in sorted(sections[section].items()))]
    return "\n".join(lines) + "\n"


def caps_of(release: str) -> str:
    """Return the commands by which somebody would give the users their caps on a cluster of a Ceph release."""
    forms = {"shared by Cinder and Nova": {}, "Nova has a user of its own": {"nova__user": {"name": "nova"}}}
    lines = [f"# Users of a cluster of {release}."]
    for form, changes in forms.items():
        settings = parse(raw(cluster__release=release, **changes))
        assert isinstance(settings, StackSettings), settings
        lines += ["", f"# {form}"]
        for node in wire(settings, "golden").nodes.values():
            if isinstance(node.model, UserDesired):
                caps = " ".join(f"{daemon} '{text}'" for daemon, text in node.model.caps.items())
                lines.append(f"ceph auth get-or-create {node.model.entity} {caps}")
    return "\n".join(lines) + "\n"


def texts() -> Iterator[tuple[Path, str]]:
    """Yield each golden file and its text."""
    for one in renderings():
        yield one.path, rendered(one)
    for release in ("jewel", "luminous", "nautilus"):
        yield FOLDER / "caps" / f"{release}.txt", caps_of(release)


if __name__ == "__main__":
    for path, text in texts():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(path)
