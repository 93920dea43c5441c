"""Drafts a source report to the agency from a case, so that nobody types it anew.

The rules let an enquiry begin on a source report; a person approves it. The draft names no child and holds no score.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from triage.errors import WorldError
from triage.exports.source_report import format_source_report
from triage.exports.time_labels import NOT_STATED, format_own_time, format_source_time
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.lookup import find_case
from triage.jobs.reading.show import build_report_view
from triage.jobs.session import Session, now
from triage.jobs.state.notices import list_notices
from triage.locate.offices import read_offices
from triage.model.casework import NumberKind
from triage.model.exhibits import format_file_exhibit, format_source_exhibit
from triage.model.handover import Handover
from triage.model.source_report import SourceIdentifier, SourceItem, SourceReport, SourceSection
from triage.model.users import Officer, Right
from triage.model.views import ShowReport
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, media, reports
from triage.store.queries.cases import CaseRow

_REASONS = 4
"""Reasons for the place that are printed of each report."""


def export_source_report(
    session: Session,
    number: str,
    out: Path,
    *,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
) -> SourceReport:
    """Writes the draft of a source report on a case to a signed .docx; returns what it says and what is missing.

    Raises:
        NotFound: if there is no such case
        Refused: without the right, or when a report of the case may not leave
        WorldError: for another ending, or when the file can't be written
    """
    session.require(Right.CASE_PAPERS)
    if out.suffix.lower() != ".docx":
        raise WorldError("Can't tell the format of {name}: end the name in .docx.", name=out.name)
    with session.reading() as db:
        case = find_case(db, number)
        leaving = check_may_leave(db, cases.list_report_ids(db, case.id), although_cleared)
        draft = _draft(session, db, case, leaving)
    data = format_source_report(draft, describe_export(session))

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note("source report drafted", case=case.id, reports=leaving.reports, file=session.store.keyed(out.name))

    write_out(session, ((out, data),), kind="source_report", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return draft


def preview_source_report(session: Session, number: str) -> SourceReport:
    """Returns what the draft of a source report on a case would say, and writes nothing.

    Raises:
        NotFound: if there is no such case
        Refused: without the right, or when a report of the case may not leave
    """
    session.require(Right.CASE_PAPERS)
    with session.reading() as db:
        case = find_case(db, number)
        return _draft(session, db, case, check_may_leave(db, cases.list_report_ids(db, case.id)))


def _draft(session: Session, db: Reader, case: CaseRow, leaving: Leaving) -> SourceReport:
    """Gathers the draft of the reports of the case, which may leave."""
    ids = leaving.reports
    views = [build_report_view(session, db, report_id, None) for report_id in ids]
    items = [_build_item(view, _list_exhibits(db, report_id)) for view, report_id in zip(views, ids, strict=True)]
    names = [_name_files(db, view, report_id) for view, report_id in zip(views, ids, strict=True)]
    sections = _gather_sections(views, names)
    return _build_draft(session, db, case, views, items, sections, leaving.sentence)


def _build_draft(
    session: Session,
    db: Reader,
    case: CaseRow,
    views: list[ShowReport],
    items: list[SourceItem],
    sections: tuple[SourceSection, ...],
    first: str | None,
) -> SourceReport:
    """Gathers what the draft says."""
    officer = describe_export(session).officer
    numbers = tuple((kind, value) for kind, value, _ in cases.list_numbers_of_case(db, case.id))
    offices = tuple(dict.fromkeys(name for view in views if (name := _name_office(view)) is not None))
    notices = [
        (notice.to_whom, notice.issued, notice.number)
        for report_id in cases.list_report_ids(db, case.id)
        for notice in list_notices(db, report_id, session.store.users.names())
    ]
    return SourceReport(
        case=case.number,
        numbers=numbers,
        officer=officer,
        offices=offices,
        items=tuple(items),
        sections=sections,
        notices=tuple(dict.fromkeys(notices)),
        missing=list_missing(officer, (kind for kind, _ in numbers), offices=bool(offices), reports=bool(views)),
        first=first,
    )


def _list_exhibits(db: Reader, report_id: int) -> tuple[tuple[str, str], ...]:
    """Returns exhibit number and SHA-256 of each document and file. Names of files stay out: they may name a child."""
    first = reports.load_first_number(db, report_id)
    documents = ((format_source_exhibit(first, n), row.sha256) for n, row in reports.list_all_sources(db, report_id))
    files = ((format_file_exhibit(first, row.exhibit), row.sha256) for row in media.list_exhibits(db, report_id))
    return tuple(dict.fromkeys((*documents, *files)))


def _build_item(view: ShowReport, exhibits: tuple[tuple[str, str], ...]) -> SourceItem:
    """Gathers what the draft says of one report. Names of people stay out unless they are the reported user's own identifiers."""
    moment = now()
    return SourceItem(
        report_id=view.report_id,
        provider=view.esp,
        incident_type=view.incident_type,
        incident_time=_word_time(view.incident_time, view.incident_time_original, view.incident_time_zone),
        received=_word_time(view.received, view.received_original, view.received_zone),
        exhibits=exhibits,
        identifiers=tuple(
            SourceIdentifier(
                kind=i.kind.replace("_", " "),
                value=i.value,
                port=i.port,
                time=_word_time(i.time, i.time_original, i.time_zone),
            )
            for i in view.identifiers
            if i.role == "suspect"
        ),
        files=len(view.files),
        files_present=sum(file.present for file in view.files),
        annotations=view.annotations,
        children=sum(person.role == "victim" for person in view.people),
        place=view.location.verdict,
        place_reasons=tuple(e.says for e in view.location.evidence if e.weight > 0 and e.of == "suspect")[:_REASONS],
        linked=tuple(dict.fromkeys(link.report_id for link in view.links)),
        deadlines=tuple((clock.name, format_own_time(clock.due)) for clock in view.clocks if clock.due >= moment),
        damaged=view.damaged,
    )


