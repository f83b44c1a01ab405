"""Accounts: what a service's own user sees of the cluster, with the service's own configuration file and keyring."""

import json
import pwd
import sys
from typing import Any, Dict, List

from providers.reach.agent.failed import Failed
from providers.reach.agent.files import number_of
from providers.reach.agent.programs import run

LOOK_S = 60
# A process of its own, because it becomes that user for good before librados opens anything.
LOOK = """
import errno, importlib, json, os, pwd, sys

def told(problem):
    number = getattr(problem, "errno", None)
    name = errno.errorcode.get(abs(number), "") if isinstance(number, int) else ""
    return {"errno": name, "text": "%s: %s" % (type(problem).__name__, problem)}

def look(user, conf, entity, pools):
    account = pwd.getpwnam(user)
    if os.getuid() != account.pw_uid:
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    rados, rbd = importlib.import_module("rados"), importlib.import_module("rbd")
    seen = {"fsid": "", "pools": {}}
    try:
        cluster = rados.Rados(conffile=conf, name=entity)
        for option in ("rados_mon_op_timeout", "rados_osd_op_timeout", "client_mount_timeout"):
            cluster.conf_set(option, "20")
        cluster.connect(timeout=20)
        fsid = cluster.get_fsid()
        seen["fsid"] = fsid.decode() if isinstance(fsid, bytes) else str(fsid)
    except Exception as problem:
        return dict(seen, error=told(problem))
    for pool in pools:
        try:
            with cluster.open_ioctx(pool) as data:
                seen["pools"][pool] = {"images": len(rbd.RBD().list(data))}
        except Exception as problem:
            seen["pools"][pool] = {"error": told(problem)}
    return seen

answer = json.dumps(look(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
sys.stdout.write(answer + "\\n")
sys.stdout.flush()
os._exit(0)  # an unreachable cluster must not hold up the end
"""


def pools_as_user(user: str, conf: str, entity: str, pools: List[str]) -> Dict[str, Any]:
    """Connect as a user of this host does, and list pools; see `ClusterAsUser` for the fields.

    It is what `rbd ls` would do, without the program, which not every host has. The answer holds no image names and no
    keys.
    """
    number_of(pwd.getpwnam, user, "pw_uid")
    printed = run([sys.executable, "-I", "-c", LOOK, user, conf, entity] + pools, "", LOOK_S)
    try:
        seen: Dict[str, Any] = json.loads(printed.strip().split("\n")[-1])
    except ValueError:
        raise Failed("", "what user %s sees could not be read" % user)
    return seen
