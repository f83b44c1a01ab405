"""Requests: `{"id": 1, "do": NAME, …}` is answered by `{"id": 1, "value": …}` or `{"id": 1, "error": {"errno", "text", "step"}}`.

Keys arrive in requests and leave only where a request asks for one by name; they are in no argument list, file name or error.
"""

import errno
import json
import os
import pwd
import sys
import threading
import time

from providers.remote.agent.ceph import mon_command, mon_read, pool_content, pool_init, user_sessions
from providers.remote.agent.failed import Failed
from providers.remote.agent.files import (
    make_directory,
    name_of,
    put_file,
    read_files,
    remove_directory,
    remove_file,
    set_attributes,
)
from providers.remote.agent.libvirt import libvirt_secrets, libvirt_users
from providers.remote.agent.programs import run
from providers.remote.agent.systemd import log_end, log_since, restart_unit, unit_state


def hello():
    with open("/etc/machine-id") as source:
        machine = source.read().strip()
    return {
        "machine_id": machine,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "user": name_of(pwd.getpwuid, os.getuid(), "pw_name"),
    }


STEPS = {
    "put_file": put_file,
    "remove_file": remove_file,
    "set_attributes": set_attributes,
    "make_directory": make_directory,
    "remove_directory": remove_directory,
    "run": run,
    "mon_command": mon_command,
    "pool_init": pool_init,
}


def apply(steps, conf, entity):
    """Do the steps in order; the first that fails ends the call and says which one it was."""
    values = []
    for number, step in enumerate(steps):
        words = {name: value for name, value in step.items() if name != "do"}
        if step["do"] in ("mon_command", "pool_init"):
            words.update(conf=conf, entity=entity)
        try:
            values.append(STEPS[step["do"]](**words))
        except BaseException as problem:
            problem.step = number
            raise
    return values


OPERATIONS = {
    "hello": hello,
    "read_files": read_files,
    "apply": apply,
    "mon_read": mon_read,
    "pool_content": pool_content,
    "user_sessions": user_sessions,
    "unit_state": unit_state,
    "restart_unit": restart_unit,
    "log_end": log_end,
    "log_since": log_since,
    "libvirt_secrets": libvirt_secrets,
    "libvirt_users": libvirt_users,
}


def answer(request, write):
    started = time.time()
    reply = {"id": request.pop("id")}
    try:
        reply["value"] = OPERATIONS[request.pop("do")](**request)
    except Failed as problem:
        reply["error"] = {"errno": problem.name, "text": str(problem), "step": getattr(problem, "step", None)}
    except OSError as problem:
        text = os.strerror(problem.errno) if problem.errno else str(problem)
        where = ": %s" % problem.filename if problem.filename else ""
        reply["error"] = {
            "errno": errno.errorcode.get(problem.errno, ""),
            "text": text + where,
            "step": getattr(problem, "step", None),
        }
    except Exception as problem:  # noqa: BLE001 - anything else, such as a rados or libvirt error: its text, never its arguments
        reply["error"] = {
            "errno": "",
            "text": "%s: %s" % (type(problem).__name__, problem),
            "step": getattr(problem, "step", None),
        }
    reply["seconds"] = time.time() - started
    write(reply)


def serve(source, target):
    lock, under_way = threading.Lock(), []

    def write(reply):
        line = json.dumps(reply).encode() + b"\n"
        with lock:
            target.write(line)
            target.flush()

    for line in iter(source.readline, b""):
        worker = threading.Thread(target=answer, args=(json.loads(line.decode()), write), daemon=True)
        worker.start()
        under_way = [other for other in under_way if other.is_alive()] + [worker]
    # The run has ended or was killed: what is under way may finish, for a while, so that no journal entry is left half done.
    limit = time.time() + 60
    for worker in under_way:
        worker.join(max(0, limit - time.time()))
    os._exit(0)
