from __future__ import annotations

import pytest

from triage.model.judgement import Of, PersonPlace
from triage.model.role_words import describe_verdict


def place(of: Of, verdict: str, total: int) -> PersonPlace:
    return PersonPlace(of=of, in_pakistan=None, verdict=verdict, total=total, province=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("people", "verdict", "total", "words"),
    [
        ([place("suspect", "no", -30), place("picture", "yes", 60)], "yes", 30, "yes (image: 60)"),
        ([place("suspect", "likely", 40), place("victim", "unclear", 20)], "yes", 60, "yes (all evidence: 60)"),
        ([place("suspect", "likely", 30), place("incident", "likely", 40)], "likely", 45, "likely (incident: 40)"),
        ([place("suspect", "unclear", 10)], "unclear", 10, "unclear (all evidence: 10)"),
        ([place("suspect", "no", -30)], "no", -30, "no (reported user: -30)"),
        ([], "unclear", 0, "unclear (all evidence: 0)"),
    ],
)
def test_a_verdict_says_whose_sum_gives_it(people: list[PersonPlace], verdict: str, total: int, words: str) -> None:
    assert describe_verdict(people, verdict, total) == words