def _word_time(utc: str | None, original: str | None, zone: str | None) -> str | None:
    """Returns a time of a source in words, or None for none."""
    said = format_source_time(utc, original, zone)
    return None if said == NOT_STATED else said


def _name_office(view: ShowReport) -> str | None:
    """Returns the name of the office in whose area the reported user seems to be; None when headquarters has to decide."""
    named = {office.id: office.city for office in read_offices().office}
    return named.get(view.location.office or "")


def _name_files(db: Reader, view: ShowReport, report_id: int) -> dict[str, str]:
    """Returns name of a file -> what the draft calls it, since a name may be a child's."""
    first = reports.load_first_number(db, report_id)
    named = {text: "that was not received" for file in view.files for text in (file.name, file.original_name) if text}
    exhibits = {row.sha256: format_file_exhibit(first, row.exhibit) for row in media.list_exhibits(db, report_id)}
    for file in view.files:
        for text in (file.name, file.original_name):
            if text and file.sha256 in exhibits:
                named[text] = exhibits[file.sha256]
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _gather_sections(views: Iterable[ShowReport], names: Iterable[dict[str, str]]) -> tuple[SourceSection, ...]:
    """Returns each section that may apply once, with the reasons of all reports, files by their exhibit numbers."""
    found: dict[tuple[str, str], tuple[str, dict[str, None], str]] = {}
    for view, named in zip(views, names, strict=True):
        for each in view.law:
            if each.offered:
                _title, reasons, _certainty = found.setdefault((each.act, each.section), (each.title, {}, each.certainty))
                why = str(each.why)
                for name, exhibit in named.items():
                    why = why.replace(name, exhibit)
                reasons[why] = None
    return tuple(
        SourceSection(section=f"{act} {section}", title=title, reasons=tuple(reasons), certainty=certainty)
        for (act, section), (title, reasons, certainty) in found.items()
    )


def list_missing(officer: Officer, kinds: Iterable[str], *, offices: bool, reports: bool) -> tuple[str, ...]:
    """Returns what a person has to fill in before the draft of a source report can be signed.

    Args:
        officer: Who writes it.
        kinds: The registers in which the case has a number.
        offices: Whether an office is known.
        reports: Whether the case holds a report.
    """
    profile = officer.profile
    stated = (
        ("full name", bool(profile.full_name)),
        ("rank", bool(profile.rank)),
        ("agency", bool(officer.agency_name)),
        ("source report number", NumberKind.SOURCE_REPORT.value in set(kinds)),
        ("office", offices),
        ("reports", reports),
    )
    return tuple(name for name, known in stated if not known)
