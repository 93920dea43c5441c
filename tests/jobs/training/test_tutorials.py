"""The shipped tutorials are whole: every lesson has one right answer, every task a check that can hold, in half an hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.jobs.training.tutorials import ROLES, load_tutorial
from triage.model.training import EntryCheck, FollowCheck, Step, Words
from triage.model.users import Role
from triage.ui.text.i18n import catalogue

TRIAGE = Path(__file__).parents[3] / "triage"


def steps() -> list[Step]:
    return list({step.id: step for role in ROLES for step in load_tutorial(role).steps}.values())


def texts(step: Step) -> Iterator[Words]:
    yield from (each for each in (step.title, step.text, step.question, step.hint) if each is not None)
    for answer in step.answers:
        yield from (answer.text, answer.why)


def test_every_role_has_a_tutorial_of_half_an_hour() -> None:
    assert {Role(role) for role in ROLES} == set(Role)
    assert [load_tutorial(role).minutes for role in ROLES] == [30] * len(ROLES)


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.id)
def test_a_step_is_a_lesson_or_a_task(step: Step) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]+", step.id), "the audit log takes it as a word"
    if step.answers:
        assert step.question is not None and not step.checks and len(step.answers) == 3
        assert sum(answer.right for answer in step.answers) == 1
    else:
        assert step.checks and step.hint is not None and step.page
    for words in texts(step):
        assert words.en and words.ur and re.search("[\u0600-\u06ff]", words.ur) and not re.search("[\u0600-\u06ff]", words.en)


def test_steps_have_names_of_their_own() -> None:
    for role in ROLES:
        ids = [step.id for step in load_tutorial(role).steps]
        assert len(ids) == len(set(ids))


def test_checks_ask_for_entries_that_the_program_writes() -> None:
    listed = re.findall(r'mark\("([a-z ]+)"\)', (TRIAGE / "ui/audit/kind_words.py").read_text("utf-8"))
    checks = [check for step in steps() for check in step.checks]
    kinds = {kind for check in checks if isinstance(check, EntryCheck) for kind in check.kinds}
    kinds |= {kind for check in checks if isinstance(check, FollowCheck) for kind in (*check.first, *check.then)}
    assert sorted(kinds - set(listed)) == []


def test_lessons_come_before_the_first_task() -> None:
    for role in ROLES:
        first = next(n for n, step in enumerate(load_tutorial(role).steps) if step.checks)
        assert first >= 4


@pytest.mark.parametrize("step", [step for step in steps() if step.hint is not None], ids=lambda step: step.id)
def test_a_hint_names_the_same_keys_in_both_languages(step: Step) -> None:
    assert step.hint is not None
    keys = re.findall("\u2066(.*?)\u2069", step.hint.ur)
    english = re.sub(r"\bEnter (?=the )", "", step.hint.en)
    for key in keys:
        assert re.search(rf"(?<!\w){re.escape(key)}(?!\w)", english), key
    named = re.findall(r"(?<![\w-])(?:(?:Ctrl|Shift) \w+|[A-Z0-9](?=[ ,.:])|Enter\b|Space)", english)
    assert sorted(set(named) - set(keys)) == [], "named in English alone"


@pytest.mark.parametrize("step", [step for step in steps() if step.hint is not None], ids=lambda step: step.id)
def test_what_a_hint_quotes_stands_on_a_screen(step: Step) -> None:
    marks = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))
    shown = {said.translate(marks) for said in catalogue("ur").values()}
    assert step.hint is not None
    assert set(re.findall("“([^”]+)”", step.hint.ur.translate(marks))) <= shown
