"""The real provider process, spoken to as the engine does: over gRPC, with floats, unknowns and errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto import provider_pb2_grpc

from providers import resources
from tests.sim.ceph import cephx_key
from tests.unit.sdks import CHECKOUT, SDKS, environment

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEY = cephx_key(77)


class Provider:
    """One provider process; `cls` says whose resource is meant."""

    def __init__(self, stub: Any, folder: Path, process: int) -> None:
        self.stub, self.folder, self.process = stub, folder, process

    def props(self, cls: type[Any], given: dict[str, Any]) -> struct_pb2.Struct:
        made = struct_pb2.Struct()
        json_format.ParseDict({**given, "__provider": serialize_provider(cls())}, made)
        return made

    def check(self, cls: type[Any], olds: dict[str, Any], news: dict[str, Any]) -> Any:
        return self.stub.Check(messages.CheckRequest(olds=self.props(cls, olds), news=self.props(cls, news)))

    def diff(self, cls: type[Any], olds: dict[str, Any], news: dict[str, Any]) -> Any:
        request = messages.DiffRequest(id="x", olds=self.props(cls, olds), news=self.props(cls, news))
        return self.stub.Diff(request)

    def create(self, cls: type[Any], props: dict[str, Any]) -> Any:
        return self.stub.Create(messages.CreateRequest(properties=self.props(cls, props)))

    def read(self, cls: type[Any], props: dict[str, Any]) -> Any:
        return self.stub.Read(messages.ReadRequest(id="x", properties=self.props(cls, props)))

    def update(self, cls: type[Any], olds: dict[str, Any], news: dict[str, Any]) -> Any:
        request = messages.UpdateRequest(id="x", olds=self.props(cls, olds), news=self.props(cls, news))
        return self.stub.Update(request)

    def delete(self, cls: type[Any], props: dict[str, Any]) -> Any:
        return self.stub.Delete(messages.DeleteRequest(id="x", properties=self.props(cls, props)))


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    found: dict[str, Any] = json_format.MessageToDict(struct)
    found.pop("__provider")
    return found


@pytest.fixture(scope="module", params=SDKS)
def provider(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """Start the process with each SDK in turn."""
    if os.geteuid() != 0:
        pytest.skip("the journal is root's: run as root")
    folder = tmp_path_factory.mktemp("protocol")
    # The journal goes to the temporary folder, the rest is the process that Pulumi starts.
    start = (
        "import runpy, sys, providers.journal.host_journal as j; sys.argv = ['launcher', 'engine'];"
        f"j.FOLDER = {str(folder / 'journal')!r}; "
        "runpy.run_module('providers.launcher', run_name='__main__', alter_sys=True)"
    )
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [environment(request.param) / "bin" / "python", "-u", "-c", start],
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=CHECKOUT,
            env={**os.environ, "PULUMI_PROJECT": "ceph-openstack"},
        )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        settings = struct_pb2.Struct()
        hosts = {"here": {"address": "local", "sudo": False, "python": sys.executable}}
        settings.update({"ceph-openstack:hosts": json.dumps(hosts)})
        stub.Configure(messages.ConfigureRequest(args=settings))
        yield Provider(stub, folder, process.pid)
    process.stdout.close()
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def directory(provider: Provider, request: pytest.FixtureRequest) -> dict[str, Any]:
    path = provider.folder / str(request.node.name)
    return {"stack": "dev", "host": "here", "path": str(path), "mode": "0750"}


DIRECTORY = resources.HostDirectoryProvider
POOL = resources.PoolProvider
GOOD_POOL = {
    "stack": "dev",
    "fsid": "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501",
    "name": "images",
    "size": 3,
    "pg_num": None,
    "target_size_ratio": 1,
}


def test_a_whole_life(provider: Provider, directory: dict[str, Any]) -> None:
    path = Path(directory["path"])
    inputs = plain(provider.check(DIRECTORY, {}, directory).inputs)
    created = provider.create(DIRECTORY, inputs)
    outs = plain(created.properties)
    assert created.id == f"directory {path} on here"
    assert path.stat().st_mode & 0o777 == 0o750
    path.chmod(0o777)
    read = provider.read(DIRECTORY, outs)
    assert plain(read.inputs) == {**inputs, "mode": "0777"}
    outs = plain(provider.update(DIRECTORY, plain(read.properties), inputs).properties)
    assert path.stat().st_mode & 0o777 == 0o750
    provider.delete(DIRECTORY, outs)
    provider.delete(DIRECTORY, outs)
    assert not path.exists()
    assert not (provider.folder / "journal").exists()


def test_floats_become_integers_and_none_is_left_out(provider: Provider) -> None:
    answer = provider.check(POOL, {}, GOOD_POOL)
    assert not answer.failures
    inputs = plain(answer.inputs)
    assert (inputs["size"], inputs["target_size_ratio"]) == (3, 1)
    assert "pg_num" not in inputs
    again = provider.check(POOL, inputs, inputs)
    assert plain(again.inputs) == inputs


def test_unknown_values_pass(provider: Provider) -> None:
    unknown = {**GOOD_POOL, "name": UNKNOWN, "size": UNKNOWN}
    assert not provider.check(POOL, {}, unknown).failures
    for olds, news in ((GOOD_POOL, unknown), (unknown, GOOD_POOL), ({}, unknown), (GOOD_POOL, {})):
        answer = provider.diff(POOL, olds, news)
        assert answer.changes == messages.DiffResponse.DIFF_UNKNOWN
        assert not answer.replaces


def test_failures_name_no_property(provider: Provider) -> None:
    """The engine prints the value of a property that is named."""
    failures = provider.check(POOL, GOOD_POOL, {**GOOD_POOL, "name": "other", "size": 4}).failures
    assert [failure.property for failure in failures] == [""]
    assert "name cannot change from images to other" in failures[0].reason


def test_what_is_pending_is_a_change(provider: Provider) -> None:
    answer = provider.diff(POOL, {**GOOD_POOL, "pending": ["rbd pool init images"]}, GOOD_POOL)
    assert answer.changes == messages.DiffResponse.DIFF_SOME


def details(failure: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    return str(failure.value.details())


def test_errors_are_one_line_without_traceback_and_key(provider: Provider, directory: dict[str, Any]) -> None:
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: provider.create(DIRECTORY, {**directory, "path": f"/nowhere/{KEY}"}), "No such file"),
        (lambda: provider.create(DIRECTORY, {**directory, "owner": f"a{KEY}\nb"}), "there is no user"),
        (lambda: provider.create(DIRECTORY, {**directory, "host": "elsewhere"}), "not among the hosts of this stack"),
        (lambda: provider.create(POOL, GOOD_POOL), "admin_host: not set"),
    ]
    for call, words in calls:
        with pytest.raises(grpc.RpcError) as failure:
            call()
        assert words in details(failure)
        assert details(failure).isprintable()
        assert KEY not in details(failure)
        assert "Traceback" not in details(failure)
    assert KEY not in (provider.folder / "stderr").read_text()


def test_a_host_that_cannot_be_read_is_not_checked(provider: Provider, directory: dict[str, Any]) -> None:
    outs = {**directory, "host": "elsewhere", "pending": []}
    answer = provider.read(DIRECTORY, outs)
    assert plain(answer.properties) == outs
    assert "was not checked: elsewhere: not among the hosts" in (provider.folder / "stderr").read_text()


def test_calls_run_side_by_side_on_more_than_the_sdks_four_threads(
    provider: Provider, directory: dict[str, Any]
) -> None:
    path = Path(directory["path"])
    path.mkdir()
    many = [{**directory, "path": f"{path}/{number}"} for number in range(40)]
    with ThreadPoolExecutor(40) as pool:
        made = list(pool.map(lambda props: plain(provider.create(DIRECTORY, props).properties), many))
        list(pool.map(lambda props: provider.delete(DIRECTORY, props), made))
    assert not list(path.iterdir())
    workers = list(Path(f"/proc/{provider.process}/task").iterdir())
    assert len(workers) > 20
