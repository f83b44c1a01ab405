"""What the program still declares after the engine has reported that a resource failed."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2, resource_pb2

from components.stack.continue_on_error import GUARD_TYPE, ContinuedRun
from tests.unit.test_contracts import CONTRACTS

Result = resource_pb2.Result


@pytest.fixture(autouse=True)
def _an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that ran before in this process have left the SDK in a preview of another stack."""
    monkeypatch.setattr("components.stack.continue_on_error.is_dry_run", lambda: False)
    for name in ("organization", "project", "stack"):
        monkeypatch.setattr(pulumi, f"get_{name}", lambda name=name: name)


class Engine:
    """Answers registrations as an engine that runs with --continue-on-error."""

    def __init__(self, **answers: tuple[resource_pb2.Result.ValueType, str]) -> None:
        self.answers = answers
        self.seen: list[Any] = []
        self.outputs: list[Any] = []
        self.former = {"fsid": "former"}

    def RegisterResource(self, request: Any, **_words: Any) -> Any:
        self.seen.append(request)
        result, identity = self.answers[request.name]
        return resource_pb2.RegisterResourceResponse(urn=f"urn:{request.name}", id=identity, result=result)

    def RegisterResourceOutputs(self, request: Any) -> None:
        self.outputs.append(json_format.MessageToDict(request.outputs))

    def Invoke(self, request: Any) -> Any:
        assert request.tok == "pulumi:pulumi:readStackOutputs"
        assert dict(request.args) == {"name": "organization/project/stack"}
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").update({"name": request.args["name"], "outputs": self.former})
        return answer


def outputs(urn: str = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s") -> Any:
    request = resource_pb2.RegisterResourceOutputsRequest(urn=urn)
    request.outputs.update({"fsid": "new"})
    return request


def request(name: str, kind: str = "thing", needs: tuple[str, ...] = ()) -> Any:
    return resource_pb2.RegisterResourceRequest(
        type=kind, name=name, custom=True, dependencies=[f"urn:{needed}" for needed in needs]
    )


def test_what_depends_on_a_failed_resource_is_passed_over_and_the_others_are_declared() -> None:
    engine = Engine(a=(Result.FAIL, "old"), c=(Result.SUCCESS, "new"))
    declare = ContinuedRun(engine).register
    first = declare(request("a"))
    second = declare(request("b", needs=("a",)))
    third = resource_pb2.RegisterResourceRequest(type="thing", name="d", dependencies=[second.urn])
    answers = [first, second, declare(third), declare(request("c"))]
    assert [answer.result for answer in answers] == [Result.SUCCESS] * 4
    assert len({answer.urn for answer in answers}) == 4
    assert [asked.name for asked in engine.seen] == ["a", "c"]


def test_the_guard_is_made_without_what_could_not_be_created() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), b=(Result.FAIL, ""), guard=(Result.SUCCESS, "new"))
    run = ContinuedRun(engine)
    urns = [run.register(request(name, needs=needs)).urn for name, needs in (("a", ()), ("b", ()), ("c", ("b",)))]
    run.register(resource_pb2.RegisterResourceRequest(type=GUARD_TYPE, name="guard", dependencies=urns))
    with pytest.raises(pulumi.RunError, match="not everything was done"):
        run.register_outputs(outputs())
    assert [asked.name for asked in engine.seen] == ["a", "b", "guard"]
    assert list(engine.seen[-1].dependencies) == ["urn:a"]


def test_a_guard_that_is_there_waits_for_what_could_not_be_updated() -> None:
    engine = Engine(a=(Result.FAIL, "old"))
    run = ContinuedRun(engine)
    run.register(request("a"))
    run.register(request("guard", GUARD_TYPE, needs=("a",)))
    with pytest.raises(pulumi.RunError, match="stays until a run without any"):
        run.register_outputs(outputs())
    assert [asked.name for asked in engine.seen] == ["a"]


def test_after_a_gate_that_refuses_the_program_ends_as_failed() -> None:
    engine = Engine(gate=(Result.FAIL, "old"))
    run = ContinuedRun(engine)
    run.register(request("gate", GUARD_TYPE))
    run.register(request("a", needs=("gate",)))
    run.register(request("guard", GUARD_TYPE, needs=("gate", "a")))
    with pytest.raises(pulumi.RunError):
        run.register_outputs(outputs())
    assert [asked.name for asked in engine.seen] == ["gate"]


def test_nothing_is_said_when_nothing_failed() -> None:
    engine = Engine(a=(Result.SUCCESS, "new"), guard=(Result.SUCCESS, "new"))
    run = ContinuedRun(engine)
    assert [run.register(one).id for one in (request("a"), request("guard", GUARD_TYPE, needs=("a",)))] == ["new"] * 2
    run.register_outputs(outputs())
    assert engine.outputs == [{"fsid": "new"}]


def test_a_failed_run_registers_no_output_so_that_the_engine_keeps_the_former_ones() -> None:
    engine = Engine(a=(Result.FAIL, "old"))
    run = ContinuedRun(engine)
    run.register(request("a"))
    run.register_outputs(outputs("urn:pulumi:s::p::ceph-openstack:openstack:Nova::nova"))
    with pytest.raises(pulumi.RunError):
        run.register_outputs(outputs())
    assert engine.outputs == [{"fsid": "new"}, {}]


def test_a_refresh_that_makes_nothing_registers_the_former_outputs() -> None:
    engine = Engine(a=(Result.SUCCESS, ""), guard=(Result.SUCCESS, "old"))
    run = ContinuedRun(engine)
    run.register(request("a"))
    run.register(request("guard", GUARD_TYPE, needs=("a",)))
    run.register_outputs(outputs())
    assert engine.outputs == [{"fsid": "former"}]


def test_a_preview_shows_the_new_outputs_of_what_is_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.stack.continue_on_error.is_dry_run", lambda: True)
    engine = Engine(a=(Result.SUCCESS, ""))
    run = ContinuedRun(engine)
    run.register(request("a"))
    run.register_outputs(outputs())
    assert engine.outputs == [{"fsid": "new"}]


def test_the_guard_is_known_by_its_type() -> None:
    assert GUARD_TYPE in {token for name, token, _ in CONTRACTS if name == "Guard"}
