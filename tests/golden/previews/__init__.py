"""Previews of the real CLI, as `pulumi preview --json` writes them, without what differs in each run.

`python -m tests.golden.previews` records all of them anew, which is right when inputs of resources have changed.
"""
