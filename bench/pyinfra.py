"""pyinfra, the fastest of the other tools, in a virtual environment that is no dependency of this project."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.guide import Peer
from bench.lab_state import restored
from tests.live.lab import CHECKOUT

DEPLOY = Path(__file__).parent / "peers" / "deploy.py"
VERSION = "3.10.0"
ENVIRONMENT = CHECKOUT / ".state" / "bench" / f"pyinfra-{VERSION}"
SSH = CHECKOUT / ".state" / "lab" / "ssh"
INVENTORY = f"""
login = {{
    "ssh_user": "deploy",
    "ssh_key": "{SSH / "id_ed25519"}",
    "ssh_known_hosts_file": "{SSH / "known_hosts"}",
    "ssh_strict_host_key_checking": "yes",
}}
admin = [("127.0.2.1", login)]
openstack = [("127.0.2.11", login), ("127.0.2.21", login), ("127.0.2.22", login)]
"""


def install() -> Path:
    """Return the path of pyinfra, after installing VERSION from PyPI if the checkout does not have it."""
    program = ENVIRONMENT / "bin" / "pyinfra"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [
            str(ENVIRONMENT / "bin" / "pip"),
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"pyinfra=={VERSION}",
        ]
        subprocess.run(pip, check=True, stdin=subprocess.DEVNULL)
    return program


def measure() -> Peer:
    """Time peers/deploy.py twice; the lab is restored afterwards."""
    program = install()
    with restored(), tempfile.TemporaryDirectory(prefix="bench-") as work:
        inventory = Path(work) / "inventory.py"
        inventory.write_text(INVENTORY)

        def run(*arguments: str) -> float:
            started = time.monotonic()
            done = subprocess.run(
                [str(program), "-y", *arguments, str(inventory), str(DEPLOY)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise SystemExit(f"pyinfra: exit status {done.returncode}: {done.stdout[-3000:]}")
            return time.monotonic() - started

        return Peer(f"pyinfra {VERSION}", run("--limit", "admin") + run(), run())
