"""Exports the times of reports as a timeline for Timesketch, and their places as a KMZ for maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from triage import __version__
from triage.errors import WorldError
from triage.exports import timeline_files
from triage.exports.packet_custody import Row, list_custody_rows
from triage.jobs.codec import location_from_bytes, read_or_none
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.load import LoadedReport, load_report
from triage.jobs.lookup import find_case, find_report
from triage.jobs.session import Session
from triage.locate.gps import EXIF_OFFSET, read_exif_time
from triage.locate.places import read_district_seats
from triage.locate.positions import find_fault, read_pair
from triage.model.damage import DAMAGE
from triage.model.document import Source
from triage.model.exports import Cleared
from triage.model.handover import Handover
from triage.model.judgement import PlaceEvidence
from triage.model.media import Exif
from triage.model.moment import Moment, parse_utc
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.report import Report
from triage.model.report_times import (
    ZONE_ASSUMED,
    ZONE_OF_CAMERA,
    ZONE_OF_STORE,
    ZONE_STATED,
    MappedPlace,
    TimelineEntry,
    WrittenTimeline,
)
from triage.model.role_words import ROLES
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, decisions, judgement, reports

_DECISION_STEPS = frozenset({"report decided", "decision undone"})
"""Steps of which the store keeps the decision itself."""
_DAMAGED = "The stored location of this report is damaged: where it points to is not known."
_ONLY_DAY = "the source states only the day"
_ONLY_MINUTE = "the source states no seconds"


def export_timeline(
    session: Session,
    report_numbers: Sequence[str],
    out: Path,
    *,
    case_number: str | None = None,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenTimeline:
    """Writes the timeline (.csv) or the places (.kmz) of these reports, or of a case.

    Raises:
        Refused: when one of the reports may not go out
        NotFound: if there is no such report or case
        WorldError: for another ending, or if the file can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_TOOLS)
    leaving, data, rows = _make_content(session, report_numbers, out, case_number, although_cleared, on_progress, cancel)

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note("timeline exported", reports=leaving.reports, rows=rows, file=session.store.keyed(out.name))

    write_out(session, ((out, data),), kind="timeline", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return WrittenTimeline(path=str(out), rows=rows, signature_key=session.store.fingerprint)


def preview_timeline(
    session: Session,
    report_numbers: Sequence[str],
    out: Path,
    *,
    case_number: str | None = None,
    although_cleared: str | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> OutgoingPreview:
    """Returns what `export_timeline` would write now, and refuses what it would refuse.

    It writes nothing: `out` only tells the format.
    """
    session.require(Right.EXPORT_TOOLS)
    _, _, rows = _make_content(session, report_numbers, out, case_number, although_cleared, on_progress, cancel)
    return OutgoingPreview(rows=rows)


def _make_content(
    session: Session,
    report_numbers: Sequence[str],
    out: Path,
    case_number: str | None,
    although_cleared: str | None,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> tuple[Leaving, bytes, int]:
    """Returns the reports, the content of the file and the number of its rows."""
    ending = out.suffix.lower()
    if ending not in (".csv", ".kmz"):
        raise WorldError("Can't tell the format of {name}: end the name in .csv or .kmz.", name=out.name)
    entries: list[TimelineEntry] = []
    places: list[MappedPlace] = []
    with session.reading() as db:
        if case_number is None:
            ids = list(dict.fromkeys(find_report(db, number) for number in report_numbers))
        else:
            ids = cases.list_report_ids(db, find_case(db, case_number).id)
        leaving = check_may_leave(db, ids, although_cleared)
        cleared = leaving.cleared
        remarks = dict.fromkeys(cleared.reports, _describe_clearance(cleared)) if cleared else {}
        for done, i in enumerate(ids, 1):
            check_cancelled(cancel)
            if ending == ".csv":
                loaded = load_report(db, i)
                entries += _list_entries(session, db, i, loaded)
                if missing := _list_missing(loaded):
                    number = reports.load_number(db, i)
                    remarks[number] = " ".join(filter(None, (remarks.get(number), *missing)))
            else:
                places += _list_places(db, i)
            on_progress(Progress(done=done, total=len(ids), unit="reports"))
    if ending == ".csv":
        return leaving, timeline_files.format_timeline(entries, remarks), len(entries)
    return leaving, timeline_files.format_places(places, remarks), len(places)


def _describe_clearance(cleared: Cleared) -> str:
    """Returns what stands beside everything that leaves of a cleared person's report."""
    return f"The reported user was CLEARED. Reason for the export: {cleared.reason}"


def _list_missing(loaded: LoadedReport) -> list[str]:
    """Returns what can't be read of a report, so that its lines don't look complete."""
    found = [] if loaded.readable else [str(DAMAGE["documents"])]
    if loaded.damaged_media:
        found.append(f"Times in the metadata of files are not known where they can't be read: {len(loaded.damaged_media)} files.")
    return found


def _list_entries(session: Session, db: Reader, report_id: int, loaded: LoadedReport) -> Iterator[TimelineEntry]:
    """Yields all events of one report, in no order."""
    number = reports.load_number(db, report_id)
    yield from _list_stated(number, loaded)
    for file in loaded.report.files:
        facts = loaded.media.get(file.occurrence.sha256) if file.occurrence else None
        if facts is not None and facts.exif is not None:
            name = file.entry.name or (file.occurrence.name if file.occurrence else file.entry.key)
            yield from _list_exif(number, name, facts.exif)
    yield from _list_decisions(session, db, report_id, number)
    for row in list_custody_rows(load_packet_report(session, db, report_id), f"Triage {__version__}"):
        if row["what"] not in _DECISION_STEPS:
            yield _build_custody(number, row)


def _build_custody(number: str, row: Row) -> TimelineEntry:
    """Builds the event of a step of custody."""
    said = str(row.get("says") or f"{row['subject']} received, by {row['who']}. {row['what']}")
    source = f"audit log entry {row['entry']}" if row["entry"] is not None else f"SHA-256 {row['input_sha256']}"
    return TimelineEntry(
        when=parse_utc(str(row["when"])), message=said, what="Custody", report=number, zone=ZONE_OF_STORE, source=source
    )


def _list_stated(number: str, loaded: LoadedReport) -> Iterator[TimelineEntry]:
    """Yields the times that the report's documents state."""
    report = loaded.report
    if report.incident_time is not None:
        kind = f": {report.incident_type}" if report.incident_type else ""
        yield _build_stated(number, report.incident_time, f"Incident{kind}", "Incident", _find_sources(report, "incident_time"))
    if report.received is not None:
        estimated = " (estimated from the incident's time)" if report.received_estimated else ""
        yield _build_stated(
            number, report.received, f"Report received{estimated}", "Report received", _find_sources(report, "received")
        )
    for file in report.files:
        if file.entry.uploaded is not None:
            name = file.entry.name or file.entry.key
            yield _build_stated(number, file.entry.uploaded, f"Upload of {name}", "File uploaded", file.entry.sources)
    for entry in report.identifiers:
        if entry.time is None or entry.role == "reporter":
            continue
        port = f" port {entry.port}" if entry.port is not None else ""
        file_name = f", with {entry.file}" if entry.file else ""
        event = f", event {entry.event}" if entry.event else ""
        message = f"{entry.kind} {entry.value}{port} ({ROLES.get(entry.role, entry.role)}){event}{file_name}"
        yield _build_stated(number, entry.time, message, f"Captured: {entry.kind}", entry.sources)


def _find_sources(report: Report, field: str) -> tuple[Source, ...]:
    """Returns where the documents state a field of the report."""
    return next((fact.sources for fact in report.facts if fact.name == field), ())


def _build_stated(number: str, when: Moment, message: str, what: str, sources: Sequence[Source]) -> TimelineEntry:
    """Builds an event whose time a document states."""
    first = sources[0] if sources else None
    return TimelineEntry(
        when=when.datetime(),
        message=message,
        what=what,
        report=number,
        zone=ZONE_STATED if when.zone == "stated" else ZONE_ASSUMED,
        written=when.original,
        precise=_ONLY_DAY if not when.to_the_minute else "" if when.to_the_second else _ONLY_MINUTE,
        source=f"{first.document}, {first.at} {first.label}".rstrip(" ,") if first else "",
    )


def _list_exif(number: str, name: str, exif: Exif) -> Iterator[TimelineEntry]:
    """Yields the times in the metadata of an image. A satellite's time is UTC; a camera's is its owner's."""
    for stated, offset, what, message in (
        (exif.taken, exif.offset, "EXIF: taken", f"{name}: taken, by the camera's clock"),
        (exif.gps_time, "+00:00", "EXIF: position fixed", f"{name}: position fixed, by satellite time"),
    ):
        when = read_exif_time(stated, offset)
        if when is not None:
            written = f"{stated} {offset if what == 'EXIF: taken' and offset else ''}".strip()
            zone = ZONE_STATED if offset and EXIF_OFFSET.fullmatch(offset) else ZONE_OF_CAMERA
            yield TimelineEntry(when=when, message=message, what=what, report=number, zone=zone, written=written, source=name)


def _list_decisions(session: Session, db: Reader, report_id: int, number: str) -> Iterator[TimelineEntry]:
    """Yields the decisions on the report. Their notes are internal, and stay inside."""
    users = session.store.users.names()
    for row in decisions.list_decisions(db, report_id):
        reason = f", {row.reason}" if row.reason else ""
        assignee = f", assigned to {users.get(row.assignee, 'a former user')}" if row.assignee is not None else ""
        undone = " (undone later)" if row.undone else ""
        yield TimelineEntry(
            when=parse_utc(row.taken),
            message=f"Decision by {users.get(row.user_id, 'a former user')}: {row.status}{reason}{assignee}{undone}",
            what="Decision",
            report=number,
            zone=ZONE_OF_STORE,
        )


def _list_places(db: Reader, report_id: int) -> Iterator[MappedPlace]:
    """Yields the location evidence of the report, with a position where one is known."""
    row, number = judgement.load_card(db, report_id), reports.load_number(db, report_id)
    location = None if row is None else read_or_none(location_from_bytes, row.location, report_id)
    if row is not None and location is None:
        yield MappedPlace(report=number, name=number, of="", says=_DAMAGED, sure=_DAMAGED, latitude=None, longitude=None)
    for evidence in location.evidence if location is not None else ():
        position, where = _find_position(evidence)
        against = f" Against it: {evidence.against}" if evidence.against else ""
        yield MappedPlace(
            report=number,
            name=evidence.value or evidence.kind,
            of=str(ROLES.get(evidence.of, evidence.of)),
            says=str(evidence.says),
            sure=f"{where} Weight {evidence.weight:+d} for Pakistan: {evidence.why}{against}",
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
        )


def _find_position(evidence: PlaceEvidence) -> tuple[tuple[float, float] | None, str]:
    """Returns (latitude, longitude) or None, and how exact the position is."""
    pair = read_pair(evidence.value) if evidence.kind == "gps" else None
    if pair is not None and not find_fault(*pair):
        return (pair[0], pair[1]), "The point is the stated position."
    seat = read_district_seats().get(evidence.district or "")
    if seat is not None:
        return seat, f"The point is the seat of the district {evidence.district}; the place itself is not known more exactly."
    return None, "No position is known."
