"""Remembers what was found out about words: most words of a language are few, and come again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MOST_WORDS = 16_384  # of each memory
T = TypeVar("T")


class WordMemory(dict[str, T], Generic[T]):
    """What was found out about each word. `lru_cache` takes three times as long for a word that is known.

    All words are forgotten when they are too many. Threads may share it.
    """

    def __init__(self, look_up: Callable[[str], T]) -> None:
        """Takes what finds out about a word that is not known yet."""
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> T:
        """Finds out about a word and remembers it."""
        found = self._look_up(word)
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = found
        return found
