"""Exports own graded media for other tools: Project VIC files, ICSE tables and hash lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from triage.errors import Refused
from triage.exports import hash_files, vics_file
from triage.exports.vics_file import VICS_VERSIONS
from triage.jobs.leaving.graded_media import select_media
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.lookup import find_case
from triage.jobs.officer import describe_officer
from triage.jobs.review.grading import parse_grade
from triage.jobs.session import Session
from triage.model.exports import Cleared
from triage.model.graded import HASH_LIST_KINDS, GradedCase, LeftOut, WrittenMedia
from triage.model.handover import Handover
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, reports
from triage.store.queries.cases import CaseRow

GradeChoice = Literal["all", "court"]
GRADE_CHOICES: tuple[GradeChoice, ...] = ("all", "court")
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The content of a file for other tools, before it is written."""

    kind: str
    data: bytes
    media: int
    left_out: tuple[LeftOut, ...]
    leaving: Leaving


def export_vics(
    session: Session,
    out: Path,
    *,
    version: str = "2.0",
    grades: str = "all",
    case_number: str | None = None,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenMedia:
    """Writes a Project VIC file: one case with its media, or without a case a hash list of all graded media.

    Raises:
        Refused: for an unknown version or choice of grades, or when a report of the case may not go out
        NotFound: if there is no such case
        WorldError: if the file can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_TOOLS)
    made = _make_vics(session, version, grades, case_number, although_cleared, on_progress, cancel)
    return _write(session, out, made, handover, overwrite)


def preview_vics(
    session: Session,
    *,
    version: str = "2.0",
    grades: str = "all",
    case_number: str | None = None,
    although_cleared: str | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> OutgoingPreview:
    """Returns what `export_vics` would write now, and refuses what it would refuse. Writes nothing."""
    session.require(Right.EXPORT_TOOLS)
    return _preview(_make_vics(session, version, grades, case_number, although_cleared, on_progress, cancel))


def _make_vics(
    session: Session,
    version: str,
    grades: str,
    case_number: str | None,
    although_cleared: str | None,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> _Content:
    """Makes the content of a Project VIC file."""
    chosen, which = _find_word(VICS_VERSIONS, version), _find_word(GRADE_CHOICES, grades)
    if chosen is None:
        raise Refused(
            "There is no version {word} of VICS here; choose from: {choices}.", word=repr(version), choices=tuple(VICS_VERSIONS)
        )
    if which is None:
        raise Refused("--grades can't be {word}; choose from: {choices}.", word=repr(grades), choices=tuple(GRADE_CHOICES))
    court_only = which == "court"
    with session.reading() as db:
        if case_number is None:
            case, found = None, select_media(db, court_only=court_only, on_progress=on_progress, cancel=cancel)
            leaving = Leaving(found.reports)
        else:
            row = find_case(db, case_number)
            ids = cases.list_report_ids(db, row.id)
            leaving = check_may_leave(db, ids, although_cleared)
            case = _load_case(session, db, row, ids, leaving.cleared)
            found = select_media(db, ids, court_only=court_only, released=ids, on_progress=on_progress, cancel=cancel)
    kept, without = vics_file.split_by_category(found.files)
    data = vics_file.format_vics(kept, chosen, case)
    return _Content(kind="vics", data=data, media=len(kept), left_out=(*found.left_out, *without), leaving=leaving)


def export_icse(
    session: Session,
    out: Path,
    *,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenMedia:
    """Writes the graded media as an ICSE table.

    Raises:
        WorldError: if the file can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_TOOLS)
    return _write(session, out, _make_icse(session, on_progress, cancel), handover, overwrite)


