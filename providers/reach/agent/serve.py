"""Requests and their answers, one JSON line each.

`{"id": 1, "do": NAME, …}` is answered by `{"id": 1, "value": …}` or `{"id": 1, "error": {"errno", "text", "step"}}`.
Keys arrive in requests, and leave only where a request asks for one by name. No key is in an argument list, a file name
or an error.
"""

import json
import os
import signal
import threading
import time
from typing import IO, Any, Callable, Dict, List, Optional

from providers.reach.agent.accounts import pools_as_user
from providers.reach.agent.allowed import Allowed
from providers.reach.agent.ceph import (
    mgr_command,
    mgr_read,
    mon_command,
    mon_read,
    pool_content,
    pool_init,
    user_sessions,
)
from providers.reach.agent.failed import Failed, explained
from providers.reach.agent.files import (
    if_unchanged,
    make_directory,
    put_file,
    put_lines,
    read_files,
    remove_directory,
    remove_file,
    set_attributes,
)
from providers.reach.agent.folders import folder_locked
from providers.reach.agent.key_files import key_files
from providers.reach.agent.key_types import key_types
from providers.reach.agent.libvirt import (
    libvirt_guests,
    libvirt_local_disks,
    libvirt_rbd_disks,
    libvirt_secrets,
    libvirt_users,
)
from providers.reach.agent.locks import break_lock, image_locks
from providers.reach.agent.logs import log_since
from providers.reach.agent.packages import package_versions
from providers.reach.agent.programs import run
from providers.reach.agent.selinux import selinux_state
from providers.reach.agent.sockets import ask_sockets
from providers.reach.agent.systemd import restart_unit, unit_state
from providers.reach.agent.watchers import image_watchers, pool_images

FINISH_S = 60
Arguments = Dict[str, Any]


def hello() -> Dict[str, Any]:
    """Return which machine and which process answers; see `Hello` for the fields."""
    try:
        with open("/etc/machine-id") as source:
            machine = source.read().strip()
    except FileNotFoundError:
        machine = ""
    return {"machine_id": machine, "process": [os.getpid(), started(os.getpid())]}


def started(process: int) -> Optional[str]:
    """Return when a process started, in ticks since the boot; None when there is no such process, or only a zombie."""
    try:
        with open("/proc/%d/stat" % process) as source:
            fields = source.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def command_line(process: int) -> bytes:
    """Return the command line of a process, or nothing when there is no such process."""
    try:
        with open("/proc/%d/cmdline" % process, "rb") as source:
            return source.read()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def end_agent(process: List[Any]) -> None:
    """Kill the agent before this one.

    What that agent was doing is read again, so that agent must not go on.
    """
    number, start = process
    if command_line(number) != command_line(os.getpid()):
        return  # The process is no agent, or gone. An installed agent must not be a way to kill anything else.
    limit = time.monotonic() + 10
    while start is not None and started(number) == start:
        if time.monotonic() > limit:
            raise Failed("EBUSY", "the agent before this one (process %d) does not end" % number)
        os.kill(number, signal.SIGKILL)
        time.sleep(0.01)


STEPS: Dict[str, Callable[..., Any]] = {
    "if_unchanged": if_unchanged,
    "put_file": put_file,
    "put_lines": put_lines,
    "remove_file": remove_file,
    "set_attributes": set_attributes,
    "make_directory": make_directory,
    "remove_directory": remove_directory,
    "run": run,
    "mon_command": mon_command,
    "mgr_command": mgr_command,
    "pool_init": pool_init,
    "break_lock": break_lock,
}


def apply(steps: List[Arguments], conf: str, entity: str) -> List[Any]:
    """Do the steps in order. The first step that fails ends the call, and the error has its number.

    What `if_unchanged` has found stays true until the end of the call, because no other agent comes between.
    """
    with folder_locked(next((step["lock"] for step in steps if step["do"] == "if_unchanged"), "")):
        return in_order(steps, conf, entity)


