"""Resources that record what is done with them, and when; a resource that is named in the file `failing` fails."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from pulumi import ResourceOptions
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

from providers.models import Desired

SECONDS = 0.05


def record(what: str, props: dict[str, Any]) -> None:
    """Write what begins, wait, and write that it has ended; fail if the file `failing` has the name."""
    folder = Path(os.environ["RECORDED"])
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(log, f"begin {what} {props['name']}\n".encode())
        time.sleep(SECONDS)
        failing = folder / "failing"
        if failing.exists() and props["name"] in failing.read_text().split():
            raise Exception(f"{props['name']} does not work")
        os.write(log, f"end {what} {props['name']}\n".encode())
    finally:
        os.close(log)


class Recorder(ResourceProvider):
    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        return CheckResult(news, [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult()

    def create(self, props: dict[str, Any]) -> CreateResult:
        record("create", props)
        return CreateResult(props["name"], props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        record("update", _news)
        return UpdateResult(_news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        record("delete", _props)


class RecordedResource(Resource, module="recorded", name="Thing"):
    def __init__(self, name: str, desired: Desired, *, opts: ResourceOptions) -> None:
        super().__init__(Recorder(), name, given(name, desired), opts)


class RecordedGuard(Resource, module="stack", name="Guard"):
    """By its type the program knows the guard."""

    def __init__(self, name: str, desired: Desired, *, opts: ResourceOptions) -> None:
        super().__init__(Recorder(), name, given(name, desired), opts)


def given(name: str, desired: Desired) -> dict[str, Any]:
    return {"name": name, "given": json.dumps(desired.as_given(), sort_keys=True)}
