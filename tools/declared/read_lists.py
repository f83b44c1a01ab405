"""Prints the options that a service's own `list_opts` return, as JSON: run by the Python that the release is for.

    python read_lists.py FOLDER... -- FUNCTION...

FOLDER is a package as PyPI has it, unpacked; FUNCTION is `module:function`, or
`module:list=section`, with `?` at the end where the list may be missing. What a package imports and this Python
does not have is replaced by a stand-in, because a driver's client library declares no option of the service.
"""

import importlib
import importlib.machinery
import json
import sys
import types

LOADER = importlib.machinery.ModuleSpec


class StandIn:
    """Stands for anything: a class, a decorator, a constant of a library that is not installed."""

    def __init__(self, *args, **words):
        """Take whatever is given."""

    def __call__(self, *args, **words):
        """Return a decorated function or class unchanged, anything else as another stand-in."""
        if len(args) == 1 and not words and callable(args[0]):
            return args[0]
        return StandIn()

    def __getattr__(self, name):
        """Return a stand-in for every attribute but those that say what an object can do."""
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn()

    def __iter__(self):
        """Hold nothing."""
        return iter(())

    def __mro_entries__(self, bases):
        """Let a class inherit from this object, as from a class without anything in it."""
        return (StandInBase,)

    def __or__(self, other):
        """Be a part of any combination of flags."""
        return self

    __ror__ = __and__ = __add__ = __radd__ = __mod__ = __getitem__ = __or__


class StandInBase:
    """The class that is inherited from in place of one that is not installed."""

    def __init__(self, *args, **words):
        """Take whatever is given."""


class StandInModule(types.ModuleType):
    """A module that is not installed."""

    __path__ = []
    __version__ = "0"
    VERSION = (0, 0)

    def __getattr__(self, name):
        """Return a stand-in; a class is one by its name."""
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (StandInBase,), {}) if name[:1].isupper() and not name.isupper() else StandIn()
        setattr(self, name, made)
        return made


class StandInFinder:
    """Finds every module that no other finder has, outside the packages that are read."""

    def __init__(self, read):
        """Keep the names of the packages that are read: what they lack is an error."""
        self.read = read

    def find_spec(self, name, path=None, target=None):
        """Return how a stand-in for the module is loaded, when a package that is read imports the module."""
        frame = sys._getframe(1)
        while "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        importing = frame.f_globals.get("__name__", "").partition(".")[0]
        if name.partition(".")[0] in self.read or importing not in self.read:
            return None
        return LOADER(name, self, is_package=True)

    def create_module(self, spec):
        """Return the stand-in."""
        return StandInModule(spec.name)

    def exec_module(self, module):
        """There is nothing in it."""


def described(section, option):
    """Return what is kept of an option."""
    return {
        "section": section,
        "name": option.dest,
        "deprecated": bool(option.deprecated_for_removal),
        "old": [[old.group or section, (old.name or option.dest).replace("-", "_")] for old in option.deprecated_opts],
    }


def main(words):
    """Print one object for each option: section, name, deprecated, and the old names that are still read."""
    cut = words.index("--")
    folders, functions = words[:cut], words[cut + 1 :]
    sys.path[:0] = folders
    sys.meta_path.append(StandInFinder({function.split(".")[0].split(":")[0] for function in functions}))
    found = {}
    for function in functions:
        place, _, only = function.rstrip("?").partition("=")
        module, _, name = place.partition(":")
        listed = importlib.import_module(module)
        for word in name.split("."):
            listed = getattr(listed, word, []) if function.endswith("?") else getattr(listed, word)
        listed = listed() if callable(listed) else [(only, listed)]
        for section, options in listed:
            section = getattr(section, "name", section) or "DEFAULT"
            for option in options:
                if hasattr(option, "deprecated_opts"):
                    found[section, option.dest] = described(section, option)
    print(json.dumps([found[key] for key in sorted(found)]))


if __name__ == "__main__":
    main(sys.argv[1:])
