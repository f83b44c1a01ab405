"""Writes the golden graphs anew: `python -m tests.golden`.

Run it for a new variant only. A changed line of a file that is there already is a changed URN, input or dependency in every
stack that an operator has: see docs/design.md before such a line is committed.
"""

from tests.golden.store import written
from tests.golden.variants import variants

if __name__ == "__main__":
    for name, settings in variants().items():
        print(written(name, settings))
