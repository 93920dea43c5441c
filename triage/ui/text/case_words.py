"""Describes cases in words: stages, registers, grades and deadlines."""

from __future__ import annotations

from datetime import date

from triage.model.casework import RegisterNumber
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

IN_DIARY = (
    mark("traffic"), mark("content"), mark("foreign-preservation"), mark("mla"),
    mark("agree"), mark("means nothing"), mark("cannot tell"),
)  # fmt: skip
"""Kinds of requests and verdicts on factors, as the diary of a case has them."""


def due_words(due: str | None) -> Safe:
    """Returns a deadline in words, such as "9 d", "today" or "3 d over"; `due` is a day as YYYY-MM-DD."""
    if due is None:
        return tr("no deadline set")
    days = days_until(due)
    if days == 0:
        return tr("today")
    return tr("{n} d", n=days) if days > 0 else tr("{n} d over", n=-days)


def due_ink(due: str | None) -> str:
    """Returns the palette colour of a deadline: "bad" below 7 days, "warn" below 30."""
    if due is None:
        return "muted"
    days = days_until(due)
    return "bad" if days < 7 else "warn" if days < 30 else "text"


def days_until(due: str) -> int:
    """Returns the days until a day, counted in Pakistan; negative when it is over."""
    return (date.fromisoformat(due) - times.now().astimezone(times.PKT).date()).days


def day_words(due: str) -> Safe:
    """Returns a day such as "31 Jan 2030"."""
    return times.calendar_day(due)


def number_words(number: RegisterNumber) -> Safe:
    """Returns the number of a case in a register, the register translated: "FIR 210/26"."""
    return Safe(f"{word(number.kind)} {ltr(number.value)}")
