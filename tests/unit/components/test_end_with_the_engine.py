"""A program whose engine is gone ends; under the real engine tests/unit/launcher/test_engine.py shows it."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from components.stack.end_with_the_engine import TOLD, or_end


class Unanswered(grpc.RpcError, grpc.Call):  # type: ignore[misc]
    """What gRPC raises, as far as it is looked at."""

    def __init__(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code


Unanswered.__abstractmethods__ = frozenset()


def failing(code: grpc.StatusCode) -> Any:
    def call(_request: str) -> None:
        raise Unanswered(code)

    return call


def test_the_program_ends_where_nobody_answers_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    with pytest.raises(Unanswered):
        or_end(failing(grpc.StatusCode.UNKNOWN))("refused")
    assert ended == []
    with pytest.raises(Unanswered):
        or_end(failing(grpc.StatusCode.UNAVAILABLE))("gone")
    assert ended == [TOLD]
    assert or_end(lambda request, *, timeout: (request, timeout))("a", timeout=1) == ("a", 1)
