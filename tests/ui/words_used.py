"""Collects every sentence that the screens may say, by reading the source, so that none stays untranslated."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.source_trees import nodes
from triage.model.casework import REASONS

UI = Path(__file__).parents[2] / "triage" / "ui"
RULES = Path(__file__).parents[2] / "resources" / "rules"


def sentences() -> dict[str, str]:
    """Sentence -> file in which it stands."""
    found: dict[str, str] = {}
    for path in sorted(UI.rglob("*.py")):
        for text in _in_file(path):
            found.setdefault(text, str(path.relative_to(UI)))
    for reasons in REASONS.values():
        for text in reasons:
            found.setdefault(text, "casework.py")
    for path in sorted(RULES.glob("*.toml")):
        for text in _in_rules(tomllib.loads(path.read_text("utf-8"))):
            found.setdefault(text, path.name)
    return found


def not_literal() -> list[str]:
    """Calls of tr or trn whose sentence is no literal: the collector would not see them."""
    bad = []
    for path in sorted(UI.rglob("*.py")):
        lines = path.read_text("utf-8").splitlines()
        for call in nodes(path, ast.Call):
            wanted = {"tr": 1, "trn": 2, "mark": 1}.get(_name(call), 0)
            if any(_text(arg) is None for arg in call.args[:wanted]) and "tr-ok" not in lines[call.lineno - 1]:
                bad.append(f"{path.name}:{call.lineno}")
    return bad


def _in_file(path: Path) -> Iterator[str]:
    for call in nodes(path, ast.Call):
        name = _name(call)
        if name in ("tr", "mark"):
            wanted = call.args[:1]
        elif name == "trn":
            wanted = call.args[:2]
        elif name == "KeyBinding":
            wanted = call.args[3:4]
        else:
            continue
        yield from (text for arg in wanted if (text := _text(arg)) is not None)


def _in_rules(rules: dict[str, object]) -> Iterator[str]:
    for rule in rules.get("rule", []):  # type: ignore[attr-defined]
        if "flag" in rule:
            yield rule["flag"]
        yield from (rule[name] for name in ("reason", "suppose", "without") if rule.get(name))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
