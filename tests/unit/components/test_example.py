"""The example of CONTRIBUTING.md works as it stands."""

from __future__ import annotations

from pathlib import Path

from components.context import Context
from components.declared import declare
from docs.examples.gnocchi import Gnocchi, GnocchiSettings, gnocchi_caps

from .graph import settings

ROOT = Path(__file__).parents[3]


def test_the_example_declares_a_file_per_host() -> None:
    gnocchi = GnocchiSettings.model_validate({"hosts": ["controller1"], "pool": {"name": "metrics"}})

    def program() -> None:
        Gnocchi(Context("test", settings()), gnocchi, after={"controller1": []})

    made = declare(program, "test")
    assert set(made) == {"gnocchi", "gnocchi-config-controller1"}
    config = made["gnocchi-config-controller1"]
    assert config.parent == "gnocchi"
    assert config.inputs["sections"] == {
        "storage": {"driver": "ceph", "ceph_pool": "metrics", "ceph_username": "gnocchi"}
    }
    assert gnocchi_caps("metrics")["osd"] == "allow rwx pool=metrics"


def test_contributing_names_the_files_that_it_sends_a_reader_to() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for word in text.split("`"):
        if "/" in word and word.endswith((".py", ".yaml", ".md")):
            assert (ROOT / word).exists(), word
