"""What is sent to a host to make its agent: the source files in order, and the few words that start them there."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

PACKAGE = "providers.reach.agent"
MODULES = (
    "failed",
    "allowed",
    "opened_once",
    "folders",
    "redaction",
    "files",
    "key_files",
    "programs",
    "key_types",
    "packages",
    "selinux",
    "accounts",
    "logs",
    "systemd",
    "ceph",
    "watchers",
    "locks",
    "libvirt",
    "sockets",
    "serve",
)

STARTER = (
    "import sys; sys.version_info < (3, 6) and sys.exit('Python 3.6 or later is needed, not ' +"
    " sys.version.split()[0]); exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())).decode())"
)

LOADER = """\
import sys, types
parts = {package!r}.split(".")
for depth in range(1, len(parts) + 1):
    parent = sys.modules[".".join(parts[:depth])] = types.ModuleType(".".join(parts[:depth]))
    parent.__path__ = []
for name, source in {modules!r}:
    module = sys.modules[{package!r} + "." + name] = types.ModuleType({package!r} + "." + name)
    exec(compile(source, "agent/" + name + ".py", "exec"), module.__dict__)
module.serve(sys.stdin.buffer)
"""


INSTALLED = """\
#!/usr/bin/python3 -I
# The agent of ceph-openstack, installed. It does not run what it is sent, and does what the file
# {allowed} lists (docs/access.md).
import json, sys
sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
with open({allowed!r}) as source:
    allowed = json.load(source)
{program}"""
SERVE = "module.serve(sys.stdin.buffer)"


def program() -> str:
    """Return the agent as one program."""
    here = Path(__file__).parent / "agent"
    modules = [(name, (here / f"{name}.py").read_text()) for name in MODULES]
    return LOADER.format(package=PACKAGE, modules=modules)


@cache
def bundle() -> bytes:
    """Return what is written to the starter's standard input before the first request."""
    data = program().encode()
    return b"%d\n%s" % (len(data), data)


def installed(allowed: str = "/etc/ceph-openstack-agent.json") -> str:
    """Return the agent as a script to install on a host, where the file `allowed` says what it may do."""
    narrow = f'module.serve(sys.stdin.buffer, sys.modules["{PACKAGE}.allowed"].Allowed(**allowed))'
    return INSTALLED.format(allowed=allowed, program=program().replace(SERVE, narrow))


def arguments() -> list[str]:
    """Return Python's arguments on the host: isolated, file names in UTF-8 whatever the locale, and the starter."""
    return ["-I", "-X", "utf8", "-c", STARTER]


if __name__ == "__main__":
    sys.stdout.write(installed(*sys.argv[1:]))
