"""Every fact about an option of a release has a row, and every row has a fact: `wiring_facts.yaml` has the ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from components.services import SERVICES
from components.stack.schema import settings_below
from components.stack.stack_settings import settings_in_order

FACTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("wiring_facts.yaml").read_text())
ROWS = {f"{service.name} [{row.section}] {row.name}".strip() for service in SERVICES for row in service.options}


def test_the_difference_between_facts_and_rows_is_empty() -> None:
    named = {row for fact in FACTS.values() for row in fact.get("rows", ())}
    assert len(named) > 100
    assert {"facts without a row": sorted(named - ROWS), "rows without a fact": sorted(ROWS - named)} == {
        "facts without a row": [],
        "rows without a fact": [],
    }


def test_a_fact_says_one_thing() -> None:
    assert all(len(fact) == 1 and fact.keys() <= {"rows", "setting", "no_row"} for fact in FACTS.values())
    assert {identity.partition(".")[0] for identity in FACTS} == {"b1", "b2", "b3", "b4"}
    assert all(fact.get("rows", ["x"]) for fact in FACTS.values())


def test_a_setting_that_a_fact_names_is_one() -> None:
    known = {
        f"{name}.{path}"
        for name, field in settings_in_order(SERVICES).items()
        for path, _ in settings_below(field.annotation)
    }
    assert {fact["setting"] for fact in FACTS.values() if "setting" in fact} <= known
