"""Reads the invented sentences of the bench, with their author, language and meaning.

`data/<set>/<language>.tsv` has a line for each sentence: intent, kind, author, text. The kind of a positive is "says". The kind of
a negative names why it looks like a positive: for example a denial, a title, a policy or an idiom. Authors of one set write
nothing for another set. No two sets share wording: `find_shared_wording` finds it.

    python -m bench.judgement.sentences FOLDER

prints the lines of training data that stand too close to one of the sets, without saying to which sentence. They have to go.
"""

from __future__ import annotations

import argparse
import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
SETS = ("tune", "test", "fresh")
LANGUAGES = ("english", "urdu", "roman_urdu", "sindhi", "pashto", "punjabi")
INTENTS = ("self_harm", "threat", "deadline", "meeting", "access", "secrecy", "money", "age")
SAYS = "says"
TRAPS = ("denial", "title", "policy")
"""Kinds of negatives that a provider writes, or that quote: they name danger and speak of none."""
EVERYDAY = ("everyday", "idiom", "past", "news")
KINDS = (SAYS, *TRAPS, *EVERYDAY)
NGRAM = 4  # words; shorter runs are shared by all speakers of a language
SHORT = 6  # words; shorter sentences are common property, and only the same one is shared
MOST_SHARED_WORDS = 0.6  # share of the shorter sentence's word n-grams that another set may hold
MOST_SHARED_LETTERS = 0.8  # share of the longer sentence's letter n-grams that another set may hold
LETTERS = 5

_NOT_LETTERS = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Sentence:
    language: str
    intent: str
    kind: str
    author: str
    text: str

    @property
    def positive(self) -> bool:
        return self.kind == SAYS

    @property
    def of_provider(self) -> bool:
        """Tells whether a provider's staff wrote it: prose about the parties, not their own words."""
        return self.author.startswith("staff")


@cache
def read_sentences(set_name: str) -> tuple[Sentence, ...]:
    """Returns all sentences of a set. Raises ValueError when a line does not have four known columns."""
    found = []
    for language in LANGUAGES:
        path = DATA / set_name / f"{language}.tsv"
        with path.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                if len(row) != 4 or row[0] not in INTENTS or row[1] not in KINDS or not row[3].strip():
                    raise ValueError(f"{path.name}, line {number}: not an intent, a kind, an author and a text")
                found.append(Sentence(language, *row))
    return tuple(found)


def normalise(text: str) -> str:
    """Returns the letters and digits of a text in one spelling, with single spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_NOT_LETTERS.sub(" ", kept).split())


def _word_ngrams(text: str) -> set[str]:
    words = text.split()
    return {" ".join(words[n : n + NGRAM]) for n in range(len(words) - NGRAM + 1)}


def _letter_ngrams(text: str) -> set[str]:
    return {text[n : n + LETTERS] for n in range(max(1, len(text) - LETTERS + 1))}


class _NgramIndex:
    """Counts how many n-grams a text shares with each of many others."""

    def __init__(self, texts: Sequence[set[str]]) -> None:
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for at, grams in enumerate(texts):
            for gram in grams:
                holders[gram].append(at)
        self._holders = {gram: np.array(ats) for gram, ats in holders.items()}
        self.sizes = np.array([len(grams) for grams in texts])

    def count_shared(self, grams: set[str]) -> NDArray[np.int64]:
        found = [self._holders[gram] for gram in grams if gram in self._holders]
        return np.bincount(np.concatenate(found) if found else [], minlength=len(self.sizes))


def find_shared_wording(ours: Iterable[str], theirs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields pairs of texts of two sets that are the same sentence, or share most of their wording."""
    others = [(text, normalise(text)) for text in theirs]
    words, letters = (_NgramIndex([split(plain) for _, plain in others]) for split in (_word_ngrams, _letter_ngrams))
    short = np.array([plain.count(" ") + 1 < SHORT for _, plain in others])
    same: defaultdict[str, list[int]] = defaultdict(list)
    for at, (_, plain) in enumerate(others):
        same[plain].append(at)
    for text in ours:
        plain = normalise(text)
        found = set(same.get(plain, ()))
        if plain.count(" ") + 1 >= SHORT:
            own_words, own_letters = _word_ngrams(plain), _letter_ngrams(plain)
            of_letters = letters.count_shared(own_letters) / np.maximum(len(own_letters), letters.sizes)
            of_words = words.count_shared(own_words) / np.maximum(1, np.minimum(len(own_words), words.sizes))
            found.update(np.flatnonzero(((of_letters > MOST_SHARED_LETTERS) | (of_words > MOST_SHARED_WORDS)) & ~short).tolist())
        yield from ((text, others[at][0]) for at in sorted(found))


def find_leaks(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Yields (file, line number, text) of training data that shares wording with a set; the text is the longest column."""
    ours = [sentence.text for name in SETS for sentence in read_sentences(name)]
    at: defaultdict[str, list[tuple[Path, int]]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".tsv", ".txt", ".csv"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                at[max(line.split("\t"), key=len)].append((path, number))
    for text in sorted({theirs for _, theirs in find_shared_wording(ours, at)}):
        yield from ((path, number, text) for path, number in at[text])


def main() -> None:
    ask = argparse.ArgumentParser(prog="bench.judgement.sentences", description="Lists training lines that leak a set.")
    ask.add_argument("folder", type=Path)
    for path, number, text in find_leaks(ask.parse_args().folder):
        print(f"{path}:{number}: {text}")


if __name__ == "__main__":
    main()
