"""Collects every message that the packages below the screens may build, by reading the source and the shipped tables."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from triage import errors
from triage.decode.protocol import SENTENCES
from triage.jobs.state.grades import DISAGREE, GRADED, WAITS
from triage.locate import language
from triage.locate.places import NAMES
from triage.model.casework import Grade, Stage

ROOT = Path(__file__).parents[1]
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.WorldError)}
BUILDERS = {"Message", *ERRORS, "RulesError", "LawError", "NotAReport"}
FROM_TABLES = "message-ok"
"""The comment of a call that takes its key from a table that `_in_tables` reads, or a message that exists."""


def messages() -> dict[str, str]:
    """Returns key -> file in which it stands."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "triage").rglob("*.py")):
        constants = _constants(path)
        for call in _calls(path):
            for key in _keys(call, constants):
                found.setdefault(key, str(path.relative_to(ROOT)))
    for table, key in _in_tables():
        found.setdefault(key, table)
    return found


def keys_that_are_no_literals() -> list[str]:
    """Returns the places at which a key is built or looked up, so that the collector would not see it."""
    bad = []
    for path in sorted((ROOT / "triage").rglob("*.py")):
        if path.name in ("message.py", "errors.py"):
            continue
        lines, constants = path.read_text("utf-8").splitlines(), _constants(path)
        for call in _calls(path):
            said = lines[call.lineno - 1 : call.end_lineno]
            if call.args and not _keys(call, constants) and not any(FROM_TABLES in line for line in said):
                bad.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    return bad


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILDERS:
            yield node


def _keys(call: ast.Call, constants: dict[str, str]) -> list[str]:
    """Returns the keys that the first argument may be: a literal, a constant of the module, or one of two of them."""
    if not call.args:
        return []
    first = call.args[0]
    options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    keys = [_text(each) or (constants.get(each.id) if isinstance(each, ast.Name) else None) for each in options]
    return [key for key in keys if key] if all(keys) else []


def _constants(path: Path) -> dict[str, str]:
    """Returns the texts that stand under a name in capitals in a module."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and target.id.isupper():
            found |= {target.id: text} if (text := _text(node.value)) is not None else {}
    return found


def _in_tables() -> Iterator[tuple[str, str]]:
    place = _toml("rules", "place.toml")
    for weight in place["weights"].values():
        yield from (("place.toml", weight[name]) for name in ("why", "against") if weight.get(name))
    for name in ("risk.toml", "actionability.toml", "floors.toml", "notes.toml"):
        for rule in _toml("rules", name)["rule"]:
            yield from ((name, rule[field]) for field in ("reason", "suppose", "without") if rule.get(field))  # type: ignore[index]
    yield from (("frame.toml", family["name"]) for family in _toml("rules", "frame.toml")["family"])  # type: ignore[index]
    yield from (("offices.toml", why) for why in _toml("offices.toml")["headquarters_only"].values())
    yield from (("names.toml", note) for note in _toml("geo", "names.toml")["elsewhere"].values())
    yield from (("law.toml", row["instead"]) for row in _toml("law.toml")["law"] if row.get("instead"))  # type: ignore[index]
    yield from (("places.py", name) for name in NAMES.values())
    yield from (("language.py", name) for name in language.WORDS.values())
    yield from (("grades.py", state) for state in (GRADED, WAITS, DISAGREE))
    yield from (("casework.py", each.value) for each in (*Grade, *Stage))
    yield from (("protocol.py", sentence) for sentence in SENTENCES.values())


def _toml(*parts: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(ROOT.joinpath("resources", *parts).read_text("utf-8"))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
