"""Prints the names of CPython's tests of generators and coroutines, one a line.

Reads them from the interpreter's own `test` package without running it; ends with
status 3 where that is not installed, or is of another version than the list.
"""

import ast
import importlib.util
import pathlib
import sys

FILES = ["test_generators", "test_yield_from", "test_coroutines", "test_asyncgen"]


def names(file, tree):
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and member.name.startswith("test"):
                    yield f"{file}.{node.name}.{member.name}"
        # Examples in texts, which `doctest` finds under these keys.
        elif isinstance(node, ast.Assign) and node.targets[0].id == "__test__":
            for key in node.value.keys:
                yield f"{file}.__test__.{key.value}"


if sys.version_info[:2] != (3, 11) or not (package := importlib.util.find_spec("test")):
    sys.exit(3)
folder = pathlib.Path(package.origin).parent
if not all((folder / f"{file}.py").exists() for file in FILES):
    sys.exit(3)
for file in FILES:
    for name in names(file, ast.parse((folder / f"{file}.py").read_text("utf-8"))):
        print(name)
