"""Answers are checked where they come in: an answer of another form is an error, and never means absence."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args, get_type_hints

import pytest

from providers.errors import UnexpectedOutput
from providers.reach.agent import serve
from providers.reach.agent_host import AgentHost
from providers.reach.answers.answer import in_form
from providers.reach.answers.fsid import Fsid
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.answers.unit_state import UnitState
from providers.reach.answers.user_row import UserRow
from providers.reach.channel import AgentChannel
from providers.reach.host import RemoteHost
from providers.reach.host_access import HostAccess

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
OPERATIONS = {name for name in vars(RemoteHost) if not name.startswith("_")} - {"access", "identity", "close"}


class Answering(AgentHost):
    """A host whose agent gives one answer to everything."""

    def __init__(self, answer: object) -> None:
        super().__init__(HostAccess("api1", "192.0.2.1"))
        self.answer = answer

    def _start(self) -> tuple[AgentChannel, str]:
        raise AssertionError("nothing is started here")

    def _stop(self, kill: bool) -> None: ...

    def _ask(self, operation: str, deadline_s: float, arguments: Mapping[str, object]) -> object:
        return self.answer


SINCE: dict[str, Any] = {"start": 0, "invocation": "", "since_usec": 0}
QUESTIONS: dict[str, tuple[Callable[[AgentHost], object], list[object], str]] = {
    "read_files": (lambda host: host.read_files(["/a"]), [[], {"/a": {"kind": "file"}}, {"/a": "x"}], "read files /a"),
    "key_files": (lambda host: host.key_files(["/a*"]), [{}, [{"path": "/a"}], [1]], "key files"),
    "key_types": (lambda host: host.key_types(), [{}, [1], "aes"], "key types"),
    "package_versions": (lambda host: host.package_versions(["x"]), [[], {"x": 1}], "package versions"),
    "mon_read": (lambda host: host.mon_read(Fsid, "fsid"), [None, [], {"fsid": 1}, {}], "`ceph fsid`"),
    "mgr_read": (lambda host: host.mgr_read(dict[str, int], "x y"), [[], {"a": "b"}, 1], "`ceph x y`"),
    "pool_content": (lambda host: host.pool_content("p"), [{}, {"images": 0}, [1]], "pool content p"),
    "pool_images": (lambda host: host.pool_images("p"), [{}, [1]], "pool images p"),
    "image_watchers": (lambda host: host.image_watchers("p", []), [{}, [{"image": "i"}]], "image watchers p"),
    "image_locks": (
        lambda host: host.image_locks("p", []),
        [[], {"locks": []}, {"locks": [{}], "gone": [], "problems": {}}],
        "image locks p",
    ),
    "user_sessions": (lambda host: host.user_sessions(["client.x"]), [{}, [{"entity": "client.x"}]], "user sessions"),
    "pools_as_user": (lambda host: host.pools_as_user("u", "c", "e", []), [[], {}, {"fsid": 1}], "pools as user"),
    "unit_state": (lambda host: host.unit_state("u"), [{}, {"LoadState": "loaded"}, "active"], "unit state u"),
    "restart_unit": (lambda host: host.restart_unit("u", "journal", timeout_s=1), ["x", None], "restart unit u"),
    "log_since": (lambda host: host.log_since("u", "journal", **SINCE), [None, 1, ["line"]], "log since u"),
    "libvirt_secrets": (lambda host: host.libvirt_secrets(), [{}, [{"uuid": "u"}], [[]]], "libvirt secrets"),
    "libvirt_users": (lambda host: host.libvirt_users(["u"]), [[], {"u": "domain"}], "libvirt users"),
    "libvirt_guests": (lambda host: host.libvirt_guests(), [{}, [{"name": "i"}]], "libvirt guests"),
    "libvirt_local_disks": (lambda host: host.libvirt_local_disks(), [None, {"d": [1]}], "libvirt local disks"),
    "libvirt_rbd_disks": (lambda host: host.libvirt_rbd_disks(), [None, {"d": [1]}], "libvirt rbd disks"),
    "selinux_state": (lambda host: host.selinux_state("/a"), [[], {"mode": 1}, "enforcing"], "selinux state"),
    "ask_sockets": (lambda host: host.ask_sockets("/f", [1], "help"), [{}, [{"pid": "x"}], [1]], "ask sockets"),
    "apply": (lambda host: host.apply([], lambda _: ""), [None, [1], {}], "`apply`"),
}


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_answer_of_another_form_is_an_error_that_names_the_host_and_the_question(operation: str) -> None:
    ask, answers, question = QUESTIONS[operation]
    for answer in answers:
        with pytest.raises(UnexpectedOutput) as failure:
            ask(Answering(answer))
        assert str(failure.value).startswith(f"api1 (192.0.2.1): {question} answered in a form that this version does")


def test_the_error_names_the_field_and_never_shows_a_value() -> None:
    for answer in ([{"entity": "client.x", "key": KEY, "caps": KEY}], [{"entity": [KEY], "key": KEY, "caps": {}}]):
        with pytest.raises(UnexpectedOutput, match=r"\(at `0\.(caps|entity)`\)") as failure:
            in_form(list[UserRow], answer, "api1", "`ceph auth ls`")
        assert KEY not in str(failure.value)
    with pytest.raises(UnexpectedOutput) as failure:
        in_form(dict[str, int], {KEY: "x"}, "api1", "`ceph auth ls`")
    assert KEY not in str(failure.value)
    assert KEY not in repr(UserRow(entity="client.x", key=KEY, caps={}))


def test_fields_that_this_version_does_not_know_are_passed_over() -> None:
    secret = {"uuid": "u", "usage": "x", "is_ceph": True, "private": False, "ephemeral": False, "value": "", "new": 1}
    assert in_form(list[LibvirtSecret], [secret], "api1", "libvirt secrets")[0].usage == "x"
    state = {"LoadState": "loaded", "ActiveState": "active", "InvocationID": "1", "StartedUsec": 2, "SubState": "x"}
    assert in_form(UnitState, state, "api1", "unit state").started_usec == 2


def parts_of(hint: object) -> Iterator[object]:
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)


def test_the_protocol_of_a_host_has_no_any() -> None:
    methods = [method for _, method in inspect.getmembers(RemoteHost, inspect.isfunction)]
    for method in methods:
        if not method.__name__.startswith("_"):
            for name, hint in get_type_hints(method).items():
                assert Any not in list(parts_of(hint)), f"{method.__name__}: {name}"


def test_the_protocol_has_a_method_per_operation_of_the_agent() -> None:
    assert set(serve.OPERATIONS) - {"hello", "end_agent"} == OPERATIONS
