"""The audit log's own names in words: an officer reads no name of a field."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import triage
from tests.source_trees import nodes
from triage.cli.output import format_word
from triage.jobs.keeping.audit_reading import AuditEntry
from triage.jobs.policy import SETTINGS
from triage.message import Message
from triage.model.casework import NumberKind, Stage
from triage.model.data_requests import RequestKind
from triage.model.judgement import VERDICTS
from triage.model.list_summary import LIST_KINDS
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.settings import format_value
from triage.model.users import Role
from triage.model.victim_id import VictimState
from triage.ui.audit.kind_words import GROUPS, NAMES, find_name_key
from triage.ui.audit.outgoing_page import KINDS
from triage.ui.audit.value_words import describe_facts
from triage.ui.text import i18n
from triage.ui.text.i18n import Language
from triage.ui.text.words import STATUSES

ROOT = Path(triage.__file__).parent
CALLS = ("note", "request_consent", "request_leaving_consent", "verify_consent")
ARGUMENTS = {"reading", "concerning"}
"""Arguments of `request_consent` that no entry holds."""


def find_kinds(calls: tuple[str, ...], keyword: str = "") -> set[str]:
    """Returns the literal kinds in calls of these names: their first argument, or a keyword."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(f"{call}(" in text for call in calls):
            continue
        for node in nodes(path, ast.Call):
            if getattr(node.func, "attr", getattr(node.func, "id", "")) in calls:
                given = [each.value for each in node.keywords if each.arg == keyword] if keyword else node.args[:1]
                found |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def find_names() -> set[str]:
    """Returns what entries of the audit log name, as the code writes them."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(f"{call}(" in text for call in CALLS):
            continue
        for node in nodes(path, ast.Call):
            if getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS:
                found |= {each.arg for each in node.keywords if each.arg} - ARGUMENTS
    return found


def test_each_name_in_an_entry_has_words_in_urdu() -> None:
    urdu = i18n.catalogue("ur")
    names = find_names()
    assert len(names) > 90
    keys = {find_name_key(name) for name in names}
    assert keys - set(urdu) == set()
    assert {key for key in keys if key in names or " " in key} - set(NAMES) <= {"answered right", "value taken over"}


def test_each_kind_of_entry_stands_in_a_group_of_the_filter() -> None:
    kinds = find_kinds(("note", "request_consent"))
    assert len(kinds) > 100 and kinds - {kind for _, group in GROUPS for kind in group} == set()


def test_each_kind_of_the_register_of_outgoing_data_has_words() -> None:
    kinds = find_kinds(("write_out", "add_to_register"), "kind")
    assert len(kinds) > 20 and kinds - set(KINDS) == set()


def entry_of(kind: str, **about: str | tuple[str, ...]) -> AuditEntry:
    return AuditEntry(n=1, when="2026-11-28T10:00:00Z", user="demo", kind=kind, about=tuple(about.items()))


def describe(kind: str, **about: str | tuple[str, ...]) -> list[str]:
    """The values of an entry in words, without marks of direction."""
    return [re.sub("[\u2066-\u2069\u200f]", "", value) for _, value in describe_facts(entry_of(kind, **about))]


def stored(word: str) -> str:
    return word.lower().replace(" ", "_").replace("-", "_")


OF_LISTS = [
    *(("case stage", "stage", stored(stage)) for stage in Stage),
    *(("case number set", "sort", stored(kind)) for kind in NumberKind),
    *(("request made", "sort", stored(kind)) for kind in RequestKind),
    *(("victim state recorded", "state", stored(state)) for state in VictimState),
    *(("judgement corrected", "says", stored(verdict)) for verdict in (*VERDICTS, "band raised", "band lowered")),
    *(("report decided", "status", status) for status in STATUSES),
    *(("export registered", "sort", kind) for kind in KINDS),
    *(("list added", "list_kind", kind) for kind in LIST_KINDS),
    *(("value copied", "sort", kind) for kind in (*IDENTIFIER_KINDS, "text", "other")),
    *(("roles changed", "roles", role.value) for role in Role),
    *(("policy set", "policy", setting.name) for setting in SETTINGS),
    *(
        ("policy set", "value", f"{setting.name} {format_value(choice)}")
        for setting in SETTINGS
        for choice, said in setting.choices.items()
        if isinstance(said, Message)
    ),
]
"""Kind of entry, name and value as the log keeps it, for each word of the program's own lists."""
POLICIES = {setting.name for setting in SETTINGS}
SAME_IN_URDU = {"URL", "Project VIC"}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_values_of_the_programs_lists_are_words(language: Language) -> None:
    i18n.set_language(language)
    wrong = []
    try:
        for kind, name, value in OF_LISTS:
            policy, _, chosen = value.partition(" ")
            about = {"policy": policy, "value": chosen} if name == "value" else {name: value}
            (*_, said) = describe(kind, **about)
            known = language == "en" or re.search("[\u0600-\u06ff]", said) or said in SAME_IN_URDU
            if "_" in said or said in POLICIES or not known:
                wrong.append(f"{kind}: {value} is shown as {said}")
    finally:
        i18n.set_language("en")
    assert wrong == []


def test_values_that_are_no_words_of_the_program_stay_as_they_are() -> None:
    assert describe("roles changed", roles=("admin", "auditor")) == ["administrator, auditor"]
    assert describe("policy set", policy="receipt-required", value="yes") == ["Imports must state source and carrier", "yes"]
    assert describe("policy set", policy="backup-expires-after-days", value="90")[1] == "90 days"
    assert describe("policy set", policy="agency-name", value="9f86d081")[1] == "9f86d081", "of a text the log keeps a hash"
    assert describe("policy set", policy="of-a-later-version", value="3") == ["of-a-later-version", "3"]
    assert describe("export registered", sort="source_report") == ["draft of a source report"]
    assert describe("case number set", sort="source_report") == ["source report"]
    assert describe("queue exported", file="a.pdf") == ["a.pdf"]
    assert describe("file graded", settles="0") == ["no"]
    assert describe("packet made", media="1") == ["yes"] and describe("file graded", media="1") == ["1"]


def test_kinds_of_outgoing_data_have_the_words_of_the_screens() -> None:
    i18n.set_language("en")
    assert [kind for kind in KINDS if format_word(kind) != i18n.word(kind)] == []
    assert format_word("source_report") == "draft of a source report"
    assert format_word("in_progress") == "in progress"