def in_order(steps: List[Arguments], conf: str, entity: str) -> List[Any]:
    """Do the steps, and return what each of them gave."""
    values: List[Any] = []
    folders: List[Arguments] = []
    for number, step in enumerate(steps):
        arguments = {name: value for name, value in step.items() if name != "do"}
        if step["do"] in ("mon_command", "mgr_command", "pool_init", "break_lock"):
            arguments.update(conf=conf, entity=entity)
        try:
            values.append(in_folders(folders, STEPS[step["do"]], arguments))
        except Exception as problem:  # noqa: BLE001
            failed = explained(problem)
            raise Failed(failed.name, str(failed), number)
        if step["do"] == "make_directory":
            folders.append(arguments)
    return values


def in_folders(folders: List[Arguments], work: Callable[..., Any], arguments: Arguments) -> Any:
    """Do one step.

    The folders that this call made are made again when another call found them empty and removed them meanwhile.
    """
    for attempt in range(10):
        try:
            for folder in folders if attempt else []:
                make_directory(**folder)
            return work(**arguments)
        except FileNotFoundError:
            if not folders or attempt == 9:
                raise
    return None


OPERATIONS: Dict[str, Callable[..., Any]] = {
    "hello": hello,
    "end_agent": end_agent,
    "read_files": read_files,
    "key_files": key_files,
    "key_types": key_types,
    "package_versions": package_versions,
    "apply": apply,
    "ask_sockets": ask_sockets,
    "mon_read": mon_read,
    "mgr_read": mgr_read,
    "pool_content": pool_content,
    "pool_images": pool_images,
    "image_watchers": image_watchers,
    "image_locks": image_locks,
    "user_sessions": user_sessions,
    "pools_as_user": pools_as_user,
    "selinux_state": selinux_state,
    "unit_state": unit_state,
    "restart_unit": restart_unit,
    "log_since": log_since,
    "libvirt_guests": libvirt_guests,
    "libvirt_local_disks": libvirt_local_disks,
    "libvirt_rbd_disks": libvirt_rbd_disks,
    "libvirt_secrets": libvirt_secrets,
    "libvirt_users": libvirt_users,
}


def done(operation: str, arguments: Arguments, allowed: Optional[Allowed]) -> Any:
    """Do what a request asks for, if that is allowed, and return the answer."""
    if operation not in OPERATIONS:
        raise Failed("ENOSYS", "this agent does not know %s; is an older one installed here?" % operation)
    if allowed is not None and operation != "end_agent":
        allowed.check(operation, arguments)
    return OPERATIONS[operation](**arguments)


def answer(request: Arguments, write: Callable[[bytes], None], allowed: Optional[Allowed]) -> None:
    """Do what a request asks for, and write the answer or the error."""
    started_at = time.monotonic()
    reply = {"id": request.pop("id")}
    try:
        reply["value"] = done(request.pop("do"), request, allowed)
        line = json.dumps(dict(reply, seconds=time.monotonic() - started_at))
    except Exception as problem:  # noqa: BLE001 - such as a rados or libvirt error
        failed = explained(problem)
        line = json.dumps(
            {"id": reply["id"], "error": {"errno": failed.name, "text": str(failed), "step": failed.step}}
        )
    try:
        write(line.encode() + b"\n")
    except OSError:
        pass  # Nobody listens any more; the step is done all the same.


def serve(source: IO[bytes], allowed: Optional[Allowed] = None) -> None:
    """Answer requests, each in a thread of its own, until the source ends.

    Args:
        source: Yields the requests.
        allowed: The list of an installed agent.
    """
    # Answers go out over a copy of standard output, because what a library prints must not mix with them.
    target, lock = os.fdopen(os.dup(1), "wb"), threading.Lock()
    under_way: List[threading.Thread] = []
    os.dup2(2, 1)

    def write(line: bytes) -> None:
        with lock:
            target.write(line)
            target.flush()

    for line in iter(source.readline, b""):
        if not line.endswith(b"\n"):
            break  # The connection was cut in the middle of a request.
        worker = threading.Thread(target=answer, args=(json.loads(line.decode()), write, allowed), daemon=True)
        worker.start()
        under_way = [other for other in under_way if other.is_alive()] + [worker]
    # The run has ended or was killed. What is under way may finish, for a while, so that no journal entry is left half
    # done.
    limit = time.monotonic() + FINISH_S
    for worker in under_way:
        worker.join(max(0, limit - time.monotonic()))
    os._exit(0)
