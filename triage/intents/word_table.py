"""Remembers what was found out about single words: most words of a language are few."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class WordTable(dict[str, Found]):
    """Words with what `find` returns of each; it is called when a word is looked up for the first time.

    A look-up takes half as long as with `lru_cache`, and each word of a text is looked up several times. A full table is
    emptied. Threads may share it.
    """

    def __init__(self, find: Callable[[str], Found], most: int) -> None:
        """Takes how many words are kept."""
        super().__init__()
        self._find, self._most = find, most

    def __missing__(self, word: str) -> Found:
        """Finds out about a new word."""
        found = self._find(word)
        if len(self) >= self._most:
            self.clear()
        self[word] = found
        return found
