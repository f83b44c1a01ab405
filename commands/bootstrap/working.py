"""Works on one host: logs in as somebody who is there already, and sends the program that makes the account."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.bootstrap.account import Account
from commands.bootstrap.host_keys import HostKeys
from commands.bootstrap.login import Login
from commands.bootstrap.outcome import Outcome
from providers.errors import HostError, ProviderError
from providers.reach.access import AccessSettings
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines
from providers.reach.ssh_connection import FirstLogin, close, connect, run
from providers.reach.ssh_errors import translated
from providers.redaction import redacted_line

if TYPE_CHECKING:
    import paramiko

SECONDS = 120
MARK = "# from here on it is the program\n"
"""What sudo has not read as a password comes before the mark, and is passed over."""
PROGRAM = (Path(__file__).parent / "on_host.py").read_text()
READER = f"import sys; exec(sys.stdin.read().partition({MARK!r})[2])"


def work(access: HostAccess, account: Account, login: Login, fingerprint: str, *, undo: bool, really: bool) -> Outcome:
    """Look at a host, or make the account there and log in with it.

    Args:
        access: How runs reach the host.
        account: What is wanted there.
        login: Who is there already.
        fingerprint: The host key's fingerprint, as the operator has it.
        undo: Whether to take away what an earlier call has made.
        really: Whether to change anything.
    """
    keys = HostKeys(access, fingerprint)
    try:
        answer = _asked(access, account, login, keys, undo=undo, really=really)
        steps, problem, known = answer["steps"], str(answer["problem"]), list[str]()
        if keys.accepted:
            known = keys.record() if really else [f"add its host key to {access.known_hosts_file}"]
        if really and not undo:
            problem = problem or _logged_in(access)
            if problem and steps:
                return Outcome(access.where, (*known,), _taken_back(access, account, login, keys, problem, answer))
        return Outcome(access.where, (*known, *steps), problem)
    except ProviderError as failure:
        return Outcome(access.where, unseen=redacted_line(str(failure)))


def _taken_back(
    access: HostAccess, account: Account, login: Login, keys: HostKeys, problem: str, answer: dict[str, Any]
) -> str:
    """Take back what this call has made, nothing of an earlier one, and return the problem with what came of that."""
    try:
        why_not = _asked(access, account, login, keys, keep=answer["earlier"], undo=True, really=True)["problem"]
    except ProviderError as failure:
        why_not = redacted_line(str(failure))
    if why_not:
        return f"{problem}; what this call has made could not be taken back: {why_not}"
    return f"{problem}; what this call has made was taken back"


def _asked(
    access: HostAccess,
    account: Account,
    login: Login,
    keys: HostKeys,
    *,
    undo: bool,
    really: bool,
    keep: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the program on the host answers."""
    way = replace(access, user=login.user, identity_file=login.identity_file)
    first = FirstLogin(login.password, keys.accept)
    wanted = {**asdict(account), "login": login.user, "undo": undo, "really": really, "keep": keep or {}}
    clients = connect(way, first)
    try:
        with translated(way):
            password = _password_for_sudo(clients[-1], way, login)
            text = f"{password}{MARK}{PROGRAM}\nmain(json.loads({json.dumps(wanted)!r}))\n"
            status, output, errors = run(clients[-1], _command(way, login, password), text, SECONDS)
    finally:
        close(clients)
    return _answer(access, login, status, output, errors)


def _password_for_sudo(client: paramiko.SSHClient, way: HostAccess, login: Login) -> str:
    """Return the line that sudo reads as a password; empty where sudo asks for none, or is not needed."""
    if way.user == "root":
        return ""
    status, _, _ = run(client, "sudo -n python3 -c ''", "", SECONDS)
    if status == 0:
        return ""
    if not login.password:
        raise HostError(f"{way.where}: sudo asks {login.user} for a password; call with --password, or log in as root")
    return f"{login.password}\n"


def _command(way: HostAccess, login: Login, password: str) -> str:
    sudo = "" if way.user == "root" else "sudo -S -k -p '' " if password else "sudo -n "
    return f"{sudo}python3 -c {shlex.quote(READER)}"


def _answer(access: HostAccess, login: Login, status: int, output: str, errors: str) -> dict[str, Any]:
    try:
        found = json.loads(output)
    except ValueError:
        said = " ".join(re.sub(r"\s+", " ", (errors or output).replace(login.password or "\0", "…")).split())[-300:]
        what = f"{login.user} could not run Python as root there (exit status {status})"
        raise HostError(f"{access.where}: {what}: {said or 'without a word'}") from None
    return dict(found)


def _logged_in(access: HostAccess) -> str:
    """Return why a run could not work on the host now; empty when it can."""
    machines = Machines(AccessSettings({access.name: access}))
    try:
        machines.host(access.name).identity()
    except ProviderError as problem:
        return f"after this, a run still cannot work there: {redacted_line(str(problem))}"
    finally:
        machines.close()
    return ""
