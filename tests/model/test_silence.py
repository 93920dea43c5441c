"""Values that say that there is nothing."""

from __future__ import annotations

import pytest

from triage.model.silence import denies_escalation, says_none


@pytest.mark.parametrize(
    "value",
    [
        "N/A",
        "n.a.",
        "No",
        "none",
        "false",
        "-",
        "--",
        "NOT APPLICABLE",
        "Information Not Provided",
        "nahi",
        "نہیں",
        "کوئی نہیں",
        "ناهي",
        "نشته",
        "نئیں",
        "no.",
    ],
)
def test_nothing(value: str) -> None:
    assert says_none(value)


@pytest.mark.parametrize(
    "value", ["", " ", "Child in danger", "No time to lose", "yes", "none of the adults is at home", "1", "خطرہ"]
)
def test_something(value: str) -> None:
    assert not says_none(value)


@pytest.mark.parametrize(
    "value",
    [
        "NO - routine report",
        "No, this is a standard report",
        "n/a (automated)",
        "Not urgent: hash match only",
        "None. Submitted automatically by our system",
        "No escalation needed",
        "no - not required",
        "Nahi, mamool ki report",
        "نہیں ۔ معمول کی رپورٹ",
        "No",
    ],
)
def test_a_denial_with_routine_words_escalates_nothing(value: str) -> None:
    assert denies_escalation(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "No - child in danger",
        "No. She says she will die tonight",
        "none of the adults is at home",
        "No - escalation required",
        "No time to lose",
        "N/A but the user is about to travel",
        "routine report",
        "Not urgent? It is urgent",
        "No report of the child since Monday",
        "نہیں ۔ بچی خطرے میں ہے",
        "no " * 80,
    ],
)
def test_a_denial_before_anything_else_still_escalates(value: str) -> None:
    assert not denies_escalation(value)
