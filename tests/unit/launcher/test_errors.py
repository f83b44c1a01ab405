"""What the engine gets of an error, whichever way the SDK passes the error on."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto import provider_pb2_grpc

from providers.errors import Refused
from providers.launcher.errors import plain_server
from tests.sim.ceph import cephx_key

KEY = cephx_key(78)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """A provider whose calls each fail in their own way."""

    def Create(self, _request: Any, _context: Any) -> Any:
        """As with the SDK 3.259, which catches nothing."""
        raise Refused(f"compute1: refused\nwith {KEY}")

    def Update(self, _request: Any, context: Any) -> Any:
        """As with the SDK 3.260 and later."""
        try:
            raise Refused(f"compute1: refused\nwith {KEY}") from OSError("the cause")
        except Exception:  # noqa: BLE001 - as the SDK does
            context.abort(grpc.StatusCode.UNKNOWN, traceback.format_exc())

    def Delete(self, _request: Any, _context: Any) -> Any:
        raise Refused

    def Read(self, _request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "words of the SDK")

    def Invoke(self, _request: Any, _context: Any) -> Any:
        raise NotImplementedError("unknown function x")

    def GetSchema(self, _request: Any, context: Any) -> Any:
        try:
            raise NotImplementedError("no schema")
        except Exception:  # noqa: BLE001 - as the SDK might do one day
            context.abort(grpc.StatusCode.UNKNOWN, traceback.format_exc())

    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()


@pytest.fixture(scope="module")
def provider() -> Iterator[Any]:
    server = plain_server(ThreadPoolExecutor(max_workers=1))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(0).wait()


@pytest.mark.parametrize(
    ("call", "request_", "code", "text"),
    [
        ("Create", messages.CreateRequest(), grpc.StatusCode.UNKNOWN, "compute1: refused with ***"),
        ("Update", messages.UpdateRequest(), grpc.StatusCode.UNKNOWN, "compute1: refused with ***"),
        ("Delete", messages.DeleteRequest(), grpc.StatusCode.UNKNOWN, "Refused"),
        ("Read", messages.ReadRequest(), grpc.StatusCode.INVALID_ARGUMENT, "words of the SDK"),
        ("Invoke", messages.InvokeRequest(), grpc.StatusCode.UNIMPLEMENTED, "unknown function x"),
        ("GetSchema", messages.GetSchemaRequest(), grpc.StatusCode.UNIMPLEMENTED, "no schema"),
    ],
    ids=[
        "raised",
        "aborted with the traceback",
        "without text",
        "aborted with other words",
        "not implemented",
        "not implemented, aborted",
    ],
)
def test_an_error_is_its_own_text_in_one_line(
    provider: Any, call: str, request_: Any, code: grpc.StatusCode, text: str
) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        getattr(provider, call)(request_)
    assert (failure.value.code(), failure.value.details()) == (code, text)


def test_an_answer_is_passed_on(provider: Any) -> None:
    assert provider.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()
