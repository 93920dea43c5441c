"""Writes the sentences of bench/intents/data from what the authors wrote: each line stands for a few sentences.

    python -m bench.intents.make_data

`{a|b}` in a line of authors/<language>.<set>.txt is either of two wordings. Of a line at most so many sentences are written, drawn
by a fixed seed; those of train in English and Roman Urdu also once in a spoilt spelling. Train and tune have different authors, so
that no wording stands in both. A row is intent, sentence, the line it stands for, and its writer: the name in the last line
"# author a: ..." or "# writer clerk: ..." above it. A writer's wording is the same in several languages. All sentences are invented.
"""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi")
MOST = {"train": 10, "tune": 6}  # sentences of a line
_CHOICE = re.compile(r"\{([^{}]*)\}")
_WRITER = re.compile(r"# (?:author|writer) (\w+)")
_SPOILT = {"english": (("you", "u"), ("your", "ur"), ("ing ", "in "), ("please", "plz"), ("are", "r")),
           "roman_urdu": (("nahi", "nhi"), ("hun", "hoon"), ("kar", "kr"), ("raha", "rha"), ("dunga", "doon ga"), ("bhej", "bej"), ("tasveer", "tasvir"))}  # fmt: skip


def sentences_of(line: str, most: int, dice: random.Random) -> list[str]:
    """Returns some of the sentences that a line stands for."""
    parts = _CHOICE.split(line)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    every = [" ".join("".join(chosen).split()) for chosen in itertools.product(*choices)]
    every = list(dict.fromkeys(every))
    return every if len(every) <= most else dice.sample(every, most)


def spoil(sentence: str, language: str) -> str:
    """Returns a sentence as somebody in a hurry writes it."""
    for right, wrong in _SPOILT.get(language, ()):
        sentence = sentence.replace(right, wrong)
    return sentence


def main() -> None:
    """Writes all files anew, without the sentences of data/left_out.txt: they stand too close to a set of bench/judgement."""
    left_out = set((HERE / "data" / "left_out.txt").read_text(encoding="utf-8").splitlines())
    for kind, most in MOST.items():
        for language in LANGUAGES:
            dice = random.Random(f"{kind} {language}")
            rows: list[tuple[str, str, int, str]] = []
            writer = "several"
            for number, line in enumerate(
                (HERE / "authors" / f"{language}.{kind}.txt").read_text(encoding="utf-8").splitlines(), start=1
            ):
                if named := _WRITER.match(line):
                    writer = named.group(1)
                if not line.strip() or line.startswith("#"):
                    continue
                intent, _, wording = line.partition(": ")
                made = sentences_of(wording, most, dice)
                rows += [(intent, sentence, number, writer) for sentence in made if sentence not in left_out]
                if kind == "train" and (spoilt := spoil(made[0], language)) not in (made[0], *left_out):
                    rows.append((intent, spoilt, number, writer))
            target = HERE / "data" / kind / f"{language}.tsv"
            target.parent.mkdir(parents=True, exist_ok=True)
            written = "".join("\t".join(map(str, row)) + "\n" for row in dict.fromkeys(rows))
            target.write_text(written, encoding="utf-8")
            print(f"{kind} {language}: {len(rows)} sentences")


if __name__ == "__main__":
    main()
