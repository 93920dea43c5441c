"""What an expectation is: bare reports that state only what is given, and tests of their cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.judgement.judging import JudgedReport, judge_month
from bench.judgement.months import MATERIAL, MonthReport, Texts, Truth, make_report
from triage.priority import RuleSet

Json = dict[str, Any]
Test = Callable[..., bool]
BEGINS = {"A": 45.0, "B": 22.0, "C": 14.0, "D": 5.0, "E": 0.0}
"""Where each band begins by points, for "number and band agree"."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A test of the judged reports, with the subject it belongs to and the reason."""

    point: str
    why: str
    test: Test
    reports: tuple[Json, ...]


def file(kind: str | None = None, *annotations: str, known: bool = False) -> Json:
    return {"class": kind, "annotations": list(annotations), "known": known}


def report(
    type: str | None = MATERIAL, *, chat: str = "", prose: str = "", user: Json | None = None, victims: Sequence[Json] = (),
    files: Sequence[Json] = (), annotations: Sequence[str] = (), escalation: str | None = None, code: str | None = "E",
    designation: str | None = "referral", phone: str | None = None,
) -> Json:  # fmt: skip
    """Returns a report of a reported user in Pakistan that states what is given and nothing else."""
    about = {
        "received": datetime(2026, 10, 5, tzinfo=UTC), "type": type, "provider": "Kite Mail", "code": code,
        "designation": designation, "ip": "119.160.7.77", "phone": phone,
    }  # fmt: skip
    texts = Texts(chat=(chat,) if chat else (), prose=(prose,) if prose else ())
    flags = {"annotations": list(annotations), "escalation": escalation}
    parts = {"flags": flags, "fields": {"user": user or {}, "victims": list(victims)}, "files": list(files), "texts": texts}
    return {"about": about, "parts": parts}


def at_least(band: str) -> Test:
    return lambda a: a.band <= band


def at_most(band: str) -> Test:
    return lambda a: a.band >= band


def exactly(band: str) -> Test:
    return lambda a: a.band == band


def goes_before(a: JudgedReport, b: JudgedReport) -> bool:
    return (a.band, -a.card.risk) < (b.band, -b.card.risk)


def judged_alike(a: JudgedReport, b: JudgedReport) -> bool:
    return (a.band, a.card.risk) == (b.band, b.card.risk)


def not_behind(a: JudgedReport, b: JudgedReport) -> bool:
    return (a.band, -a.card.risk) <= (b.band, -b.card.risk)


def number_fits_band(a: JudgedReport) -> bool:
    """Tells whether the number of a card lies within its band."""
    return a.card.risk >= BEGINS[a.band]


def card_says(word: str) -> Test:
    return lambda a: word.casefold() in f"{a.card.flags} {a.card.factors}".casefold()


def card_has_flag(name: str) -> Test:
    return lambda a: name in a.card.flags


def check(expectations: Sequence[Expectation], rules: RuleSet | None = None) -> list[bool]:
    """Returns of each expectation whether it holds."""
    month: list[MonthReport] = []
    at = []
    truth = Truth(grave=False, about="expectation", told_by=(), language="english", profile="expectation")
    for expectation in expectations:
        at.append(len(month))
        for each in expectation.reports:
            month.append(make_report({**each["about"], "number": 700_000_000 + len(month)}, each["parts"], truth))
    judged = {each.number: each for each in judge_month(month, rules)}
    return [
        expectation.test(*(judged[month[first + n].number] for n in range(len(expectation.reports))))
        for expectation, first in zip(expectations, at, strict=True)
    ]
