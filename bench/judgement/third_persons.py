"""Counts how much prose on somebody's threat is found, and how much ordinary prose that is built alike.

    python -m bench.judgement.third_persons

The sentences are those of data/third_persons.tsv. A sentence counts as found when the reader finds a threat, a deadline or a demand for
money in it, as the words of a provider's staff.
"""

from __future__ import annotations

from collections import Counter

from bench.judgement.figures import share_of
from bench.judgement.sentences import DATA
from triage.intents.reader import read_sentence

WANTED = {"threat", "deadline", "money"}


def list_sentences() -> list[tuple[str, str, str, str]]:
    """Returns set, language, kind and text of each sentence."""
    lines = (DATA / "third_persons.tsv").read_text(encoding="utf-8").splitlines()
    return [(set_name, language, kind, text) for set_name, language, kind, text in (line.split("\t") for line in lines)]


def is_found(text: str) -> bool:
    """Tells whether the reader finds blackmail in a sentence of prose."""
    return not WANTED.isdisjoint(finding.intent for finding in read_sentence(text, is_prose=True))


def main() -> None:
    """Prints the shares by set, kind and language."""
    found: Counter[tuple[str, str, str]] = Counter()
    of: Counter[tuple[str, str, str]] = Counter()
    for set_name, language, kind, text in list_sentences():
        for row in ((set_name, kind, language), (set_name, kind, "all")):
            of[row] += 1
            found[row] += is_found(text)
    for row, count in of.items():
        print(f"{' '.join(row):34} {share_of(found[row], count)}")


if __name__ == "__main__":
    main()
