"""Make the account that runs log in with on each host: account, public key, and a sudoers file that is checked first.

Call it once, as somebody who is there already: root or a user with sudo, with a key or a password. Without --really it
only says what is to be done.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from concurrent.futures import ThreadPoolExecutor

from commands.bootstrap.account import account_of
from commands.bootstrap.host_keys import expected
from commands.bootstrap.login import Login
from commands.bootstrap.outcome import Outcome
from commands.bootstrap.report import exit_status, lines
from commands.bootstrap.working import work
from commands.project import absolute_path, add_project, enter_project
from commands.stack_file import settings_of
from components.settings.problem import hint
from providers.errors import Refused
from providers.reach.access import LOCAL, AccessSettings
from providers.reach.host_access import HostAccess

HELP = "make the account that runs log in with, its key and its sudoers file, on each host"
THREADS = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `bootstrap`."""
    parser.add_argument("--stack", required=True)
    add_project(parser)
    parser.add_argument("--host", action="append", default=[], help="a host of the stack; repeat it (default: all)")
    parser.add_argument("--login", default="root", metavar="USER", help="who is there already (default: root)")
    parser.add_argument(
        "--identity", type=absolute_path, default="", metavar="FILE", help="USER's private key (default: ssh-agent)"
    )
    parser.add_argument(
        "--password", action="store_true", help="ask for USER's password, or read it as a line of standard input"
    )
    parser.add_argument(
        "--public-key", type=absolute_path, default="", metavar="FILE", help="default: that of ssh.identity_file"
    )
    parser.add_argument(
        "--sudoers", type=absolute_path, default="", metavar="FILE", help="a sudoers file of your own for the account"
    )
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="HOST=SHA256:…",
        help="of a key that is not known yet",
    )
    parser.add_argument("--undo", action="store_true", help="take away what an earlier call has made")
    parser.add_argument("--really", action="store_true", help="do it; without this it only looks")


def run(arguments: argparse.Namespace) -> int:
    """Look at the hosts, or change them, print what came of each, and return the exit status."""
    folder = enter_project(arguments.project)
    _, access = settings_of(arguments.stack, folder)
    hosts = _hosts(access, arguments.host)
    fingerprints = expected(arguments.fingerprint, access.hosts)
    accounts = {host.name: account_of(host, arguments.public_key, arguments.sudoers) for host in hosts}
    login = Login(arguments.login, arguments.identity, _password(arguments))

    def one(host: HostAccess) -> Outcome:
        fingerprint = fingerprints.get(host.name, "")
        undo, really = arguments.undo, arguments.really
        return work(host, accounts[host.name], login, fingerprint, undo=undo, really=really)

    # One after the other where the operator may be asked for a host key.
    with ThreadPoolExecutor(1 if sys.stdin.isatty() and not fingerprints else THREADS) as pool:
        outcomes = [outcome for wave in _waves(hosts) for outcome in pool.map(one, wave)]
    for line in lines(outcomes, really=arguments.really):
        print(line)
    return exit_status(outcomes, really=arguments.really)


def _hosts(access: AccessSettings, names: list[str]) -> list[HostAccess]:
    """Return the hosts that are asked for and reached over ssh, each machine once."""
    for name in names:
        if name not in access.hosts:
            raise Refused(f"--host {name}: is not in hosts; {hint(name, access.hosts, 'add it there')}")
    asked = [access.hosts[name] for name in names or access.hosts if access.hosts[name].address != LOCAL]
    if not asked:
        raise Refused("no host of the stack is reached over ssh, so no account is needed")
    return list({(host.address, host.port): host for host in reversed(asked)}.values())[::-1]


def _waves(hosts: list[HostAccess]) -> list[list[HostAccess]]:
    """Return the hosts, jump hosts before those behind them, because runs and we go through with the new account."""

    def jumps(host: HostAccess) -> int:
        return 1 + jumps(host.jump) if host.jump else 0

    return [[host for host in hosts if jumps(host) == count] for count in sorted({jumps(host) for host in hosts})]


def _password(arguments: argparse.Namespace) -> str:
    if not arguments.password:
        return ""
    if sys.stdin.isatty():
        return getpass.getpass(f"password of {arguments.login}: ")
    return sys.stdin.readline().rstrip("\n")
