"""Prints the options that the sources of a service declare, as JSON, without running them: for Python 2.7.

    python2.7 read_sources.py FOLDER...

Releases before Ocata run on Python 2 and on libraries that nobody installs any more. Therefore their sources are
parsed: every call that makes an option (`cfg.StrOpt`), and the group of every `register_opts` that names the list in
which the option stands. An option of a list that no call registers counts as one of [DEFAULT], as drivers of Cinder
register their lists through their configuration object.
"""

import ast
import json
import os
import sys

REGISTER = ("register_opt", "register_opts", "register_cli_opt", "register_cli_opts", "append_config_values")


def text_of(node):
    """Return the text of a literal, None for anything else."""
    return node.s if isinstance(node, ast.Str) else None


def last_name(node):
    """Return the last word of a name with dots."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def keywords(call):
    """Return the values of a call's keywords."""
    return {word.arg: word.value for word in call.keywords}


class Sources(ast.NodeVisitor):
    """The options of one module.

    Attributes:
        lists: name of a variable to the options, and to the other variables, in its value.
        groups: name of a variable to the name of the group that it is.
        registered: group and the value that is registered under it.
        found: the options, each with its group.
    """

    def __init__(self):
        """Begin with nothing."""
        self.lists, self.groups, self.registered, self.found = {}, {}, [], {}

    def visit_Assign(self, node):
        """Take a list of options, or a group."""
        for target in node.targets:
            name = last_name(target)
            if not name:
                continue
            text = text_of(node.value)
            if text is not None:
                self.groups[name] = text
            if isinstance(node.value, ast.Call) and last_name(node.value.func) == "OptGroup":
                given = node.value.args[:1] or [keywords(node.value).get("name")]
                self.groups[name] = text_of(given[0])
            self.lists[name] = node.value
        self.generic_visit(node)

    def visit_Call(self, node):
        """Take a registration."""
        if last_name(node.func) in REGISTER and node.args:
            words = keywords(node)
            group = words.get("group") or (node.args[1] if len(node.args) > 1 else None)
            self.registered.append((group, node.args[0]))
        self.generic_visit(node)

    def options(self, node, seen=()):
        """Return the options in a value, and in the variables that the value names."""
        found = []
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and last_name(part.func).endswith("Opt"):
                found += [part] if part.args or "name" in keywords(part) else []
            name = last_name(part)
            if name in self.lists and name not in seen and isinstance(part, (ast.Name, ast.Attribute)):
                found += self.options(self.lists[name], seen + (name,))
        return found

    def read(self, tree):
        """Return section to option to what is said of the option."""
        self.visit(tree)
        placed = set()
        for group, value in self.registered:
            section = "DEFAULT"
            if group is not None:
                section = text_of(group) or self.groups.get(last_name(group)) or ""
            for option in self.options(value):
                placed.add(option)
                self.add(section, option)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and last_name(node.func).endswith("Opt") and node not in placed:
                self.add("DEFAULT", node, registered=False)
        return self.found

    def add(self, section, call, registered=True):
        """Add one option; one that no call registers is only taken for one of [DEFAULT]."""
        words = keywords(call)
        name = text_of((call.args[:1] or [words.get("name")])[0])
        if not name or not section or last_name(call.func) in ("SubCommandOpt", "DeprecatedOpt"):
            return
        old = []
        if "deprecated_name" in words or "deprecated_group" in words:
            old.append([self.group_of(words.get("deprecated_group"), section), self.old_name(words, name)])
        for part in ast.walk(words["deprecated_opts"]) if "deprecated_opts" in words else ():
            for one in self.deprecated(part):
                given = keywords(one)
                old_name = text_of(one.args[0]) if one.args else name
                old.append([self.group_of(given.get("group"), section), old_name or name])
        removal = words.get("deprecated_for_removal")
        self.found[section, name.replace("-", "_")] = {
            "section": section,
            "name": name.replace("-", "_"),
            "registered": registered,
            "deprecated": removal is not None and last_name(removal) == "True",
            "old": [[group, one.replace("-", "_")] for group, one in old if group],
        }

    def deprecated(self, part):
        """Return the calls of DeprecatedOpt in a node, also through a variable."""
        if isinstance(part, ast.Call) and last_name(part.func) == "DeprecatedOpt":
            return [part]
        if isinstance(part, ast.Name) and part.id in self.lists:
            inside = ast.walk(self.lists[part.id])
            return [one for one in inside if isinstance(one, ast.Call) and last_name(one.func) == "DeprecatedOpt"]
        return []

    def group_of(self, node, section):
        """Return the group that an old name had: that of the option when nothing is said."""
        return section if node is None else text_of(node) or self.groups.get(last_name(node))

    def old_name(self, words, name):
        """Return the old name, which is that of the option when only the group has changed."""
        return text_of(words["deprecated_name"]) or name if "deprecated_name" in words else name


def main(folders):
    """Print one object for each option."""
    found = {}
    for folder in folders:
        for place, _, files in os.walk(folder):
            if "tests" in place.split(os.sep) or "test" in place.split(os.sep):
                continue
            for file in files:
                if not file.endswith(".py"):
                    continue
                with open(os.path.join(place, file)) as source:
                    found.update(Sources().read(ast.parse(source.read())))
    print(json.dumps([found[key] for key in sorted(found)]))


if __name__ == "__main__":
    main(sys.argv[1:])
