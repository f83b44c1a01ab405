"""What the program still declares after the engine has reported that a resource failed."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2

from components.stack.continue_on_error import GUARD_TYPE, skipping_register
from tests.unit.test_contracts import CONTRACTS

Result = resource_pb2.Result


class Engine:
    """Answers registrations as an engine that runs with --continue-on-error."""

    def __init__(self, **answers: tuple[resource_pb2.Result.ValueType, str]) -> None:
        self.answers = answers
        self.seen: list[Any] = []

    def register(self, request: Any, **_words: Any) -> Any:
        self.seen.append(request)
        result, identity = self.answers[request.name]
        return resource_pb2.RegisterResourceResponse(urn=f"urn:{request.name}", id=identity, result=result)


def ask(engine: Engine, *requests: Any) -> list[Any]:
    declare = skipping_register(engine.register)
    return [declare(request) for request in requests]


def request(name: str, kind: str = "thing", needs: tuple[str, ...] = ()) -> Any:
    return resource_pb2.RegisterResourceRequest(
        type=kind, name=name, dependencies=[f"urn:{needed}" for needed in needs]
    )


def test_what_depends_on_a_failed_resource_is_passed_over_and_the_others_are_declared() -> None:
    engine = Engine(a=(Result.FAIL, "old"), c=(Result.SUCCESS, "new"))
    declare = skipping_register(engine.register)
    first = declare(request("a"))
    second = declare(request("b", needs=("a",)))
    third = resource_pb2.RegisterResourceRequest(type="thing", name="d", dependencies=[second.urn])
    answers = [first, second, declare(third), declare(request("c"))]
    assert [answer.result for answer in answers] == [Result.SUCCESS] * 4
    assert len({answer.urn for answer in answers}) == 4
    assert [asked.name for asked in engine.seen] == ["a", "c"]


def test_the_guard_is_made_without_what_could_not_be_created() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), b=(Result.FAIL, ""), guard=(Result.SUCCESS, "new"))
    declare = skipping_register(engine.register)
    urns = [declare(request("a")).urn, declare(request("b")).urn, declare(request("c", needs=("b",))).urn]
    with pytest.raises(pulumi.RunError, match="not everything was done"):
        declare(resource_pb2.RegisterResourceRequest(type=GUARD_TYPE, name="guard", dependencies=urns))
    assert [asked.name for asked in engine.seen] == ["a", "b", "guard"]
    assert list(engine.seen[-1].dependencies) == ["urn:a"]


def test_a_guard_that_is_there_waits_for_what_could_not_be_updated() -> None:
    engine = Engine(a=(Result.FAIL, "old"))
    with pytest.raises(pulumi.RunError, match="stays until a run without any"):
        ask(engine, request("a"), request("guard", GUARD_TYPE, needs=("a",)))
    assert [asked.name for asked in engine.seen] == ["a"]


def test_after_a_gate_that_refuses_the_program_ends_as_failed() -> None:
    engine = Engine(gate=(Result.FAIL, "old"))
    declare = skipping_register(engine.register)
    declare(request("gate", GUARD_TYPE))
    declare(request("a", needs=("gate",)))
    with pytest.raises(pulumi.RunError):
        declare(request("guard", GUARD_TYPE, needs=("gate", "a")))
    assert [asked.name for asked in engine.seen] == ["gate"]


def test_nothing_is_said_when_nothing_failed() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), guard=(Result.SUCCESS, "new"))
    assert len(ask(engine, request("a"), request("guard", GUARD_TYPE, needs=("a",)))) == 2


def test_the_guard_is_known_by_its_type() -> None:
    assert GUARD_TYPE in {token for name, token, _ in CONTRACTS if name == "Guard"}
