"""Loads all that the page of one report shows, so that opening it is one call."""

from __future__ import annotations

import msgspec

from triage.intents import Reading
from triage.jobs.codec import read_or_none
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.reading.queue_rows import load_rows
from triage.jobs.reading.queue_sheet import load_next_act
from triage.jobs.reading.show import build_report_view
from triage.jobs.reading.show_chat import show_texts
from triage.jobs.reading.show_tracks import show_tracks
from triage.jobs.reading.version_list import list_waiting_of_report
from triage.jobs.session import Session, now
from triage.locate.operator_lines import describe_line
from triage.message import NOTHING
from triage.model.moment import parse_utc
from triage.model.report_page import ReportPageView, ShowOperator
from triage.model.users import Right
from triage.model.views import ShowIdentifier, ShowReport
from triage.store.database import Reader
from triage.store.queries import readings

_decode_reading = msgspec.msgpack.Decoder(Reading).decode
_NOTHING_READ = Reading((), whole=False)


def load_report_page(session: Session, report_number: str) -> ReportPageView:
    """Returns what the page of a report shows, by its present or an earlier number.

    Raises:
        NotFound: if there is no such report
    """
    session.require(Right.READ_REPORT)
    at = parse_utc(now())
    with session.reading() as db:
        report_id = find_report(db, report_number)
    row = load_rows(session, [report_id]).get(report_id)
    with session.reading() as db:
        show = build_report_view(session, db, report_id, None, waiting=True)
        report = load_report(db, report_id).report
        next_act = NOTHING if row is None else load_next_act(db, row, at)
        reading = _load_reading(db, report_id)
        shown = show_texts(show, reading.findings)
        waiting = list_waiting_of_report(session, db, report_id) if show.version_waiting else ()
        tracks, left_out = show_tracks(db, show.report_id, report, show.clocks, shown.conversations, show.links, show.damaged)
    return ReportPageView(
        report=show,
        operators=list_operators(show),
        conversations=shown.conversations,
        texts=shown.texts,
        tracks=tracks,
        next_act=next_act,
        whole=reading.whole,
        left_out=left_out,
        waiting_versions=waiting,
    )


def list_operators(show: ShowReport) -> tuple[ShowOperator, ...]:
    """Returns what the tables say of each address and number of a report."""
    found: dict[str, ShowOperator] = {}
    for entry in show.identifiers:
        if entry.value not in found and (said := _describe(entry)) is not None:
            found[entry.value] = said
    return tuple(found.values())


def _describe(entry: ShowIdentifier) -> ShowOperator | None:
    facts = describe_line(entry.kind, entry.value, entry.details.get("countryCallingCode", ""))
    if facts is None:
        return None
    return ShowOperator(
        value=entry.value,
        name=facts.name,
        line=facts.line,
        shared=facts.shared,
        sharing=facts.sharing,
        sure=facts.sure,
        country=facts.country,
        says=facts.says,
    )


def _load_reading(db: Reader, report_id: int) -> Reading:
    """Returns what the reader found in the texts; nothing, and that not all was read, when that is not there yet or damaged."""
    stored = readings.load_readings(db, [report_id]).get(report_id)
    return (None if stored is None else read_or_none(_decode_reading, stored.reading, report_id)) or _NOTHING_READ
