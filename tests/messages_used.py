"""Collects every message that the packages below the screens may build, by reading the source and the shipped tables."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.source_trees import ROOT, SOURCES, nodes, tree
from triage import errors
from triage.decode.client import FILE_PROBLEM
from triage.decode.process import BROKE_RULES, CRASHED, TOO_LONG
from triage.decode.protocol import SENTENCES
from triage.decode.restrictions import RESTRICTION_NAMES
from triage.hardening import harden
from triage.importers.lists.list_items import _TRUTHS
from triage.importers.lists.profiles import load_shipped_profiles as profiles
from triage.importers.zip_members import UNLOCKED_WRONGLY
from triage.jobs.intake import file_texts, readers, text_wire
from triage.jobs.intake.document_worker import TOO_DEEP, TOO_MUCH
from triage.locate.offices import Office, read_offices
from triage.locate.places import NAMES
from triage.locate.tables import read_rows
from triage.model.casework import DISAGREE, GRADED, WAITS, Grade, Stage
from triage.model.damage import GRADE_UNREADABLE
from triage.model.languages import QUEUE_LANGUAGES
from triage.model.media import RESTRICTION_DETAILS
from triage.model.role_words import EVIDENCE_KINDS, ROLES
from triage.model.user_names import NAME_SENTENCES
from triage.priority.case import COUNTED
from triage.priority.clocks import OPERATOR, PROVIDER

ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.WorldError)}
BUILDERS = {"Message", *ERRORS, "RulesError", "LawError", "NotAReport", "UnreadableItem"}
OF_NCMEC = ("referral", "informational", "auto-referred", "withdrawn", "Reported", "Supplemental Reported")
"""Words of NCMEC's papers that officers read in Urdu: designations of reports, relevance of files."""
FROM_TABLES = "message-ok"
"""The comment of a call that takes its key from a table that `_in_tables` reads, or a message that exists."""


def messages() -> dict[str, str]:
    """Returns key -> file in which it stands."""
    found: dict[str, str] = {}
    for path in SOURCES:
        constants = _constants(path)
        for call in _calls(path):
            for key in _keys(call, constants):
                found.setdefault(key, str(path.relative_to(ROOT)))
        for unit in _units(path):
            found.setdefault(unit, str(path.relative_to(ROOT)))
    for table, key in _in_tables():
        found.setdefault(key, table)
    return found


def keys_that_are_no_literals() -> list[str]:
    """Returns the places at which a key is built or looked up, so that the collector would not see it."""
    bad = []
    for path in SOURCES:
        if path.name in ("message.py", "errors.py"):
            continue
        lines, constants = path.read_text("utf-8").splitlines(), _constants(path)
        for call in _calls(path):
            said = lines[call.lineno - 1 : call.end_lineno]
            if call.args and not _keys(call, constants) and not any(FROM_TABLES in line for line in said):
                bad.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    return bad


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in nodes(path, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in BUILDERS:
            yield node


def _units(path: Path) -> Iterator[str]:
    """Yields the units in which long jobs count."""
    for node in nodes(path, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "Progress":
            yield from (text for each in node.keywords if each.arg == "unit" and (text := _text(each.value)))


def _keys(call: ast.Call, constants: dict[str, str]) -> list[str]:
    """Returns the keys that the first argument may be: a literal, a constant of the module, or one of two of them."""
    if not call.args:
        return []
    first = call.args[0]
    options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    keys = [_text(each) or (constants.get(each.id) if isinstance(each, ast.Name) else None) for each in options]
    return [key for key in keys if key] if all(keys) else []


@cache
def _constants(path: Path) -> dict[str, str]:
    """Returns the texts that stand under a name in capitals in a module, its own and those that it imports."""
    found = {}
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("triage."):
            names = {each.name for each in node.names if each.name.isupper()}
            source = ROOT.joinpath(*(node.module or "").split(".")).with_suffix(".py")
            if names and source.is_file():
                found |= {name: text for name, text in _constants(source).items() if name in names}
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
    yield from (("offices.toml", office["city"]) for office in _toml("offices.toml")["office"])  # type: ignore[index]
    yield from (("districts.tsv", row["district"]) for row in read_rows("geo", "districts.tsv"))
    yield from (("offices.toml", name) for office in read_offices().office for name in _list_districts(office))
    yield from (("offices.toml", why) for why in _toml("offices.toml")["headquarters_only"].values())
    yield from (("names.toml", note) for note in _toml("geo", "names.toml")["elsewhere"].values())
    yield from (("law.toml", row["instead"]) for row in _toml("law.toml")["law"] if row.get("instead"))  # type: ignore[index]
    yield from (("places.py", name) for name in NAMES.values())
    yield from (("languages.py", name) for name in QUEUE_LANGUAGES)
    yield from (("grades.py", state) for state in (GRADED, WAITS, DISAGREE, GRADE_UNREADABLE))
    yield from (("casework.py", each.value) for each in (*Grade, *Stage))
    yield from (("profiles.toml", words) for words in _category_words())
    yield from (("base.py", text) for _, yes, no in _TRUTHS for text in (yes, no) if text)
    yield from (("law.toml", row["instead"]) for row in _toml("law.toml")["law"] if row.get("instead"))  # type: ignore[index, attr-defined]
    yield from (("case.py", key) for keys in COUNTED.values() for key in keys)
    yield from (("judgement.py", tier) for tier in ("exact", "near", "possible"))
    yield from (("restrictions.py", name) for name in (*RESTRICTION_NAMES, "on", "off", "blocked"))
    yield from (("restrictions.py", detail) for detail in RESTRICTION_DETAILS)
    yield from (("hardening.py", name) for name, _ in (*harden(), ("no network", ""), ("keys kept out of swap", "")))
    yield from (("names.py", sentence) for sentence in NAME_SENTENCES)
    yield from (("readers.py", sentence) for sentence in (readers.TEXT_TOO_LONG, readers.TEXT_NO_MEMORY, readers.TEXT_ENDED))
    yield from (("readers.py", sentence) for sentence in sorted(text_wire.PROBLEMS))
    yield from (("readers.py", each) for each in (file_texts.TOO_LARGE, file_texts.LOCKED, file_texts.UNREADABLE_PDF))
    yield from (("readers.py", sentence) for sentence in (readers.TOO_LONG, readers.NO_MEMORY, readers.ENDED, TOO_MUCH, TOO_DEEP))
    yield ("zip_members.py", UNLOCKED_WRONGLY)
    yield from (("clocks.py", name) for name in (PROVIDER, OPERATOR))
    yield from (("document.py", word) for word in OF_NCMEC)
    yield from (("words.py", name) for name in (*EVIDENCE_KINDS.values(), *ROLES.values()))
    yield from (("protocol.py", sentence) for sentence in (*SENTENCES.values(), TOO_LONG, CRASHED, BROKE_RULES, FILE_PROBLEM))


def _list_districts(office: Office) -> tuple[str, ...]:
    return (*office.notified, *office.press, *office.inferred)


def _toml(*parts: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(ROOT.joinpath("resources", *parts).read_text("utf-8"))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _category_words() -> Iterator[str]:
    yield from (meaning.words for profile in profiles().values() for meaning in profile.category.values() if meaning.words)
