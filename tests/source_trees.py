"""Syntax trees of the modules of the program and of its demo, parsed and walked once for all tests of one process that read the source.

Python looks for cycles again and again while a thousand trees grow, which takes three times as long as the parsing: it is kept
from that here, and the trees, which stay until the end, are left out of later looks.
"""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for package in ("triage", "triage_demo") for path in (ROOT / package).rglob("*.py"))
_OURS = frozenset(SOURCES)
Kind = TypeVar("Kind", bound=ast.AST)


@cache
def tree(path: Path) -> ast.Module:
    """Returns the tree of a module of the program. Nobody changes it."""
    if path in _OURS:
        return _parse_all()[path]
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def _parse_all() -> dict[Path, ast.Module]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        found = {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in SOURCES}
        for path, each in found.items():
            _sorted_nodes[path] = _sort_nodes(each)
    finally:
        if was_on:
            gc.enable()
    gc.freeze()
    return found


_sorted_nodes: dict[Path, dict[type[ast.AST], list[ast.AST]]] = {}


def _sort_nodes(root: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    """Returns the nodes below a node by their kind, each kind in the order of `ast.walk`."""
    found: dict[type[ast.AST], list[ast.AST]] = {}
    every: list[ast.AST] = [root]
    for node in every:  # it grows: `ast.walk` takes half as long again
        found.setdefault(type(node), []).append(node)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                every += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST):
                every.append(value)
    return found


def nodes(path: Path, kind: type[Kind]) -> list[Kind]:
    """Returns all nodes of exactly one kind in a module, in the order of `ast.walk`."""
    module = tree(path)
    if path not in _sorted_nodes:
        _sorted_nodes[path] = _sort_nodes(module)
    return [node for node in _sorted_nodes[path].get(kind, ()) if isinstance(node, kind)]
