"""The file that Pulumi starts as the dynamic provider, started as Pulumi does."""

import contextlib
import os
import signal
import subprocess
import sys
from concurrent import futures

import pytest

from providers.launcher.pool import WORKERS, WideThreadPool
from tests.unit import sdks

LAUNCHER = sdks.CHECKOUT / "providers" / "launcher" / "pulumi-resource-pulumi-python"


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    return {**kept, "PULUMI_PROJECT": "test", **changes}


@pytest.mark.parametrize("sdk", sdks.SDKS)
@pytest.mark.parametrize("named_by", ["virtual environment", "python command"])
def test_the_first_line_is_the_port_and_an_interrupt_ends_it(named_by: str, sdk: str) -> None:
    venv = sdks.environment(sdk)
    interpreter = {
        "virtual environment": {"PULUMI_RUNTIME_VIRTUALENV": str(venv)},
        "python command": {"PULUMI_PYTHON_CMD": str(venv / "bin" / "python")},
    }[named_by]
    with subprocess.Popen(
        [LAUNCHER, "127.0.0.1:1"],
        cwd=sdks.CHECKOUT,
        env=environment(**interpreter),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert 0 < int(process.stdout.readline()) < 65536
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
            assert process.stdout.read() == ""
        finally:
            process.kill()


def test_a_virtual_environment_that_is_not_there_is_named() -> None:
    started = subprocess.run(
        [LAUNCHER, "127.0.0.1:1"],
        cwd=sdks.CHECKOUT,
        env=environment(PULUMI_RUNTIME_VIRTUALENV="nowhere"),
        capture_output=True,
        text=True,
    )
    assert started.returncode == 1
    assert started.stdout == ""
    assert "no Python at nowhere/bin/python" in started.stderr


@pytest.mark.parametrize("interrupts", ["SIG_DFL", "SIG_IGN"])
def test_it_ends_when_the_engine_was_killed(interrupts: str) -> None:
    """The launcher also ends where interrupts are ignored, as in the background job of a script."""
    engine = f"""
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.{interrupts})
provider = subprocess.Popen(['{LAUNCHER}', '127.0.0.1:1'])
print(provider.pid, file=sys.stderr)
provider.wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", engine],
        cwd=sdks.CHECKOUT,
        env=environment(PULUMI_PYTHON_CMD=sys.executable),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        launcher = int(process.stderr.readline())
        try:
            assert process.stdout.readline()
            process.kill()
            # The pipe ends when its last writer ends.
            assert process.stdout.read() == ""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(launcher, signal.SIGKILL)


def test_only_the_first_pool_is_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(futures, "ThreadPoolExecutor", WideThreadPool)
    with futures.ThreadPoolExecutor(max_workers=4) as server:
        assert server._max_workers == WORKERS
    with futures.ThreadPoolExecutor(max_workers=4) as later:
        assert later._max_workers == 4
