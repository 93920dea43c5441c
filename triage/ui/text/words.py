"""Holds the vocabulary of the screens: incident types, statuses, flags and places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from triage.locate.offices import read_offices
from triage.model.views import QueueRow
from triage.resources import reads_tables
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, word

INCIDENTS = {
    "Child Pornography (possession, manufacture, and distribution)": mark("Apparent CSAM"),
    "Child Sex Trafficking": mark("Trafficking"),
    "Child Sex Tourism": mark("Sex tourism"),
    "Child Sexual Molestation": mark("Molestation"),
    "Misleading Domain Name": mark("Misleading domain"),
    "Misleading Words or Digital Images on the Internet": mark("Misleading words"),
    "Online Enticement of Children for Sexual Acts": mark("Online enticement"),
    "Unsolicited Obscene Material Sent to a Child": mark("Unsolicited material"),
}
"""NCMEC's eight types; the provider's own words are in the tooltip and on the report's page."""

STATUSES = {
    "new": mark("new"),
    "in_progress": mark("in progress"),
    "referred": mark("referred"),
    "case_opened": mark("case opened"),
    "closed": mark("closed"),
    "on_hold": mark("on hold"),
}

PROVINCES = {
    "PB": mark("Punjab"),
    "SD": mark("Sindh"),
    "KP": mark("Khyber Pakhtunkhwa"),
    "BA": mark("Balochistan"),
    "ICT": mark("Islamabad"),
    "GB": mark("Gilgit-Baltistan"),
    "AJK": mark("Azad Kashmir"),
}

CLOCKS = {"operator traffic data": mark("operator log")}
"""What expires, in short words where the deadline's own name is long."""

SHORT_PROVINCES = PROVINCES | {"KP": mark("KP"), "GB": mark("GB"), "AJK": mark("AJK")}

Tone = Literal["plain", "grave", "calm"]


def incident(kind: str | None) -> Safe:
    """Returns a short name of an incident type."""
    if kind is None:
        return tr("not stated")
    return word(INCIDENTS.get(kind, kind))


def status(name: str) -> Safe:
    """Returns a status in words."""
    return word(STATUSES.get(name, name))


def name_reports(numbers: Sequence[str], count: int) -> Safe:
    """Returns the numbers of the first of `count` reports, and how many more there are."""
    named = Safe(tr(", ").join(ltr(report) for report in numbers))
    more = count - len(numbers)
    return tr("{names} and {n} more", names=named, n=number(more)) if more > 0 else named


def province(code: str | None) -> Safe:
    """Returns the name of a province, or "not known"."""
    return tr("not known") if code is None else word(PROVINCES.get(code, code))


def district(name: str) -> Safe:
    """Returns the name of a district; one that the agency added to its table stands there as it was written."""
    return isolated(word(name))


def where(row: QueueRow) -> Safe:
    """Returns the location of a queue row in one line; the child's location comes first."""
    child = where_child(row)
    return tr("{child}; {user}", child=child, user=where_user(row)) if child else where_user(row)


def where_user(row: QueueRow) -> Safe:
    """Returns where the evidence puts the reported user."""
    if row.in_pakistan is None:
        return tr("unclear")
    if not row.in_pakistan:
        return tr("abroad")
    return tr("Pakistan") if row.province is None else word(SHORT_PROVINCES.get(row.province, row.province))


def where_child(row: QueueRow) -> Safe:
    """Returns that the child may be in Pakistan, or an empty text: the queue knows nothing else of the child's location."""
    return tr("child here?") if "victim in Pakistan" in row.flags else Safe("")


def assignee(name: str | None) -> Safe:
    """Returns who has a report or a case, or that nobody has it."""
    return isolated(name) if name else tr("unassigned")


def office(code: str | None) -> Safe:
    """Returns the city of an office, such as "Karachi"."""
    if code is None:
        return tr("no office")
    city = _name_offices().get(code)
    return ltr(code) if city is None else word(city)


@reads_tables
@cache
def _name_offices() -> dict[str, str]:
    """Returns the cities of the offices by code."""
    known = read_offices()
    return {each.id: each.city for each in known.office} | {known.headquarters: mark("Headquarters")}


def deadline(row: QueueRow) -> Safe:
    """Returns the next deadline of a queue row that still runs, such as "operator log, 98 days"."""
    if row.deadline is None or row.deadline_name is None:
        return deadline_left(row)
    return tr("{what}, {left}", what=deadline_what(row), left=deadline_left(row))


def deadline_left(row: QueueRow) -> Safe:
    """Returns the time to the next deadline, such as "98 days"."""
    if row.deadline is None:
        return tr("ran out") if row.ran_out else tr("none known")
    return times.time_left(row.deadline)


def deadline_what(row: QueueRow) -> Safe:
    """Returns what expires next, such as "operator log"."""
    if row.deadline is None:
        return tr("ask anyway") if row.ran_out else Safe("")
    return Safe("") if row.deadline_name is None else word(CLOCKS.get(row.deadline_name, row.deadline_name))


def deadline_colour(row: QueueRow) -> str:
    """Returns the palette colour of a deadline: "bad" below 14 days and when overdue, "warn" below 30."""
    if row.deadline is None:
        return "muted"
    days = times.days_left(row.deadline)
    return "bad" if days < 14 else "warn" if days < 30 else "text"


GRAVE = frozenset(
    {
        "not judged", "escalated", "threat", "meeting", "self-harm", "child lane", "live", "infant", "molestation type",
        "access to the child", "access to children", "victim in Pakistan", "victim named", "solicitation",
        "sextortion", "sadistic", "violence", "on a seized device", "relationship stated", "NCMEC 1", "camera original",
        "sextortion of a minor", "money demanded", "history stated", "child contacted", "unknown mark", "unknown type",
        "reported user may be the victim",
    }
)  # fmt: skip
CALM = frozenset({"viral", "list calls a file harmless", "informational", "withdrawn", "spam", "drawing claimed"})


def tone(flag: str) -> Tone:
    """Returns how grave a flag is."""
    return "grave" if flag in GRAVE else "calm" if flag in CALM else "plain"
