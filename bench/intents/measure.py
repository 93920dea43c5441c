"""What the whole reader finds in tune: slots, phrases, classifier and guards together.

    python -m bench.intents.measure [--misses] [--set train|tune]

A sentence was written for one intent; another intent that its words hold too (a deadline that demands money) is neither right nor
wrong. False findings are counted in sentences of "none" alone.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter

from bench.intents.make_data import HERE, LANGUAGES
from triage.intents import INTENTS, read_intents


def _share(part: int, whole: int) -> str:
    """Returns a share with Wilson's interval at 95 %."""
    if not whole:
        return "-"
    z, p = 1.96, part / whole
    middle, half = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return f"{p:.2f} ({max(middle - half, 0) / (1 + z * z / whole):.2f}-{(middle + half) / (1 + z * z / whole):.2f})"


def main() -> None:
    """Prints precision against ordinary sentences and recall, per language and intent."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--misses", action="store_true")
    ask.add_argument("--set", default="tune")
    options = ask.parse_args()
    print("| language | " + " | ".join(INTENTS) + " | ordinary sentences with a finding |")
    print("|---" * (len(INTENTS) + 2) + "|")
    for language in LANGUAGES:
        found: Counter[str] = Counter()
        wanted: Counter[str] = Counter()
        false = 0
        for row in (HERE / "data" / options.set / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
            intent, sentence, *_ = row.split("\t")
            seen = {each.intent: each for each in read_intents(sentence, "party")}
            wanted[intent] += 1
            found[intent] += intent in seen
            false += intent == "none" and bool(seen)
            if options.misses and (intent not in seen if intent != "none" else seen):
                why = [(each.intent, each.how, each.why) for each in seen.values()]
                print(f"{'false' if intent == 'none' else 'missed'} {language} {intent}: {sentence} {why}")
        told = " | ".join(_share(found[intent], wanted[intent]) for intent in INTENTS)
        print(f"| {language.replace('_', ' ')} | {told} | {false} of {wanted['none']} |")


if __name__ == "__main__":
    main()
