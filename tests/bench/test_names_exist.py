"""Benchmarks ask the program for names that it has: most run at full size only, where a missing name shows after an hour."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench"
SCRIPTS = sorted(BENCH.rglob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=[str(path.relative_to(BENCH)) for path in SCRIPTS])
def test_every_name_of_the_program_exists(path: Path) -> None:
    tree = ast.parse(path.read_text())
    modules, missing = dict[str, ModuleType](), []
    for module, name, local in list_imports(tree):
        found = find(module, name)
        if found is None:
            missing.append(f"{module}.{name}")
        elif isinstance(found, ModuleType):
            modules[local] = found
    for node in ast.walk(tree):
        of = modules.get(node.value.id) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else None
        if of is not None and not hasattr(of, node.attr):
            missing.append(f"{of.__name__}.{node.attr}")
    assert missing == []


def list_imports(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Yields (module or package, name, name in the script) of what comes from the program, apart from its windows."""
    for node in ast.walk(tree):
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("triage") and not module.startswith("triage.ui"):
            yield from ((module, each.name, each.asname or each.name) for each in node.names)


def find(module: str, name: str) -> object:
    """Returns what a module or package holds under a name, or None."""
    found = getattr(importlib.import_module(module), name, None)
    if found is not None:
        return found
    try:
        return importlib.import_module(f"{module}.{name}")
    except ModuleNotFoundError:
        return None
