"""Loads everything that an evidence packet holds of one report, except the bytes of its media."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from triage.errors import NotFound
from triage.jobs.casework.cases import build_case_view
from triage.jobs.leaving.custody import list_custody
from triage.jobs.leaving.not_done import list_not_done
from triage.jobs.load import load_facts
from triage.jobs.reading.show import build_report_view
from triage.jobs.session import Session
from triage.jobs.state.notices import list_notices
from triage.message import Message, from_data
from triage.model.casework import CaseView
from triage.model.exhibits import format_file_exhibit, format_source_exhibit
from triage.model.handover import Container
from triage.model.packet import PacketFile, PacketNotice, PacketReceipt, PacketReport, PacketSource, PacketVersion
from triage.model.user_names import name_user
from triage.model.views import ShowReport
from triage.store.database import Reader
from triage.store.queries import bundles, cases, media, reports
from triage.store.queries.bundles import BundleRow

_TEXT_LEFT_OUT = Message("The text of a file is not part of a packet; its bytes leave with the media.")


def load_packet_report(session: Session, db: Reader, report_id: int) -> PacketReport:
    """Loads everything that a packet holds of a report, except its media.

    Raises:
        NotFound: if the bytes of a source document are missing from the store
    """
    users = session.store.users.names()
    show = leave_out_internal(build_report_view(session, db, report_id, None))
    sources = _load_sources(session, db, report_id)
    files = _load_files(db, report_id, sources)
    facts = load_facts(db, report_id)
    bundle_rows = _load_bundles(db, {i for s in sources for i in s.received_in} | {i for f in files for i in f.received_in})
    lane = cases.load_child_lane_confirmation(db, report_id) if show.child_lane == "confirmed" else None
    found = PacketReport(
        show=show,
        sources=sources,
        files=files,
        receipts=tuple(_build_receipt(db, row, users) for row in bundle_rows),
        versions=_load_versions(db, report_id, sources),
        custody=(),
        media=facts,
        case=_load_case(session, db, report_id),
        notices=tuple(
            PacketNotice(
                issued=row.issued,
                to_whom=row.to_whom,
                number=row.number,
                court_informed=row.court_informed,
                by=row.by,
            )
            for row in list_notices(db, report_id, users)
        ),
        lane_confirmed=None if lane is None else (lane[0], _name(users, lane[1])),
        not_done=list_not_done(show),
    )
    return replace(found, custody=list_custody(session, db, report_id, found))


def name_media(found: Sequence[PacketReport]) -> list[PacketReport]:
    """Returns the reports with the name that each file has in the file of media.

    Bytes that lie in several reports, or under several names, are enclosed once, under the first exhibit that has them.
    """
    names: dict[str, str] = {}
    for report in found:
        for each in report.files:
            measured = report.media.get(each.sha256)
            ending = _ENDINGS.get(measured.mime, ".bin") if measured else ".bin"
            names.setdefault(each.sha256, f"{report.show.report_id}/{each.exhibit}{ending}")
    return [
        replace(report, files=tuple(replace(each, media_name=names[each.sha256]) for each in report.files)) for report in found
    ]


_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
"""Endings by type, as measured. The sender's own ending is never used: it may make a system run the file."""


def leave_out_internal(show: ShowReport) -> ShowReport:
    """Returns the report without notes of people, and without the text of its files.

    As originals the files leave only in the encrypted file of media.
    """
    files = (
        replace(file, file_text=replace(file.file_text, messages=(), why=_TEXT_LEFT_OUT)) if file.file_text is not None else file
        for file in show.files
    )
    decisions = (replace(decision, note=None) for decision in show.decisions)
    return replace(show, files=tuple(files), decisions=tuple(decisions), work=(), notes=(), notices=())


def _load_case(session: Session, db: Reader, report_id: int) -> CaseView | None:
    """Returns the case of the report without internal notes, and without appeals against other reports of it."""
    row = cases.find_case_of_report(db, report_id)
    if row is None:
        return None
    case, number = build_case_view(db, session, row), reports.load_number(db, report_id)
    return replace(
        case,
        stages=tuple(replace(stage, note=None) for stage in case.stages),
        appeals=tuple(appeal for appeal in case.appeals if appeal.report in (None, number)),
    )


