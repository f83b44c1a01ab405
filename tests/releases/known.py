"""Which options a release's programs know, by the definitions that these programs register."""

from __future__ import annotations

import json
from typing import Any

from lab.venv import PREFIX
from tests.live import lab

# A back end's section gets the options that the drivers register for such a section.
_READ = """
import json, sys
from oslo_config import cfg

asked = json.load(sys.stdin)
conf = cfg.ConfigOpts()
if asked["service"] == "glance":
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
    named = [option for group, options in groups if group == "backend_defaults" for option in options]
for group, options in groups + [(name, named) for name in asked["backends"]]:
    for option in options:
        option.required = False
    conf.register_opts(options, group=None if group in (None, "DEFAULT") else group)
conf(asked["files"], project="none", default_config_files=[], default_config_dirs=[])
found = {}
for section, option in asked["options"]:
    try:
        found[section + "." + option] = str((conf if section == "DEFAULT" else conf[section])[option])
    except cfg.NoSuchOptError:
        pass
print(json.dumps(found))
"""


def read(node: str, service: str, pid: int, backends: list[str], options: list[tuple[str, str]]) -> dict[str, str]:
    """Return `section.option` -> value as text, for those options that the release knows.

    Args:
        node: The node that runs the service.
        service: glance or cinder.
        pid: The process whose configuration files are read.
        backends: Names of sections that hold a back end.
        options: Section and name of each option to look for.
    """
    command = lab.on(node, "cat", f"/proc/{pid}/cmdline").split("\0")
    files = [argument for argument in command if argument.startswith("--config-")]
    assert files, command
    asked = {"service": service, "files": files, "backends": backends, "options": options}
    found: dict[str, Any] = json.loads(
        lab.on(node, f"{PREFIX}/bin/python", "-W", "ignore", "-c", _READ, stdin=json.dumps(asked))
    )
    return found
