"""Writes the golden graphs anew: `python -m tests.golden`.

Run this for a new variant only. A changed line of an existing file is a changed URN, input or dependency in every stack
that an operator has; read docs/design.md before committing such a line.
"""

from tests.golden.store import written
from tests.golden.variants import variants

if __name__ == "__main__":
    for name, settings in variants().items():
        print(written(name, settings))
