"""Programs: run without a shell, and ended at their time."""

import os
import signal
import subprocess
from typing import List

from providers.reach.agent.failed import Failed

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHORTEST_SECRET = 8


def end(program: "subprocess.Popen[bytes]") -> None:
    """Kill a program and all that it started, and close its pipes.

    A child that made a session of its own lives on. The child may hold the pipes open for ever, so nobody waits for the
    end of the pipes.
    """
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # The program itself has ended.
    for pipe in (program.stdin, program.stdout, program.stderr):
        try:
            if pipe is not None:
                pipe.close()
        except BrokenPipeError:
            pass  # The program had not read all of its input.
    program.wait()


def run(argv: List[str], stdin: str, timeout_s: float) -> str:
    """Run a program and return what it printed.

    What the program was handed, such as a key, never comes back in its complaint.
    """
    try:
        # A session of its own, so that the program's children end with the program.
        program = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LC_ALL="C", PATH=PATH),
            cwd="/",
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Failed("ENOENT", "there is no program %s on this host" % argv[0])
    try:
        output, stderr = program.communicate(stdin.encode("utf-8", "surrogateescape"), timeout=timeout_s)
    except subprocess.TimeoutExpired:
        end(program)
        raise Failed("ETIMEDOUT", "did not end within %d s" % timeout_s)
    if program.returncode != 0:
        text = " ".join((stderr.strip() or output.strip() or b"no output").decode("utf-8", "replace").split())
        for secret in sorted(set(stdin.split()), key=len, reverse=True):
            text = text.replace(secret, "***") if len(secret) >= SHORTEST_SECRET else text
        raise Failed("", "exit status %d: %s" % (program.returncode, text))
    return output.decode("utf-8", "replace")
