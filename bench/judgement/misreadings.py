r"""Counts by classes of misreading how many sentences on a danger raise a report, and how many that are built alike.

    python -m bench.judgement.misreadings [--misses]

The sentences are those of data/misreadings.tsv: class, kind, whose words, text; "\n" in a text is a line break. The first, third, fifth
of each class and kind are "seen": those who change words and rules may look at them, and `--misses` prints them. The others are
"unseen". A sentence raises when a report on contact with a child that holds nothing else comes to band A or B. In the class "ages"
it counts when the age of a child is found instead.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench.judgement.figures import share_of
from bench.judgement.sentences import DATA, Sentence
from bench.judgement.twins import judge_sentences
from triage.intents import read_intents

AGES = "ages"


@dataclass(frozen=True, slots=True)
class Misreading:
    """A sentence of a class of misreading; `kind` is danger or harmless, `set_name` seen or unseen."""

    of_class: str
    kind: str
    set_name: str
    whose: str
    text: str


def list_misreadings() -> list[Misreading]:
    """Returns all sentences of the file."""
    counted: Counter[tuple[str, str]] = Counter()
    found = []
    for line in (DATA / "misreadings.tsv").read_text(encoding="utf-8").splitlines():
        of_class, kind, whose, text = line.split("\t")
        counted[of_class, kind] += 1
        set_name = "seen" if counted[of_class, kind] % 2 else "unseen"
        found.append(Misreading(of_class, kind, set_name, whose, text.replace("\\n", "\n")))
    return found


def find_raised() -> Iterator[tuple[Misreading, str]]:
    """Yields each sentence with the band that it comes to, or for an age "age" where it is found, else an empty text."""
    wanted = list_misreadings()
    judged = judge_sentences(
        [Sentence("english", "threat", "says", "staff" if each.whose == "staff" else "party", each.text) for each in wanted]
    )
    for each, (_, band) in zip(wanted, judged, strict=True):
        if each.of_class == AGES:
            yield each, "age" if any(finding.intent == "age" for finding in read_intents(each.text, "party")) else ""
        else:
            yield each, band if band in "AB" else ""


def main() -> None:
    """Prints the shares by class, set and kind."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--misses", action="store_true", help="print the seen sentences that are misread")
    options = ask.parse_args()
    found: Counter[tuple[str, str, str]] = Counter()
    to_a: Counter[tuple[str, str, str]] = Counter()
    of: Counter[tuple[str, str, str]] = Counter()
    for each, raised in find_raised():
        for row in ((each.of_class, each.set_name, each.kind), ("all", each.set_name, each.kind)):
            of[row] += 1
            found[row] += bool(raised)
            to_a[row] += raised == "A"
        if options.misses and each.set_name == "seen" and bool(raised) != (each.kind == "danger"):
            print(f"{each.of_class}: {each.kind}{' to ' + raised if raised else ''}: {each.text!r}")
    for row in sorted(of):
        print(f"{' '.join(row):34} {share_of(found[row], of[row])}; {to_a[row]} to A")


if __name__ == "__main__":
    main()
