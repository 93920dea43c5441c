"""Shows the times of a report and of those linked to it, for one timeline: uploads, log-ins, messages, receipt and deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.importers.time_parsing import parse_iso_time, parse_json_time
from triage.jobs.codec import clocks_from_bytes, read_or_none
from triage.jobs.load import load_report
from triage.message import NOTHING, Message
from triage.model.damage import StoredPart
from triage.model.judgement import Clock, Link
from triage.model.report import Report
from triage.model.report_page import Conversation, ReportTrack, TrackEvent
from triage.store.database import Reader
from triage.store.queries import judgement, reports

MOST_LINKED = 8  # linked reports on a timeline, the strongest first
MOST_EVENTS = 400  # of one report


def show_tracks(
    db: Reader,
    number: str,
    report: Report,
    clocks: Sequence[Clock],
    conversations: Sequence[Conversation],
    links: Sequence[Link],
    damaged: Sequence[StoredPart] = (),
) -> tuple[tuple[ReportTrack, ...], Message]:
    """Returns the tracks, the report's own first, and a message that says how many linked reports are left out.

    `damaged` are the parts of the report itself that can't be read.
    """
    own = [*_list_events(report), *_list_messages(conversations), *_list_deadlines(clocks)]
    missing = _name_damaged(documents="documents" in damaged, clocks="clocks" in damaged)
    tracks = [ReportTrack(report_id=number, via="", events=_bound(own), damaged=missing)]
    strongest: dict[str, Link] = {}
    for link in sorted(links, key=lambda link: -link.strength):
        strongest.setdefault(link.report_id, link)
    for link in list(strongest.values())[:MOST_LINKED]:
        other = reports.find_report(db, link.report_id)
        if other is None:
            continue
        card = judgement.load_card(db, other)
        deadlines = () if card is None else read_or_none(clocks_from_bytes, card.clocks, other)
        loaded = load_report(db, other)
        events = [*_list_events(loaded.report), *_list_deadlines(deadlines or ())]
        missing = _name_damaged(documents=not loaded.readable, clocks=deadlines is None)
        tracks.append(ReportTrack(report_id=link.report_id, via=link.via, events=_bound(events), damaged=missing))
    rest = len(strongest) - MOST_LINKED
    words = Message("{n} more linked report is not drawn." if rest == 1 else "{n} more linked reports are not drawn.", n=rest)
    return tuple(tracks), NOTHING if rest <= 0 else words


def _name_damaged(*, documents: bool, clocks: bool) -> tuple[StoredPart, ...]:
    """Returns the parts with times that can't be read."""
    return (*(("documents",) if documents else ()), *(("clocks",) if clocks else ()))


def _bound(events: Sequence[TrackEvent]) -> tuple[TrackEvent, ...]:
    """Returns the events in order of time, at most so many: the first and the last ones."""
    ordered = sorted(events, key=lambda event: (event.when, event.kind, event.name))
    if len(ordered) > MOST_EVENTS:
        ordered = [*ordered[: MOST_EVENTS // 2], *ordered[-MOST_EVENTS // 2 :]]
    return tuple(ordered)


def _list_events(report: Report) -> Iterator[TrackEvent]:
    """Yields the times that the documents of a report state."""
    if report.incident_time is not None:
        yield TrackEvent(when=report.incident_time.utc, kind="incident", sure=report.incident_time.zone == "stated")
    if report.received is not None:
        yield TrackEvent(when=report.received.utc, kind="received", sure=not report.received_estimated)
    for file in report.files:
        if file.entry.uploaded is not None:
            yield TrackEvent(when=file.entry.uploaded.utc, kind="upload", sure=file.entry.uploaded.zone == "stated")
    for entry in report.identifiers:
        if entry.time is not None and entry.role != "reporter":
            kind = (entry.event or "captured").lower()
            yield TrackEvent(when=entry.time.utc, kind=kind, sure=entry.time.zone == "stated")


def _list_messages(conversations: Sequence[Conversation]) -> Iterator[TrackEvent]:
    """Yields the messages whose time the source states with its day."""
    for conversation in conversations:
        for message in conversation.messages:
            when = parse_iso_time(message.time) or parse_json_time(message.time) if message.time else None
            if when is not None:
                yield TrackEvent(when=when.utc, kind="message", sure=when.zone == "stated")


def _list_deadlines(clocks: Sequence[Clock]) -> Iterator[TrackEvent]:
    for clock in clocks:
        yield TrackEvent(when=clock.due, kind="deadline", sure=not clock.estimated, name=clock.name)
