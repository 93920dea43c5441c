"""From facts and the day of the act to sections that may apply."""

from __future__ import annotations

from triage.law.facts import FACTS, Told
from triage.law.table import Section, Table, shipped
from triage.message import Message, join
from triage.model.judgement import LawSuggestion, Surroundings
from triage.model.moment import to_pakistan
from triage.model.report import Report

NO_DAY = Message("The day of the act is not stated: check that the section held then.")


def suggest(report: Report, around: Surroundings, table: Table | None = None) -> tuple[LawSuggestion, ...]:
    """Sections in the table's order. The day is the incident's in Pakistan; without one nothing is left out, and all is
    unverified. `offered` is False where a section was looked at and what is said does not carry it.
    """
    table = table or shipped()
    told = Told(report, around)
    day = to_pakistan(report.incident_time.datetime()).date() if report.incident_time else None
    found = {name: sentence for name, look in FACTS.items() if (sentence := look(told))}
    suggestions = []
    for row in table.law:
        if day is not None and not row.holds_on(day):
            continue
        reasons = [found[name] for name in row.suggested_by if name in found]
        if reasons:
            suggestions.append(_said(row, table, join(*dict.fromkeys(reasons)), offered=True, dated=day is not None))
        elif row.not_by in found:
            why = join(Message(row.instead), found[row.not_by])  # message-ok
            suggestions.append(_said(row, table, why, offered=False, dated=day is not None))
    return tuple(suggestions)


def _said(row: Section, table: Table, why: Message, *, offered: bool, dated: bool) -> LawSuggestion:
    return LawSuggestion(
        act=row.act,
        section=row.section,
        title=row.title,
        offered=offered,
        why=why if dated else join(why, NO_DAY),
        certainty=row.certainty if dated else "unverified",
        holds_from=row.since.isoformat(),
        holds_until=row.until.isoformat() if row.until else None,
        source=row.source,
        investigators=tuple(each.says() for each in table.investigator if row.act in each.acts),
    )
