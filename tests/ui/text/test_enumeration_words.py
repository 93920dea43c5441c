"""No value of an enumeration reaches a screen as programs write it: each has words, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

import pytest

import triage.model
from tests.ui.words_shown import english_in
from triage.model.media import RevealStep
from triage.model.provider_marks import ANNOTATIONS
from triage.model.role_words import EVIDENCE_KINDS
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.facets import FACETS
from triage.ui.text import annotation_words, i18n, words
from triage.ui.text.i18n import word
from triage.ui.wellbeing import cards

RAW = re.compile(r"_|[a-z][A-Z]")
WORDS: dict[str, Callable[[str], str]] = {
    "Status": words.status,
    "QueueColumn": lambda name: next(word(column.sorted_by) for column in COLUMNS if column.sort == name),
    "QueueFacet": lambda name: next(word(facet.title) for facet in FACETS if facet.name == name),
}
NEVER_SHOWN = {
    "ActName": "the page of a case chooses sentences by it",
    "ReportFormat": "sources are named by their documents",
}


def list_enumerations() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields the name and the values of each enumeration of the model that has a value as programs write it."""
    for module in pkgutil.iter_modules(triage.model.__path__):
        for name, found in vars(importlib.import_module(f"triage.model.{module.name}")).items():
            values: tuple[Any, ...] = get_args(found) if get_origin(found) is Literal else ()
            if isinstance(found, type) and issubclass(found, StrEnum):
                values = tuple(each.value for each in found)
            if any(isinstance(value, str) and RAW.search(value) for value in values):
                yield name, values


def test_each_enumeration_of_the_model_has_words_or_is_never_shown() -> None:
    assert {name for name, _ in list_enumerations()} == WORDS.keys() | NEVER_SHOWN.keys()


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_a_mark_of_a_provider_is_in_words(name: str) -> None:
    check(annotation_words.describe_annotation, name)
    check(annotation_words.describe_annotation, name.lower())


@pytest.mark.parametrize("name", [name for name, values in list_enumerations() if name in WORDS])
def test_a_value_of_an_enumeration_is_in_words(name: str) -> None:
    for value in next(values for each, values in list_enumerations() if each == name):
        if RAW.search(value):
            check(WORDS[name], value)


@pytest.mark.parametrize("kind", EVIDENCE_KINDS)
def test_a_kind_of_value_is_in_words(kind: str) -> None:
    check(lambda name: word(EVIDENCE_KINDS[name]), kind)


@pytest.mark.parametrize("step", [step.name.lower() for step in RevealStep if step is not RevealStep.PREVIEW])
def test_a_step_of_viewing_in_an_account_is_in_words(step: str) -> None:
    check(lambda name: word(cards.STEPS[name]), step)


def check(describe: Callable[[str], str], value: str) -> None:
    """Checks the words of a value in both languages."""
    assert not RAW.search(describe(value))
    i18n.set_language("ur")
    try:
        assert set(english_in(describe(value))) <= {"URL"}
    finally:
        i18n.set_language("en")
