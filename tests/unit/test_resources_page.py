"""The page of resources is what the kinds and their models say, and what they say is what a refresh does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, Field

from providers.describe import PAGE, inputs, resources_page
from providers.desired import Desired
from providers.errors import Refused
from providers.kind import Kind
from providers.kinds import KINDS
from tests.unit.examples import EXAMPLES
from tests.unit.test_plans import FILES
from tests.unit.test_plans import KINDS as CASES

ROOT = Path(__file__).resolve().parents[2]
each = pytest.mark.parametrize("type_", KINDS, ids=lambda type_: type_.rpartition(":")[2])
BY_KIND = {type(kind): type_ for type_, kind in KINDS.items()}


def documented(kind: Kind[Any, Any]) -> set[str]:
    return {*kind.lifecycle.drift, *kind.desired.reported_fields()}


def undescribed(kind: Kind[Any, Any]) -> list[str]:
    return [path for path, _, text in inputs(kind) if not re.search(r"\w.*[.!?]$", text)]


def test_the_page_is_not_stale() -> None:
    assert (ROOT / PAGE).read_text() == resources_page(), "run `make generate`"


def test_the_page_has_a_section_for_each_type_and_no_other() -> None:
    assert re.findall(r"^`(pulumi-python:\S+)`$", resources_page(), re.MULTILINE) == list(KINDS)


@each
def test_every_input_has_a_description(type_: str) -> None:
    assert undescribed(KINDS[type_]) == []


@each
def test_the_page_has_every_input_that_is_sent(type_: str) -> None:
    kind = KINDS[type_]
    paths = [path for path, _, _ in inputs(kind)]
    sent = [name for name, field in kind.desired.model_fields.items() if not field.exclude]
    assert [path for path in paths if "." not in path] == sent
    assert set(kind.fixed) <= set(sent)


@each
def test_what_drift_shows_is_what_a_refresh_returns(type_: str) -> None:
    """In every case of `tests/cases`, and in every drift of the examples, where a simulated site is refreshed."""
    seen: set[str] = set()
    for file in FILES:
        provider, observe = CASES[file.parent.name]
        if BY_KIND[type(provider.kind)] != type_:
            continue
        case = yaml.safe_load(file.read_text())
        desired = provider.kind.desired.model_validate({"stack": "dev", **case["desired"]}).as_stored()
        try:
            seen |= provider.kind.actual(desired, observe(case["observed"] or {}, case.get("before"))).keys()
        except Refused:  # the file is not readable
            assert "refused" in case, file
    for example in EXAMPLES:
        if BY_KIND[type(example.provider.kind)] == type_:
            seen |= {name for drift in example.drifts for name in drift.shows}
    assert seen == documented(KINDS[type_])


@each
def test_each_operation_is_told_in_whole_sentences(type_: str) -> None:
    told = KINDS[type_].lifecycle
    for text in (told.create, told.read, told.diff, told.update, told.delete):
        assert re.fullmatch(r"[A-Z].*\.", text), text
        assert "  " not in text


class Inner(BaseModel):
    plain: str = ""


class Undescribed(Desired):
    bare: int
    within: dict[str, Inner] = Field(default_factory=dict, description="Name -> something.")


def test_an_input_without_a_description_is_named() -> None:
    class OfIt:
        desired = Undescribed

    assert undescribed(OfIt()) == ["bare", "within.<name>.plain"]  # type: ignore[arg-type]
