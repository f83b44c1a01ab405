"""Commands beside `pulumi`. Each verb is a folder: `python -m commands discover`, `verify`, `undo`, `images`."""

import importlib.util
import sys

# With another Python than the one of .venv the first import would end in a traceback.
if importlib.util.find_spec("pydantic") is None:
    sys.exit(
        f"error: {sys.executable} lacks the program's packages; use .venv/bin/python, or bin/ceph-openstack, after "
        "`pulumi install`"
    )
