"""Programs: run without a shell, with an end."""

import os
import subprocess

from providers.remote.agent.failed import Failed


def run(argv, stdin, timeout_s):
    """Run a program; a key that it was handed never comes back in its words."""
    environment = dict(os.environ, LC_ALL="C", PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    try:
        done = subprocess.run(
            argv,
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout_s,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise Failed("ETIMEDOUT", "did not end within %d s" % timeout_s)
    except FileNotFoundError:
        raise Failed("ENOENT", "there is no program %s on this host" % argv[0])
    output, words = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        text = " ".join((words or output.strip() or "no output").split())
        raise Failed(
            "", "exit status %d: %s" % (done.returncode, text.replace(stdin.strip(), "***") if stdin.strip() else text)
        )
    return output