def preview_icse(
    session: Session, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> OutgoingPreview:
    """Returns what `export_icse` would write now. Writes nothing."""
    session.require(Right.EXPORT_TOOLS)
    return _preview(_make_icse(session, on_progress, cancel))


def _make_icse(session: Session, on_progress: OnProgress, cancel: CancelToken | None) -> _Content:
    """Makes the content of an ICSE table."""
    with session.reading() as db:
        found = select_media(db, on_progress=on_progress, cancel=cancel)
    kept, without = hash_files.split_for_icse(found.files)
    left_out, leaving = (*found.left_out, *without), Leaving(found.reports)
    return _Content(kind="icse", data=hash_files.format_icse(kept), media=len(kept), left_out=left_out, leaving=leaving)


def export_hashes(
    session: Session,
    out: Path,
    *,
    kind: str,
    grade: str,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenMedia:
    """Writes the hashes of one kind of all media with one grade. PDQ hashes leave only when their kind is named.

    Raises:
        Refused: for an unknown kind or grade
        WorldError: if the file can't be written
        Cancelled: if the token was set
    """
    session.require(Right.EXPORT_TOOLS)
    return _write(session, out, _make_hashes(session, kind, grade, on_progress, cancel), handover, overwrite)


def preview_hashes(
    session: Session, *, kind: str, grade: str, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> OutgoingPreview:
    """Returns what `export_hashes` would write now, and refuses what it would refuse. Writes nothing."""
    session.require(Right.EXPORT_TOOLS)
    return _preview(_make_hashes(session, kind, grade, on_progress, cancel))


def _make_hashes(session: Session, kind: str, grade: str, on_progress: OnProgress, cancel: CancelToken | None) -> _Content:
    """Makes the content of a hash list."""
    chosen = _find_word(HASH_LIST_KINDS, kind.casefold())
    if chosen is None:
        raise Refused("There is no kind of hash {word}; choose from: {choices}.", word=repr(kind), choices=tuple(HASH_LIST_KINDS))
    wanted = parse_grade(grade)
    with session.reading() as db:
        found = select_media(db, grade=wanted, on_progress=on_progress, cancel=cancel)
    data, count, without = hash_files.format_hashes(found.files, chosen)
    left_out, leaving = (*found.left_out, *without), Leaving(found.reports)
    return _Content(kind="hashes", data=data, media=count, left_out=left_out, leaving=leaving)


def _preview(made: _Content) -> OutgoingPreview:
    """Returns what is said of a file before it is written."""
    return OutgoingPreview(rows=made.media, left_out=_sort(made.left_out))


def _sort(left_out: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """Returns the files that are left out, by SHA-256."""
    return tuple(sorted(left_out, key=lambda each: (each.sha256, each.reason)))


def _find_word(choices: Sequence[_Word], word: str) -> _Word | None:
    """Returns the choice that is spelled so, or None."""
    return next((each for each in choices if each == word), None)


def _load_case(session: Session, db: Reader, row: CaseRow, report_ids: Sequence[int], cleared: Cleared | None) -> GradedCase:
    """Loads what other tools may know of a case."""
    name = next((user.name for user in session.store.users.all() if user.id == row.officer), None)
    officer = describe_officer(session, name)
    return GradedCase(
        number=row.number,
        registers=tuple((kind, value) for kind, value, _ in cases.list_numbers_of_case(db, row.id)),
        reports=tuple(reports.load_number(db, i) for i in report_ids),
        officer=officer.name if name is not None else "",
        rank=officer.profile.rank if name is not None else "",
        agency=officer.agency_name,
        store=session.store.fingerprint,
        cleared=f"{', '.join(cleared.reports)}, exported for this reason: {cleared.reason}" if cleared else None,
    )


def _write(session: Session, out: Path, made: _Content, handover: Handover, overwrite: bool) -> WrittenMedia:
    """Writes the file, with its audit log entry and its row in the register."""
    left_out = _sort(made.left_out)

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note(
            "graded media exported",
            sort=made.kind,
            media=made.media,
            left_out=len(left_out),
            file=session.store.keyed(out.name),
        )

    kind, leaving = made.kind, made.leaving
    write_out(session, ((out, made.data),), kind=kind, handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return WrittenMedia(path=str(out), media=made.media, left_out=left_out, signature_key=session.store.fingerprint)
