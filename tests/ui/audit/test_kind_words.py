"""The audit log's own names in words: an officer reads no name of a field."""

from __future__ import annotations

import ast
from pathlib import Path

import triage
from tests.source_trees import nodes
from triage.ui.audit.kind_words import GROUPS, NAMES, describe_value, find_name_key
from triage.ui.audit.outgoing_page import KINDS
from triage.ui.text import i18n

ROOT = Path(triage.__file__).parent
CALLS = ("note", "request_consent", "verify_consent")
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


def test_values_of_the_programs_lists_are_words_in_urdu() -> None:
    i18n.set_language("ur")
    try:
        roles, stage = describe_value("roles", "admin, auditor"), describe_value("stage", "enquiry")
        other = describe_value("file", "a.pdf")
    finally:
        i18n.set_language("en")
    assert (roles, stage) == ("منتظم، آڈیٹر", "انکوائری") and "a.pdf" in other
    assert describe_value("roles", "admin") == "administrator"
