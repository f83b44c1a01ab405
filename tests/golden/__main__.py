"""Writes the golden graph of each new variant: `python -m tests.golden`.

A variant that has its file already is left alone, because a changed line of a file is a changed URN, input or
dependency in every stack that an operator has; read docs/design.md before removing a file to have it written anew.
"""

from tests.golden.store import written
from tests.golden.variants import variants

if __name__ == "__main__":
    for name, settings in variants().items():
        if path := written(name, settings):
            print(path)
