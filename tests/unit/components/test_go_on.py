"""What the program still declares after the engine has reported that a resource failed."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2

from components.go_on import GUARD, declaring
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
    declare = declaring(engine.register)
    return [declare(request) for request in requests]


def request(name: str, kind: str = "thing", after: tuple[str, ...] = ()) -> Any:
    return resource_pb2.RegisterResourceRequest(type=kind, name=name, dependencies=[f"urn:{one}" for one in after])


def test_what_depends_on_a_failed_resource_is_declared_for_the_engine_to_skip() -> None:
    engine = Engine(a=(Result.FAIL, "old"), b=(Result.SKIP, "old"))
    answers = ask(engine, request("a"), request("b", after=("a",)))
    assert [answer.result for answer in answers] == [Result.SUCCESS, Result.SUCCESS]
    assert list(engine.seen[1].dependencies) == ["urn:a"]


def test_the_guard_is_made_without_what_could_not_be_created() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), b=(Result.FAIL, ""), c=(Result.SKIP, ""), guard=(Result.SUCCESS, "new"))
    with pytest.raises(pulumi.RunError, match="not everything was done"):
        ask(engine, request("a"), request("b"), request("c"), request("guard", GUARD, after=("a", "b", "c")))
    assert list(engine.seen[-1].dependencies) == ["urn:a"]


def test_a_guard_that_is_there_waits_for_what_could_not_be_updated() -> None:
    engine = Engine(a=(Result.FAIL, "old"), guard=(Result.SKIP, "old"))
    with pytest.raises(pulumi.RunError, match="stays until a run without any"):
        ask(engine, request("a"), request("guard", GUARD, after=("a",)))
    assert list(engine.seen[-1].dependencies) == ["urn:a"]


def test_a_gate_that_refuses_leaves_the_rest_to_be_declared_before_the_program_ends_as_failed() -> None:
    engine = Engine(gate=(Result.FAIL, "old"), a=(Result.SKIP, "old"), guard=(Result.SKIP, "old"))
    declare = declaring(engine.register)
    declare(request("gate", GUARD))
    declare(request("a", after=("gate",)))
    with pytest.raises(pulumi.RunError):
        declare(request("guard", GUARD, after=("gate", "a")))
    assert [one.name for one in engine.seen] == ["gate", "a", "guard"]


def test_nothing_is_said_when_nothing_failed() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), guard=(Result.SUCCESS, "new"))
    assert len(ask(engine, request("a"), request("guard", GUARD, after=("a",)))) == 2


def test_the_guard_is_known_by_its_type() -> None:
    assert GUARD in {token for name, token, _ in CONTRACTS if name == "Guard"}
