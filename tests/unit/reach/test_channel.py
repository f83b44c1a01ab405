"""The caller's side alone: streams that hang, end, or talk nonsense."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from providers.errors import Changed, OutcomeUnknown, StepFailed, UnexpectedOutput
from providers.reach import channel
from providers.reach.channel import AgentChannel, AgentEnded, lines_of

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="


class FarSide:
    """What would be the agent: requests arrive in `asked`, `say` answers."""

    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.said: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.released, self.kills = threading.Event(), 0
        self.hangs = False

    def write(self, data: bytes) -> None:
        self.asked.put(data)
        if self.hangs:
            self.released.wait(10)
            raise OSError("Socket is closed")

    def say(self, **reply: Any) -> None:
        self.said.put(json.dumps(reply).encode())

    def lines(self) -> Iterator[bytes]:
        while (line := self.said.get()) is not None:
            yield line

    def kill(self) -> None:
        self.kills += 1
        self.released.set()
        self.said.put(None)


@pytest.fixture
def far() -> Iterator[FarSide]:
    far = FarSide()
    yield far
    far.kill()


def channel_to(far: FarSide, words: str = "") -> AgentChannel:
    return AgentChannel("api1 (10.0.0.1)", "api1", b"agent", far.write, far.lines(), far.kill, lambda: words)


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    got: list[Any] = []

    def run() -> None:
        try:
            got.append(work())
        except Exception as problem:  # noqa: BLE001 - handed to the test
            got.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, got


def test_answers_find_their_questions_in_any_order(far: FarSide) -> None:
    channel = channel_to(far)
    assert far.asked.get(timeout=5) == b"agent"
    threads = []
    for number in (1, 2, 3):
        threads.append(in_thread(lambda number=number: channel.ask("do", 5, {"n": number})))  # type: ignore[misc]
        assert json.loads(far.asked.get(timeout=5)) == {"id": number, "do": "do", "n": number}
    for number in (3, 1, 2):
        far.say(id=number, value=number * 10)
    for number, (thread, got) in enumerate(threads, 1):
        thread.join(5)
        assert got == [number * 10]


@pytest.mark.parametrize(
    ("error", "kind", "text", "step"),
    [
        ({"errno": "ESTALE", "text": "changed", "step": 2}, Changed, "changed (ESTALE)", 2),
        ({"errno": "", "text": "no", "step": None}, StepFailed, "no", None),
    ],
)
def test_an_error_of_the_host(
    far: FarSide, error: dict[str, Any], kind: type[StepFailed], text: str, step: int | None
) -> None:
    channel = channel_to(far)
    thread, got = in_thread(lambda: channel.ask("do", 5, {}))
    far.asked.get(timeout=5), far.asked.get(timeout=5)
    far.say(id=1, error=error)
    thread.join(5)
    assert (type(got[0]), str(got[0]), got[0].step_number) == (kind, text, step)


@pytest.mark.parametrize("error", [None, "no", {}, {"errno": "ENOENT"}, {"errno": "", "text": "no", "step": "x"}])
def test_an_error_of_another_form_names_the_host_and_the_question(far: FarSide, error: object) -> None:
    channel = channel_to(far)
    thread, got = in_thread(lambda: channel.ask("hello", 5, {}))
    far.asked.get(timeout=5), far.asked.get(timeout=5)
    far.say(id=1, error=error)
    thread.join(5)
    assert isinstance(got[0], UnexpectedOutput)
    assert str(got[0]).startswith("api1 (10.0.0.1): `hello` answered in a form that this version does not know")


def test_past_its_deadline_one_call_ends_all_and_the_agent(far: FarSide) -> None:
    channel = channel_to(far)
    slow, got = in_thread(lambda: channel.ask("apply", 30, {"secret": "key"}))
    far.asked.get(timeout=5), far.asked.get(timeout=5)
    with pytest.raises(
        OutcomeUnknown, match=r"^api1 \(10.0.0.1\): `unit_state`: outcome unknown, `unit_state` took longer than 0 s;"
    ):
        channel.ask("unit_state", 0.1, {})
    slow.join(5)
    assert isinstance(got[0], OutcomeUnknown)
    assert "`apply`: outcome unknown, `unit_state` took longer" in str(got[0])
    assert "key" not in str(got[0])
    assert far.kills == 1
    with pytest.raises(AgentEnded):
        channel.ask("again", 5, {})


def test_a_host_that_takes_nothing_holds_no_call_beyond_its_deadline(far: FarSide) -> None:
    far.hangs = True
    channel, start = channel_to(far), time.monotonic()
    with pytest.raises(OutcomeUnknown):
        channel.ask("apply", 0.2, {"content": "x" * 1000})
    assert time.monotonic() - start < 20
    channel.join(5)
    assert not any(thread.is_alive() for thread in channel._threads)


def test_the_end_of_the_stream_is_told_with_the_last_words(far: FarSide) -> None:
    channel = channel_to(far, words="sudo: a password\n is required\n")
    thread, got = in_thread(lambda: channel.ask("hello", 30, {}))
    far.asked.get(timeout=5), far.asked.get(timeout=5)
    far.said.put(None)
    thread.join(5)
    assert "the connection was closed: sudo: a password is required" in str(got[0])
    assert channel.ended == "the connection was closed: sudo: a password is required"


@pytest.mark.parametrize("line", [b'{"id": ', b'{"no": 1}', b'{"id": [1]}'])
def test_nonsense_ends_the_channel_instead_of_hanging_it(far: FarSide, line: bytes) -> None:
    channel = channel_to(far)
    thread, got = in_thread(lambda: channel.ask("hello", 30, {}))
    far.asked.get(timeout=5), far.asked.get(timeout=5)
    far.said.put(line)
    thread.join(5)
    assert isinstance(got[0], OutcomeUnknown)


def test_lines_come_whole_however_they_are_cut() -> None:
    text = b"one\n\ntwo and more\nthree\nhalf"
    for size in range(1, len(text) + 1):
        pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
        assert list(lines_of(lambda pieces=pieces: next(pieces, b""))) == [b"one", b"", b"two and more", b"three"]  # type: ignore[misc]


def test_an_answer_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LONGEST_LINE", 1000)
    assert list(lines_of(iter([b"x" * 900, b"\n" + b"y" * 900, b"\n", b""]).__next__)) == [b"x" * 900, b"y" * 900]
    with pytest.raises(ValueError, match="longer than 1000 bytes"):
        list(lines_of(lambda: b"x" * 300))


@pytest.mark.parametrize("left", range(0, 41, 4))
def test_no_end_of_a_key_is_shown_where_a_long_line_is_cut(far: FarSide, left: int) -> None:
    asking = AgentChannel("api1", "api1", b"", far.write, far.lines(), far.kill, lambda: "")
    far.said.put(KEY.encode() + b"y" * (channel.TEXT_KEPT - left) + b"\n")
    far.said.put(None)
    asking.join(5)
    assert KEY[-8:] not in (asking.ended or "")


def test_what_is_no_answer_is_kept_only_at_its_end(far: FarSide) -> None:
    asking = AgentChannel("api1", "api1", b"", far.write, far.lines(), far.kill, lambda: "")
    for _ in range(50):
        far.said.put(b"greeting " * 1000)
    far.said.put(None)
    asking.join(5)
    assert len(asking.ended or "") < 700
