"""Suggests sections from facts, places and the day of the act."""

from __future__ import annotations

from datetime import date

from triage.law.context import LawContext, PlaceVerdict
from triage.law.facts import FACTS, MARKED
from triage.law.table import LawTable, Section, load_shipped_table
from triage.message import NOTHING, Message, join
from triage.model.judgement import LawSuggestion, Surroundings
from triage.model.moment import to_pakistan
from triage.model.report import Report

_NO_DAY = Message("The day of the act is not stated: check that the section held then.")
_SEX_NOT_STATED = {
    "girl": Message("The report does not state the child's sex: before 2021 this section was of a girl or woman."),
    "boy": Message("The report does not state the child's sex: before 2021 this section applied to a boy."),
}
_PENDING = Message("A bill; it is not known to be law.")
_AJK = Message("The place is Azad Jammu and Kashmir: headquarters decide whether this Act applies.")
_AJK_CODE = "AJK"


def suggest(
    report: Report,
    surroundings: Surroundings,
    *,
    location: PlaceVerdict | None = None,
    today: date,
    table: LawTable | None = None,
) -> tuple[LawSuggestion, ...]:
    """Returns sections that may apply, in the table's order: the protection of a child stands first.

    The day of the act is the incident's in Pakistan. Without one, no row is left out, and all rows are unverified.
    `offered` is False where a section was considered and the stated facts do not carry it.

    Args:
        report: The report.
        surroundings: Grades and hash-list hits of the store.
        location: The verdict on place, which chooses provincial Acts. None is a place that is not known.
        today: The day in Pakistan; who investigates follows it, not the day of the act.
        table: Another table than the shipped one.
    """
    table = table or load_shipped_table()
    context = LawContext(report, surroundings, location)
    day = to_pakistan(report.incident_time.datetime()).date() if report.incident_time else None
    found = {name: reason for name, check in FACTS.items() if (reason := check(context))}
    suggestions = []
    for row in table.law:
        if not _may_hold(row, context, today if row.by_today or row.pending else day):
            continue
        reasons = list(dict.fromkeys(found[name] for name in row.suggested_by if name in found))
        alone = list(dict.fromkeys(found[name] for name in row.not_by if name in found))
        if reasons:
            suggestions.append(_build(row, table, context, reasons, day=day, today=today, offered=not row.pending))
        elif alone:
            reasons = [Message(row.instead), *alone]  # message-ok
            suggestions.append(_build(row, table, context, reasons, day=day, today=today, offered=False))
    return tuple(suggestions)


def _may_hold(row: Section, context: LawContext, day: date | None) -> bool:
    if not row.holds_in(context.province) or (day is not None and not row.holds_on(day)):
        return False
    return row.sex is None or context.sex_of_child in (None, row.sex)


def _build(
    row: Section, table: LawTable, context: LawContext, reasons: list[Message], *, day: date | None, today: date, offered: bool
) -> LawSuggestion:
    outside = context.province == _AJK_CODE and _AJK_CODE not in row.provinces
    undated = day is None and not row.by_today and not row.pending
    notes = (
        _PENDING if row.pending else NOTHING,
        _NO_DAY if undated else NOTHING,
        _SEX_NOT_STATED[row.sex] if row.sex and context.sex_of_child is None else NOTHING,
        _AJK if outside else NOTHING,
    )
    who = next((each for each in table.investigator if each.fits(row, context.province, today)), None)
    return LawSuggestion(
        act=row.act,
        section=row.section,
        title=row.title,
        offered=offered,
        why=join(*reasons, *notes),
        certainty="unverified" if undated or outside else row.certainty,
        holds_from=row.since.isoformat(),
        holds_until=row.until.isoformat() if row.until else None,
        source=row.source,
        investigators=(who.describe(),) if who else (),
        only_marked=all(reason.key == MARKED for reason in reasons),
    )
