"""Key types: which types of cephx keys librados of this host can read.

Asked of librados itself with a made-up key, because distributions carry the newer type back into older versions, so a
version tells nothing for sure. Nothing is sent anywhere, and the key is nobody's.
"""

import json
import sys
from typing import List

from providers.reach.agent.failed import Failed
from providers.reach.agent.opened_once import imported
from providers.reach.agent.programs import run

LOOK_S = 30
# A process of its own, because librados prints a key that it cannot read, and because it is not ended in good order.
LOOK = """
import base64, errno, importlib, json, os, struct, sys

def reads(number, size):
    rados = importlib.import_module("rados")
    secret = struct.pack("<HIIH", number, 1, 0, size) + os.urandom(size)
    conf = {
        "key": base64.b64encode(secret).decode(),
        "mon_host": "127.0.0.1:1",
        "client_mount_timeout": "1",
        "log_file": os.devnull,
        "log_to_stderr": "false",
    }
    try:
        rados.Rados(name="client.made-up", conf=conf).connect(timeout=1)
    except rados.Error as problem:
        return getattr(problem, "errno", None) != errno.EINVAL
    return True

# Each librados reads keys of type aes, and to try one would take a second.
sys.stdout.write(json.dumps(["aes"] + (["aes256k"] if reads(2, 32) else [])) + "\\n")
sys.stdout.flush()
os._exit(0)
"""


def key_types() -> List[str]:
    """Return the types of keys that librados of this host can read: `aes`, `aes256k`."""
    imported("rados", "python3-rados")
    printed = run([sys.executable, "-I", "-c", LOOK], "", LOOK_S)
    try:
        found: List[str] = json.loads(printed.strip().split("\n")[-1])
    except ValueError:
        raise Failed("", "which types of keys librados reads could not be told")
    return found
