"""Words of cases on screens: stages, registers, grades, and how near a stage's day is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, mark, tr, word

STAGES = (
    mark("verification"), mark("enquiry"), mark("legal opinion"), mark("approval"), mark("FIR"), mark("challan"), mark("trial"),
)  # fmt: skip
NUMBERS = (
    mark("complaint"), mark("source report"), mark("enquiry"), mark("FIR"), mark("warrant"), mark("mutual assistance"),
    mark("court"), mark("property register"),
)  # fmt: skip
CLOCKS = (mark("case stage"), mark("preservation notice"), mark("tell the Court of the notice"))
BASES = (
    mark("60 days for the investigation report, PECA Investigation Rules 2018 as the press reports them (unverified)"),
    mark("set by hand"),
)
GRADES = (
    mark("abuse material"), mark("exploitive"), mark("age uncertain"), mark("adult"),
    mark("innocent family or medical picture"), mark("drawing or made by a machine"), mark("not pertinent"),
)  # fmt: skip


def due_words(due: str | None) -> Safe:
    """9 d, today, 3 d over, or that nobody set a day. `due` is a day, YYYY-MM-DD."""
    if due is None:
        return tr("no deadline set")
    days = days_until(due)
    if days == 0:
        return tr("today")
    return tr("{n} d", n=days) if days > 0 else tr("{n} d over", n=-days)


def due_ink(due: str | None) -> str:
    """Colour is spent only on what is over or runs out within a month."""
    if due is None:
        return "muted"
    days = days_until(due)
    return "bad" if days < 7 else "warn" if days < 30 else "text"


def days_until(due: str) -> int:
    """In Pakistan's days."""
    return (date.fromisoformat(due) - times.now().astimezone(times.PKT).date()).days


def day_words(due: str) -> Safe:
    """31 Jan 2030"""
    return times.day(datetime.combine(date.fromisoformat(due), datetime.min.time(), UTC) + timedelta(hours=12))


def number_words(said: str) -> Safe:
    """A line of `CaseSummary.numbers`, the kind translated: FIR 210/26."""
    kind = next((kind for kind in NUMBERS if said.startswith(f"{kind} ")), "")
    return Safe(f"{word(kind)} {ltr(said.removeprefix(kind).strip())}") if kind else ltr(said)
