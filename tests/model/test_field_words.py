"""Every field name that an importer gives has words, so that no paper prints "allEmailsReported"."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import pytest

from triage import importers
from triage.importers import building, pdf_labels
from triage.model.field_words import FIELD_WORDS, describe_field

READERS = {"read_fact", "read_boolean", "read_integer", "_read_name_part"}


def texts(node: ast.AST, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yields the texts of a piece of source, those of the constants it names too."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        elif isinstance(each, ast.Name) and each.id in constants:
            yield from texts(constants[each.id], {})


def names_in(tree: ast.Module) -> Iterator[str]:
    """Yields the names under which a module of an importer keeps facts."""
    constants: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = node.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Name) and value.id in READERS:
                    yield key.value  # type: ignore[misc]
                elif key is None and isinstance(value, ast.Call) and ast.unparse(value.args[-1]) in READERS:
                    yield from texts(value.args[0], constants)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "add_fact":
                yield from texts(node.args[1], {})
            elif node.func.attr == "set_field":
                yield from texts(node.args[0], {})


def all_names() -> set[str]:
    """Returns the parts of all names that importers give."""
    folder = files(importers)
    trees = [ast.parse(file.read_text()) for file in folder.iterdir() if file.name.endswith(".py")]
    named = {name for tree in trees for name in names_in(tree)} | set(pdf_labels.FACTS.values()) | set(building.BOOLEAN_FACTS)
    return {part for name in named for part in name.split(".") if part}


def test_the_scan_finds_the_names() -> None:
    assert {"espService", "allEmailsReported", "chatRoomName", "estimatedLocation", "gender", "escalation"} <= all_names()


def test_every_name_has_words() -> None:
    assert sorted(name for name in all_names() if name not in FIELD_WORDS) == []


def test_words_are_words() -> None:
    for words in FIELD_WORDS.values():
        assert "_" not in words and words[:1] != " "
        plain = words.replace("CyberTipline", "")
        assert not any(left.islower() and right.isupper() for left, right in pairwise(plain))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("espService", "service of the provider"),
        ("estimatedLocation.city (2)", "estimated location: city (2)"),
        ("chatImIncident.chatRoomName", "chat: chat room"),
        ("sectionD.Time/Date was made available", "section D: Time/Date was made available"),
        ("someNewField", "some new field"),
        ("", ""),
    ],
)
def test_names(name: str, words: str) -> None:
    assert describe_field(name) == words
