"""Collects every message that the packages below the screens may build, by reading the source and the shipped tables."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from triage.locate import language
from triage.locate.places import NAMES

ROOT = Path(__file__).parents[1]
BUILDERS = {"Message"}
FROM_TABLES = "message-ok"
"""The comment of a line on which a message takes its key from a table that `_in_tables` reads."""


def messages() -> dict[str, str]:
    """Returns key -> file in which it stands."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "triage").rglob("*.py")):
        for call in _calls(path):
            if call.args and (key := _text(call.args[0])):
                found.setdefault(key, str(path.relative_to(ROOT)))
    for table, key in _in_tables():
        found.setdefault(key, table)
    return found


def keys_that_are_no_literals() -> list[str]:
    """Returns the places at which a key is built or looked up, so that the collector would not see it."""
    bad = []
    for path in sorted((ROOT / "triage").rglob("*.py")):
        if path.name == "message.py":
            continue
        lines = path.read_text("utf-8").splitlines()
        for call in _calls(path):
            if call.args and _text(call.args[0]) is None and FROM_TABLES not in lines[call.lineno - 1]:
                bad.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    return bad


def _calls(path: Path) -> Iterator[ast.Call]:
    source = path.read_text("utf-8")
    if "from triage.message import" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILDERS:
            yield node


def _in_tables() -> Iterator[tuple[str, str]]:
    place = _toml("rules", "place.toml")
    for weight in place["weights"].values():
        yield from (("place.toml", weight[name]) for name in ("why", "against") if weight.get(name))
    yield from (("offices.toml", why) for why in _toml("offices.toml")["headquarters_only"].values())
    yield from (("names.toml", note) for note in _toml("geo", "names.toml")["elsewhere"].values())
    yield from (("places.py", name) for name in NAMES.values())
    yield from (("language.py", name) for name in language.WORDS.values())


def _toml(*parts: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(ROOT.joinpath("resources", *parts).read_text("utf-8"))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
