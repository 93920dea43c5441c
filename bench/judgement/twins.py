"""Twins: one harmless report without and with a sentence. A sentence of danger must raise the card; a denial, a title or a policy must not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bench.judgement.figures import share_of
from bench.judgement.judging import judge_month
from bench.judgement.months import MATERIAL, MonthReport, Texts, Truth, make_report
from bench.judgement.sentences import Sentence, read_sentences
from triage.model.judgement import Band
from triage.priority import RuleSet

ENTICEMENT = "Online Enticement of Children for Sexual Acts"
RAISED = "AB"


def judge_sentences(
    sentences: Sequence[Sentence], incident_type: str = ENTICEMENT, rules: RuleSet | None = None
) -> list[tuple[Sentence, Band]]:
    """Returns the band of a bare report of this type with each sentence as its only text."""
    month = [_bare_report(n, incident_type, sentence) for n, sentence in enumerate(sentences)]
    bands = {judged.number: judged.band for judged in judge_month(month, rules)}
    return [(sentence, bands[each.number]) for sentence, each in zip(sentences, month, strict=True)]


def _bare_report(n: int, incident_type: str, sentence: Sentence) -> MonthReport:
    about = {
        "number": 800_000_000 + n, "received": datetime(2026, 10, 5, tzinfo=UTC), "type": incident_type, "provider": "Reed Messenger",
        "code": "E", "designation": "referral", "ip": "119.160.7.77", "phone": None,
    }  # fmt: skip
    texts = Texts(prose=(sentence.text,)) if sentence.of_provider else Texts(chat=(sentence.text,))
    truth = Truth(grave=sentence.positive, about=sentence.intent, told_by=(), language=sentence.language, profile="twins")
    return make_report(about, {"flags": {}, "fields": {}, "files": [], "texts": texts}, truth)


def measure_sentences(set_name: str, rules: RuleSet | None = None) -> dict[str, Any]:
    """Returns shares of sentences that raise a bare report on contact with a child to band A or B, as plain data.

    "raised": positives by intent and language. "raised in vain": negatives by kind and by language, and of them those in band A.
    """
    judged = judge_sentences(read_sentences(set_name), rules=rules)
    material = judge_sentences([s for s in read_sentences(set_name) if not s.positive], MATERIAL, rules)
    return {
        "raised": _nested([(s.intent, s.language, band in RAISED) for s, band in judged if s.positive]),
        "raised in vain": _nested([(s.kind, s.language, band in RAISED) for s, band in judged if not s.positive]),
        "in vain to A": _nested([(s.kind, s.language, band == "A") for s, band in judged if not s.positive]),
        "in vain to A, possession": _nested([(s.kind, s.language, band == "A") for s, band in material]),
    }


def _nested(rows: Sequence[tuple[str, str, bool]]) -> dict[str, dict[str, Any]]:
    """(row, column, yes) counted by row and column, with all columns and all rows together."""
    counted: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row, column, yes in rows:
        for key in ((row, column), (row, "all"), ("all", column), ("all", "all")):
            counted[key][0] += yes
            counted[key][1] += 1
    table: dict[str, dict[str, Any]] = {}
    for (row, column), (found, of) in counted.items():
        table.setdefault(row, {})[column] = asdict(share_of(found, of))
    return table
