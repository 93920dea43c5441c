"""What can't wait is judged before the rest of an import."""

from __future__ import annotations

import pytest

from triage.intents import read_texts
from triage.model.document import Document, Fact, FileEntry, FreeText, Person, Source
from triage.priority import pressing, texts_of

AT = (Source("d.json", "$", "x"),)


def near(name: str, value: str | bool) -> Person:
    return Person(role="suspect", says="Suspect", facts=(Fact(name=name, value=value, sources=AT),))


def document(**said: object) -> Document:
    return Document(format="le_json", slot="le_json", path="d.json", **said)  # type: ignore[arg-type]


def is_pressing(said: dict[str, object]) -> bool:
    made = document(**said)
    return pressing(made, read_texts(texts_of(made.free_text)))


@pytest.mark.parametrize(
    "said",
    [
        {"escalation": "a meeting is arranged"},
        {"escalation": ""},
        {"priority_code": "1"},
        {"people": (Person(role="victim", says="Victim"),)},
        {"annotations": ("sextortion",)},
        {"incident_type": "Child Sexual Molestation"},
        {"people": (near("accessToChildVictim", True),)},
        {"people": (near("relationshipToChildVictim", "father"),)},
        {"files": (FileEntry(key="name:a", annotations=("liveStreaming",), sources=AT),)},
        {"free_text": (FreeText(text="I want to kill myself", of="incident", label="chat", sources=AT),)},
    ],
)
def test_what_can_not_wait(said: dict[str, object]) -> None:
    assert is_pressing(said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"priority_code": "E"},
        {"annotations": ("spam",)},
        {"people": (near("accessToChildVictim", "No"), near("relationshipToChildVictim", "unknown"))},
        {"people": (Person(role="suspect", says="Suspect"),)},
        {"free_text": (FreeText(text="I want to kill myself", of="reporter", label="terms", sources=AT),)},
    ],
)
def test_what_waits_its_turn(said: dict[str, object]) -> None:
    assert not is_pressing(said)