def _load_sources(session: Session, db: Reader, report_id: int) -> tuple[PacketSource, ...]:
    """Returns the source documents of all versions, by exhibit number, with their bytes."""
    first = reports.load_first_number(db, report_id)
    rows = reports.list_all_sources(db, report_id)
    brought = bundles.find_bundles_of_entries(db, [(row.path, row.sha256) for _, row in rows])
    bytes_of: dict[str, bytes] = {}
    for _, row in rows:
        if row.sha256 not in bytes_of:
            item = bundles.find_original_item(db, row.sha256)
            if item is None:
                raise NotFound("The original bytes of {path} are missing from the store; run triage check.", path=row.path)
            bytes_of[row.sha256] = session.store.unseal(item)
    found = [
        PacketSource(
            exhibit=format_source_exhibit(first, n),
            path=row.path,
            sha256=row.sha256,
            size=len(bytes_of[row.sha256]),
            format=row.format,
            since=row.since,
            until=row.until,
            received_in=tuple(brought.get((row.path, row.sha256), ())),
            data=bytes_of[row.sha256],
            held=row.held,
        )
        for n, row in rows
    ]
    return tuple(dict.fromkeys(found))  # one document may state several parts of a report


def _load_files(db: Reader, report_id: int, sources: Sequence[PacketSource]) -> tuple[PacketFile, ...]:
    """Returns every file that came with the report, by exhibit number."""
    first_number = reports.load_first_number(db, report_id)
    rows = media.list_exhibits(db, report_id)
    first = {row.sha256: row.exhibit for row in reversed(rows)}
    candidates = sorted({row.bundle_id for row in rows}.union(*(source.received_in for source in sources)))
    return tuple(
        PacketFile(
            exhibit=format_file_exhibit(first_number, row.exhibit),
            name=row.name,
            path=row.path,
            sha256=row.sha256,
            size=row.size,
            same_as=None if first[row.sha256] == row.exhibit else format_file_exhibit(first_number, first[row.sha256]),
            received_in=tuple(i for i in candidates if i == row.bundle_id or bundles.has_entry(db, i, row.path, row.sha256)),
            media_name=None,
        )
        for row in rows
    )


def _load_bundles(db: Reader, ids: Iterable[int]) -> list[BundleRow]:
    """Returns the bundles, and those that completed them when they were interrupted, in order."""
    rows = [row for i in sorted(ids) if (row := bundles.load_bundle(db, i)) is not None]
    completing = {row.completed_by for row in rows if row.completed_by is not None} - {row.id for row in rows}
    rows += [row for i in completing if (row := bundles.load_bundle(db, i)) is not None]
    return sorted(rows, key=lambda row: row.id)


def _build_receipt(db: Reader, row: BundleRow, users: dict[int, str]) -> PacketReceipt:
    """Builds the receipt of one bundle."""
    return PacketReceipt(
        bundle=row.id,
        imported=row.started,
        finished=row.finished,
        by=_name(users, row.user_id),
        receipt=row.receipt,
        containers=tuple(
            Container(path=path, kind=kind, sha256=sha256, size=size)
            for path, kind, sha256, size in bundles.list_containers(db, row.id)
        ),
        completed_by=row.completed_by,
    )


def _load_versions(db: Reader, report_id: int, sources: Sequence[PacketSource]) -> tuple[PacketVersion, ...]:
    """Returns the versions of the report with what each changed, the oldest first."""
    return tuple(
        PacketVersion(
            n=row.n,
            imported=row.imported,
            bundle=row.bundle_id,
            sources=tuple(dict.fromkeys(s.exhibit for s in sources if s.since <= row.n and (s.until is None or s.until > row.n))),
            changes=tuple(from_data(change) for change in json.loads(row.changes)),
        )
        for row in reports.list_versions(db, report_id)
    )


def _name(users: dict[int, str], user_id: int) -> str:
    """Returns the name of a user."""
    return name_user(users, user_id)
