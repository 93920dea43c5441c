"""Draws mutants of the source: one change in one place each, and says where it stands."""

from __future__ import annotations

import ast
import copy
import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ONLY = {"importers": ("levels.py", "merge.py")}
"""Package -> the modules from which mutants are drawn, where that is not all of them."""
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the text after it, and what it did."""

    path: str
    lines: range
    """The lines of the changed statement, of a compound one those before its body."""
    called: bool
    """Whether the statement runs each time a function is called; else once, when the module is imported or in the first call of a cached function."""
    kind: str
    before: str
    after: str

    def label(self) -> str:
        """Returns what stands in the list of mutants without effect: module, kind and the changed lines, without numbers of lines."""
        return f"{self.path} {self.kind}: " + " | ".join(line.strip() for line in changed_lines(self) if line[0] in "-+")


def changed_lines(mutant: Mutant) -> list[str]:
    """Returns the lines that differ, each with - or + before it."""
    diff = difflib.unified_diff(mutant.before.splitlines(), mutant.after.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[0] in "-+" and not line.startswith(("---", "+++"))]


def list_changes(tree: ast.AST) -> Iterator[tuple[str, ast.AST, int]]:
    """Yields (kind of change, node, which of its parts) for every change that could be made."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from (("comparison", node, n) for n, op in enumerate(node.ops) if type(op) in BOUNDS)
            case ast.BoolOp():
                yield "and/or", node, 0
            case ast.BinOp() if type(node.op) in SUMS:
                yield "arithmetic", node, 0
            case ast.UnaryOp(op=ast.Not()):
                yield "not removed", node, 0
            case ast.Constant(value=bool() | int() | float()):
                yield "constant", node, 0
            case ast.Return(value=ast.expr()) if not is_nothing(node.value):
                yield "return value", node, 0
            case ast.IfExp():
                yield "branches exchanged", node, 0
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from (("statement removed", node, n) for n, each in enumerate(block) if name == "body" and is_act(each))


def is_nothing(node: ast.AST) -> bool:
    """Returns whether a value is None or False: to return None instead is seen by nobody, and a constant is changed by itself."""
    return isinstance(node, ast.Constant) and (node.value is None or node.value is False)


def is_act(node: ast.AST) -> bool:
    """A statement that can go: a call, an assignment to something that exists, a raise, a continue or break."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def apply_change(kind: str, node: ast.AST, part: int) -> None:
    """Makes the change in place."""
    match node:
        case ast.Compare() if kind == "comparison":
            node.ops[part] = BOUNDS[type(node.ops[part])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.BinOp():
            node.op = SUMS[type(node.op)]()
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant():
            value = node.value
            node.value = not value if isinstance(value, bool) else value + 1  # type: ignore[operator]
        case ast.Return():
            empty = ast.Constant(None)
            node.value = ast.UnaryOp(ast.Not(), node.value) if isinstance(node.value, ast.Compare | ast.BoolOp) else empty
        case ast.IfExp() if kind == "branches exchanged":
            node.body, node.orelse = node.orelse, node.body
        case _:
            node.body[part] = ast.Pass()  # type: ignore[attr-defined]


def find_silent(tree: ast.AST) -> set[int]:
    """Returns the ids of nodes that say nothing at run time: annotations, docstrings, `if TYPE_CHECKING`, `__all__`, slices of types."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *(each.annotation for each in [*node.args.args, *node.args.kwonlyargs])]
            parts += [each for each in node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list, *(each.value for each in node.keywords)]  # frozen, slots, kw_only
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id[:1].isupper() for t in node.targets):
            union = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
            parts = [node.value] if union or isinstance(node.value, ast.Subscript) else []
        silent.update(id(below) for part in parts if part is not None for below in ast.walk(part))
    return silent


def find_place(tree: ast.AST, node: ast.AST) -> tuple[range, bool]:
    """Returns the lines of the smallest statement around a node, and whether it runs each time that a function is called.

    What is cached runs in the first test that asks, and all others rest on what it returned.
    """
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    lines, called, cached = range(0), False, False
    while node in above:
        parent = above[node]
        if isinstance(node, ast.stmt) and not lines:
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            lines = range(node.lineno, max(last, node.lineno) + 1)
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            called = called or node in parent.body
            cached = cached or any("cache" in ast.unparse(each) for each in parent.decorator_list)
        node = parent
    return lines, called and not cached


def make_mutant(path: Path, tree: ast.AST, number: int) -> Mutant:
    """Returns the mutant of a module in which the change of this number was made."""
    changed = copy.deepcopy(tree)
    kind, node, part = list(list_changes(changed))[number]
    lines, called = find_place(changed, node.body[part] if kind == "statement removed" else node)  # type: ignore[attr-defined]
    apply_change(kind, node, part)
    after = ast.unparse(ast.fix_missing_locations(changed))
    return Mutant(path.relative_to(ROOT).as_posix(), lines, called, kind, _unparse(tree), after)


@lru_cache(maxsize=64)
def _unparse(tree: ast.AST) -> str:
    """Returns the text of a module, of which many mutants are made."""
    return ast.unparse(tree)


def draw_sample(packages: list[str], seed: int) -> Iterator[Mutant]:
    """Yields mutants of all modules in random order, each place in the source as likely as another."""
    places = []
    for package in packages:
        for path in sorted((ROOT / "triage" / package).rglob("*.py")):
            if path.name in ONLY.get(package, (path.name,)):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                silent = find_silent(tree)
                places += [(path, tree, n) for n, (_, node, _) in enumerate(list_changes(tree)) if id(node) not in silent]
    random.Random(seed).shuffle(places)
    for path, tree, number in places:
        mutant = make_mutant(path, tree, number)
        if mutant.after != mutant.before:
            yield mutant
