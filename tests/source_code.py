"""What the source code of a module imports and calls, for tests of its architecture."""

from __future__ import annotations

import ast
from pathlib import Path


def imports_of(module: Path) -> set[str]:
    """The modules, and the names from packages, that are imported anywhere in the module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_within(name: str, modules: set[str]) -> bool:
    """Whether `name` is one of `modules`, or within one."""
    parts = name.split(".")
    return any(".".join(parts[:count]) in modules for count in range(1, len(parts) + 1))


def calls_of(module: Path) -> list[str]:
    """The functions that are called anywhere in the module, as they are written there."""
    tree = ast.parse(module.read_text())
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
