"""Selects graded media for other tools: only final grades, and only what may leave; the rest is left out with a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from triage.jobs.codec import facts_from_bytes, read_or_none
from triage.jobs.leaving.outgoing import list_held_back
from triage.jobs.state.grades import work_out_grade
from triage.message import NOTHING, Message
from triage.model.casework import Grade
from triage.model.graded import FilePlace, GradedFile, LeftOut
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.victim_id import VictimState
from triage.store.database import Reader
from triage.store.queries import grades, media, reports, victim_series
from triage.store.queries.grades import GradeRow
from triage.store.queries.media import MediaItemRow

NOT_FOR_COURT = Message("One person graded it; for court two people grade it without knowing of each other.")
_IDENTIFIED = {VictimState.IDENTIFIED.value: True, VictimState.NOT_IDENTIFIED.value: False}
SELECTING = Message("selecting what may leave")
NO_REPORT = Message("No report holds the file any more.")


@dataclass(frozen=True, slots=True)
class SelectedMedia:
    """The media that an export may hold, by SHA-256, and those that it leaves out."""

    files: tuple[GradedFile, ...]
    left_out: tuple[LeftOut, ...]
    reports: Sequence[int]
    """The ids of the reports that give the files away."""


def select_media(
    db: Reader,
    report_ids: Sequence[int] | None = None,
    *,
    court_only: bool = False,
    grade: Grade | None = None,
    released: Collection[int] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> SelectedMedia:
    """Returns the graded media of these reports, or of all.

    With `grade` only those of this grade; others were not asked for, and are not named. `released` are reports that may leave by
    another decision, although they are held back. Raises Cancelled when the token was set.
    """
    rows = grades.load_grades(db, grades.list_graded_media(db, report_ids))
    holding = media.load_reports_of_media(db, list(rows))
    if report_ids is not None:
        wanted = set(report_ids)
        holding = {medium_id: [i for i in held if i in wanted] for medium_id, held in holding.items()}
    back = list_held_back(db, sorted({i for held in holding.values() for i in held} - set(released)))
    places = media.load_places(db, list(rows))
    files: list[GradedFile] = []
    given_by: set[int] = set()
    left_out: list[LeftOut] = []
    for done, (medium_id, given) in enumerate(rows.items(), 1):
        check_cancelled(cancel)
        on_progress(Progress(done=done, total=len(rows), unit="files", note=SELECTING))
        stands = work_out_grade(given)[1]
        if grade is not None and stands is not None and stands != grade.value:
            continue
        row = media.load_media_item(db, medium_id)
        reason = _refuse_grade(given, court_only) or _refuse_reports(holding.get(medium_id, []), back)
        if row is None:
            continue
        if reason or stands is None:
            left_out.append(LeftOut(sha256=row.sha256, reason=reason))
            continue
        may_name = {i: reports.load_number(db, i) for i in holding[medium_id] if i not in back}
        found = tuple(FilePlace(report=may_name[i], name=name, path=path) for i, name, path in places[medium_id] if i in may_name)
        files.append(_build_file(db, row, Grade(stands), given, found))
        given_by |= may_name.keys()
    return SelectedMedia(
        tuple(sorted(files, key=lambda file: file.sha256)),
        tuple(sorted(left_out, key=lambda each: each.sha256)),
        sorted(given_by),
    )


def _refuse_grade(rows: Sequence[GradeRow], court_only: bool) -> Message:
    """Returns why the grade does not count, or the empty message when it does."""
    state, grade, _ = work_out_grade(rows)
    if grade is None:
        return Message("The grade is not final: {state}.", state=Message(state))  # message-ok
    return NOT_FOR_COURT if court_only and not any(row.court for row in rows) else NOTHING


def _refuse_reports(held: Sequence[int], back: Mapping[int, Message]) -> Message:
    """Returns why no report may give the file away, or the empty message when one may."""
    if not held:
        return NO_REPORT
    return NOTHING if any(i not in back for i in held) else back[held[0]]


def _build_file(
    db: Reader, row: MediaItemRow, grade: Grade, rows: Sequence[GradeRow], places: tuple[FilePlace, ...]
) -> GradedFile:
    """Builds what other tools may know of a file. `rows` are its grades, the oldest first."""
    last = rows[-1]
    series = victim_series.load_series_of_media(db, [row.id]).get(row.id, [])
    states = {_IDENTIFIED.get(state or "") for _, state in series}
    facts = read_or_none(facts_from_bytes, row.facts, row.id) if row.facts is not None else None
    hashes = facts.perceptual if facts else None
    return GradedFile(
        id=row.id,
        sha256=row.sha256,
        md5=row.md5,
        sha1=row.sha1,
        size=row.size,
        mime=facts.mime if facts else None,
        grade=grade,
        graded_at=last.given,
        for_court=any(each.court for each in rows),
        inherited_from=None if last.inherited_from is None else _name_viewed(db, last.inherited_from),
        pdq=hashes.pdq if hashes else None,
        pdq_quality=hashes.quality if hashes else None,
        exif=facts.exif.fields if facts and facts.exif else (),
        places=places,
        series=series[0][0] if series else "",
        victim_identified=states.pop() if len(states) == 1 else None,
        damaged=row.facts is not None and facts is None,
    )


def _name_viewed(db: Reader, medium_id: int) -> str:
    """Returns the SHA-256 of the image that was viewed, unless it was destroyed since."""
    row = media.load_media_item(db, medium_id)
    return row.sha256 if row else "(destroyed since)"
