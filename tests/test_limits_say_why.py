"""Every limit says its unit or its reason, where it stands."""

from __future__ import annotations

import ast
import re

from tests.source_trees import ROOT, SOURCES, tree

LIMIT = re.compile(r"_?(?:MAX|MOST|MIN|LEAST|LONGEST|LARGEST|HIGHEST|SMALLEST|FEWEST)(?:_|$)")
UNITS = frozenset({"KIB", "MIB"})


def test_every_limit_has_a_comment_or_a_docstring() -> None:
    silent = []
    for path in SOURCES:
        lines = path.read_text("utf-8").splitlines()
        body = tree(path).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            name = _find_name(node)
            if name is None or (path.name != "limits.py" and not LIMIT.match(name)) or not _holds_number(node):
                continue
            above = node.lineno > 1 and lines[node.lineno - 2].startswith("#")
            said = above or any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
            if not said and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert silent == []


def _find_name(node: ast.stmt) -> str | None:
    """Returns the name in capitals that a statement assigns, or None."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
    name = target.id if isinstance(target, ast.Name) else None
    return name if name is not None and name.isupper() and name not in UNITS else None


def _holds_number(node: ast.stmt) -> bool:
    """Returns whether the value is a number or is made of numbers."""
    return any(isinstance(each, ast.Constant) and isinstance(each.value, int | float) for each in ast.walk(node))
