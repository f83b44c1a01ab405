"""Which options a release's own programs know, by the definitions that they register themselves."""

from __future__ import annotations

import json
from typing import Any

from lab.venv import PREFIX
from tests.live import lab

# Named sections get what the drivers register for a section of theirs.
_READ = """
import json, sys
from oslo_config import cfg

told = json.load(sys.stdin)
conf = cfg.ConfigOpts()
if told["service"] == "glance":
    import glance.opts
    from glance_store import driver, multi_backend
    from glance_store._drivers import filesystem, rbd
    groups = [*glance.opts.list_api_opts(), (multi_backend._STORE_CFG_GROUP, multi_backend._STORE_OPTS)]
    named = [*rbd.Store.OPTIONS, *filesystem.Store.OPTIONS, *rbd.Store.MULTI_BACKEND_OPTIONS]
    if hasattr(driver, "SHARED_CONF_GROUP"):
        groups.append((driver.SHARED_CONF_GROUP, rbd.Store.OPTIONS))
else:
    import cinder.opts
    groups = [(group, list(options)) for group, options in cinder.opts.list_opts()]
    named = [one for group, options in groups if group == "backend_defaults" for one in options]
for group, options in groups + [(name, named) for name in told["backends"]]:
    for option in options:
        option.required = False
    conf.register_opts(options, group=None if group in (None, "DEFAULT") else group)
conf(told["files"], project="none", default_config_files=[], default_config_dirs=[])
found = {}
for section, option in told["options"]:
    try:
        found[section + "." + option] = str((conf if section == "DEFAULT" else conf[section])[option])
    except cfg.NoSuchOptError:
        pass
print(json.dumps(found))
"""


def read(node: str, service: str, pid: int, backends: list[str], options: list[tuple[str, str]]) -> dict[str, str]:
    """Return `section.option` -> value as text, of those that the release knows.

    service -- glance or cinder
    pid     -- the process whose configuration files are read
    """
    command = lab.on(node, "cat", f"/proc/{pid}/cmdline").split("\0")
    files = [word for word in command if word.startswith("--config-")]
    assert files, command
    told = {"service": service, "files": files, "backends": backends, "options": options}
    found: dict[str, Any] = json.loads(
        lab.on(node, f"{PREFIX}/bin/python", "-W", "ignore", "-c", _READ, stdin=json.dumps(told))
    )
    return found
