"""Words are looked up once, and a text of ever new words does not fill the memory."""

from __future__ import annotations

import pytest

from triage.intents import word_memory
from triage.intents.word_memory import WordMemory


def test_a_word_is_looked_up_once() -> None:
    asked: list[str] = []

    def look_up(word: str) -> int:
        asked.append(word)
        return len(word)

    memory = WordMemory(look_up)
    assert [memory[word] for word in ("kite", "boat", "kite", "on")] == [4, 4, 4, 2]
    assert asked == ["kite", "boat", "on"]


def test_all_are_forgotten_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_memory, "MOST_WORDS", 10)
    memory = WordMemory(str.upper)
    for n in range(95):
        assert memory[f"a{n}"] == f"A{n}"
        assert len(memory) <= 10
    assert memory["a0"] == "A0"


def test_a_look_up_that_fails_is_not_remembered() -> None:
    memory = WordMemory(int)
    with pytest.raises(ValueError, match="kite"):
        memory["kite"]
    assert not memory
