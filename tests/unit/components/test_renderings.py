"""What is written for each release: as recorded, and judged by that release's own declarations of options."""

from __future__ import annotations

import pytest

from components.services import SERVICES
from components.services.declared_options import DeclaredOption, declared_options
from components.services.option import BACKEND
from providers.formats.document import Document
from providers.formats.oslo_ini import OSLO
from tests.golden.rendering import FOLDER, Rendering, caps_of, rendered, renderings

ALL = list(renderings())
DECLARED_IN = {service.label: service.declared_in for service in SERVICES}
BACKENDS = ("rbd", "ceph")
"""Our store's and our back end's section."""
EXPERIMENTAL = "several stores, which take the place of a single one, are experimental in Rocky and Stein"
ASKED_FOR = "a single store is written from Train on only where the settings ask for it; it works to this day"


def name_of(rendering: Rendering) -> str:
    return str(rendering.path.relative_to(FOLDER))


def excused(rendering: Rendering, section: str, option: str) -> str:
    """Return why a deprecated option is written all the same; empty when it must not be."""
    if rendering.service != "glance" or (section, option) not in (
        ("glance_store", "stores"),
        ("glance_store", "default_store"),
    ):
        return ""
    if rendering.form == "single_store":
        return ASKED_FOR
    return EXPERIMENTAL if rendering.release in ("rocky", "stein") else ""


def test_every_rendering_has_its_file_and_every_file_its_rendering() -> None:
    assert {one.path for one in ALL} == set(FOLDER.rglob("*.conf"))
    assert len(ALL) >= 4 * 27


@pytest.mark.parametrize("rendering", ALL, ids=name_of)
def test_what_is_written_is_as_recorded(rendering: Rendering) -> None:
    assert rendered(rendering) == rendering.path.read_text(), "run `python -m tests.golden.rendering` and read the diff"


@pytest.mark.parametrize("release", ["jewel", "luminous", "nautilus"])
def test_caps_have_the_form_of_the_cluster_s_release(release: str) -> None:
    assert caps_of(release) == (FOLDER / "caps" / f"{release}.txt").read_text()


def faults(rendering: Rendering, text: str) -> list[str]:
    """Return the options of a rendering that its release does not declare, or calls deprecated."""
    table, found = declared_options(DECLARED_IN[rendering.service]), []
    for option in Document(OSLO, text).parsed.options:
        section = BACKEND if option.section.name in BACKENDS else option.section.name
        declared = table.find(section, option.name) or DeclaredOption(frozenset())
        if rendering.release not in declared.read_by:
            found.append(f"[{section}] {option.name} is unknown")
        elif rendering.release in declared.deprecated_in and not excused(rendering, section, option.name):
            found.append(f"[{section}] {option.name} is deprecated")
    return found


@pytest.mark.parametrize("rendering", ALL, ids=name_of)
def test_the_release_declares_every_option_and_calls_none_deprecated(rendering: Rendering) -> None:
    text = rendering.path.read_text()
    assert len(Document(OSLO, text).parsed.options) >= 5
    assert faults(rendering, text) == []


def test_an_unknown_and_a_deprecated_option_would_be_seen() -> None:
    nova = Rendering("nova", "queens")
    assert faults(nova, "[libvirt]\nimages_rbd_poool = x\n") == ["[libvirt] images_rbd_poool is unknown"]
    mitaka = Rendering("nova", "mitaka")
    assert faults(mitaka, "[libvirt]\nlive_migration_flag = x\n") == ["[libvirt] live_migration_flag is deprecated"]
    assert faults(Rendering("glance", "train"), "[glance_store]\nstores = x\n") == [
        "[glance_store] stores is deprecated"
    ]


def test_each_excuse_is_needed() -> None:
    """Taken away, each excuse is a fault again: exactly these renderings have a deprecated option."""
    table = declared_options("glance-api.conf").find("glance_store", "stores")
    assert table
    excuses = [one for one in ALL if excused(one, "glance_store", "stores")]
    written = [one for one in excuses if "stores = " in one.path.read_text() and one.release in table.deprecated_in]
    assert excuses == written
    assert {one.release for one in excuses if not one.form} == {"rocky", "stein"}
