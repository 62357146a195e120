"""Reading our own sources as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def modules(folder: str) -> dict[str, ast.Module]:
    """Return every module below a folder by its path from the root of the tree."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last part of what is called: `commit` of `session.commit()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def found_calls(folder: str, names: frozenset[str], allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return `file:line name` of each call of one of the names outside of the allowed files."""
    return [
        f"{path}:{call.lineno} {name}"
        for path, tree in modules(folder).items()
        if path not in allowed
        for name, call in calls(tree)
        if name in names
    ]


def imported(tree: ast.Module) -> set[str]:
    """Return the first part of every module that is imported."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def text_constants(tree: ast.Module) -> dict[str, str]:
    """Return the module's names that stand for a text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
