"""Where are grave reports lost that are told by words? Counts each by the last step that worked.

    python -m bench.judgement.losses [--set tune|test|fresh] [--seeds 1 2 3 4 5] [--by language|intent|writer]

A report is counted once: it stands in the first 5 %, in A or B behind them, below B though its sentence was found, or its sentence
was not found: a guard took the finding back, or no slot and no score of the classifier was enough.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from bench.judgement.figures import GROUPED_AT, first_of
from bench.judgement.judging import JudgedReport, judge_month
from bench.judgement.months import Mix, make_month
from bench.judgement.sentences import SETS, Sentence, read_sentences
from triage.intents.guards import guard_against
from triage.intents.lexicon import lexicon
from triage.intents.reader import read_sentence
from triage.intents.sentences import language_of, sentence_of
from triage.intents.slots import find_slots
from triage.priority.case import texts_of

Cause = Literal["first 5 %", "later in A", "later in B", "found, below B", "guarded", "not found"]
CAUSES: tuple[Cause, ...] = ("first 5 %", "later in A", "later in B", "found, below B", "guarded", "not found")


def list_telling(judged: JudgedReport, sentences: tuple[Sentence, ...]) -> list[Sentence]:
    """Returns the sentences of danger that stand in a report of their language."""
    texts = "\n".join(each.text for each in texts_of(judged.report.free_text))
    return [s for s in sentences if s.positive and s.language == judged.truth.language and s.text in texts]


def find_cause(judged: JudgedReport, telling: list[Sentence], first: bool) -> Cause:
    """Returns where a grave report stands, or why it stands low."""
    if first:
        return "first 5 %"
    if judged.band in "AB":
        return "later in A" if judged.band == "A" else "later in B"
    if any(each.intent in {finding.intent for finding in read_sentence(each.text)} for each in telling):
        return "found, below B"
    return "guarded" if any(is_guarded(each) for each in telling) else "not found"


def is_guarded(written: Sentence) -> bool:
    """Tells whether a slot finds the intent of a sentence and a guard takes it back."""
    sentence = sentence_of(written.text)
    hits = lexicon().find(sentence, language_of(sentence))
    return any(
        match.intent == written.intent
        and guard_against(sentence, hits, match.intent, match.head, match.first, match.behind, match.slots)
        for match in find_slots(sentence, hits)
    )


def list_causes(set_name: str, seeds: list[int], reports: int) -> Iterator[tuple[JudgedReport, list[Sentence], Cause]]:
    """Yields the grave reports that only words tell of, with the sentences that tell, and the cause."""
    sentences = read_sentences(set_name)
    for seed in seeds:
        month = judge_month(make_month(seed, reports, Mix(set_name=set_name)))
        first = {judged.number for judged in first_of(month, GROUPED_AT)}
        for judged in month:
            if judged.truth.grave and judged.truth.way == "words only":
                telling = list_telling(judged, sentences)
                yield judged, telling, find_cause(judged, telling, judged.number in first)


def main() -> None:
    ask = argparse.ArgumentParser(
        prog="bench.judgement.losses", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--set", choices=SETS, default="tune", dest="set_name")
    ask.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    ask.add_argument("--reports", type=int, default=1_000, help="of a month")
    ask.add_argument("--by", choices=("language", "danger", "writer"), default="danger")
    options = ask.parse_args()
    counted: Counter[tuple[str, Cause]] = Counter()
    for judged, telling, cause in list_causes(options.set_name, options.seeds, options.reports):
        writer = "staff" if any(each.of_provider for each in telling) else "parties"
        row = {"language": judged.truth.language, "danger": judged.truth.about, "writer": writer}[options.by]
        counted[row, cause] += 1
        counted["all", cause] += 1
    print("| | " + " | ".join(CAUSES) + " |\n" + "|---" * (len(CAUSES) + 1) + "|")
    for row in sorted({row for row, _ in counted}):
        print(f"| {row} | " + " | ".join(str(counted[row, cause]) for cause in CAUSES) + " |")


if __name__ == "__main__":
    main()
