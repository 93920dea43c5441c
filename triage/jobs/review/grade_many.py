"""Grades many files in one act, each recorded like a single grade, and takes the act back as a whole.

The act is stored in slices, so that other work is not kept waiting. A file that can't be graded is named and stops no other.
What a slice stored stays when a later one is stopped. The act names exactly what was stored, so that undo reaches no other grade.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_report
from triage.jobs.review.grading import find_matching, parse_grade, record_grade, record_inherited, remove_grade
from triage.jobs.session import Session
from triage.message import Message
from triage.model.casework import FileToGrade, GivenGrade, Grade, GradeAct, NotGraded
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.queries import grades, media, reports

F = TypeVar("F", FileToGrade, GivenGrade)
MOST_ACTS = 50
"""Acts that can be undone after a lock."""
SLICE = 50
"""Files in one transaction: some 50 ms, in which nobody else writes."""


def grade_files(
    session: Session,
    files: Sequence[FileToGrade],
    grade: str,
    *,
    for_court: bool = False,
    on_progress: OnProgress,
    cancel: CancelToken,
) -> GradeAct:
    """Gives one grade to many files, in one act.

    The rules of a single grade hold for each file: a file of a case, or one that is bound for court, waits for a second grader.
    The near copies in `also` take the grade over only where a single grade lets them.

    Raises:
        Refused: if there is no such grade
    """
    session.require(Right.DECIDE)
    chosen = parse_grade(grade)
    act = _Act(chosen.value)
    for part in _split(files, on_progress, cancel):
        with session.store.batch() as batch:
            known = _find_stored(batch, part)
            for file in part:
                act.record(batch, session, file, known.get((file.report_id, file.sha256)), chosen, for_court)
            mark_for_reassessing(batch, act.find_holders(batch))
    reassess(session, sorted(act.holders))
    return act.describe(stopped=cancel.cancelled())


def take_back_grades(session: Session, act: GradeAct, *, on_progress: OnProgress, cancel: CancelToken) -> GradeAct:
    """Takes back the grades of an act, and what near copies inherited from them; returns what was taken back and what was not."""
    session.require(Right.DECIDE)
    undone = _Act(act.grade)
    for part in _split(act.given, on_progress, cancel):
        with session.store.batch() as batch:
            known = _find_stored(batch, part)
            for file in part:
                undone.take_back(batch, session, file, known.get((file.report_id, file.sha256)))
            mark_for_reassessing(batch, undone.find_holders(batch))
    reassess(session, sorted(undone.holders))
    return undone.describe(stopped=cancel.cancelled())


def list_own_grade_acts(session: Session, since: str) -> tuple[GradeAct, ...]:
    """Returns one's own acts on many files since a time (ISO 8601 UTC) that still stand, at most MOST_ACTS, the newest last."""
    session.require(Right.READ_REPORT)
    acts: dict[int, list[GivenGrade]] = {}
    chosen: dict[int, str] = {}
    with session.reading() as db:
        rows = grades.list_own_acts(db, session.user.id, since, MOST_ACTS)
        numbers = reports.load_numbers(db, {report_id for _, _, _, report_id, _ in rows})
        for act, grade_id, medium_id, report_id, grade in rows:
            near = grades.list_inherited_grades(db, medium_id, grade_id)
            inherited = tuple(media.load_sha256(db, row.medium_id) for row in near)
            given = GivenGrade(numbers[report_id], media.load_sha256(db, medium_id), grade_id, inherited)
            acts.setdefault(act, []).append(given)
            chosen[act] = grade
    return tuple(
        GradeAct(grade=chosen[act], given=tuple(given), refused=(), files=0, reports=len({file.report_id for file in given}))
        for act, given in sorted(acts.items())
    )


class _Act:
    """Collects what an act did."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._given: list[GivenGrade] = []
        self._refused: list[NotGraded] = []
        self._touched: list[int] = []
        self._copies = 0
        self._first = 0
        self.holders: set[int] = set()

    def record(
        self, batch: Batch, session: Session, file: FileToGrade, found: tuple[int, int] | None, grade: Grade, for_court: bool
    ) -> None:
        """Grades one file and lets its near copies take the grade over."""
        if found is None:
            self._refused.append(_describe_missing(file.sha256))
            return
        report_id, medium_id = found
        try:
            grade_id = record_grade(batch, session, report_id, medium_id, grade, for_court=for_court)
        except Refused as refusal:
            self._refused.append(NotGraded(file.sha256, refusal.message))
            return
        self._first = self._first or grade_id
        grades.set_act(batch, grade_id, self._first)
        self._touched.append(medium_id)
        inherited = []
        for sha256 in file.also:
            try:
                other = find_matching(batch, medium_id, sha256)
                record_inherited(batch, session, report_id, other, medium_id)
            except Refused as refusal:
                self._refused.append(NotGraded(sha256, refusal.message))
            else:
                inherited.append(sha256)
                self._touched.append(other)
        self._given.append(GivenGrade(file.report_id, file.sha256, grade_id, tuple(inherited)))

    def take_back(self, batch: Batch, session: Session, file: GivenGrade, found: tuple[int, int] | None) -> None:
        """Takes back the grade of one file, if it is still the newest."""
        if found is None:
            self._refused.append(_describe_missing(file.sha256))
            return
        try:
            self._touched += remove_grade(batch, session, *found, file.grade_id)
        except Refused as refusal:
            self._refused.append(NotGraded(file.sha256, refusal.message))
        else:
            self._given.append(file)

    def find_holders(self, batch: Batch) -> set[int]:
        """Returns the reports with the files of the last slice, and counts these files."""
        held = media.load_reports_of_media(batch, self._touched)
        self._copies += media.count_files(batch, self._touched)
        found = {i for ids in held.values() for i in ids}
        self.holders |= found
        self._touched = []
        return found

    def describe(self, *, stopped: bool) -> GradeAct:
        """Returns the act."""
        return GradeAct(
            grade=self._name,
            given=tuple(self._given),
            refused=tuple(self._refused),
            files=self._copies,
            reports=len(self.holders),
            stopped=stopped,
        )


def _describe_missing(sha256: str) -> NotGraded:
    return NotGraded(sha256, Message("The report has no stored file {file}.", file=sha256))


def _split(files: Sequence[F], on_progress: OnProgress, cancel: CancelToken) -> Iterator[Sequence[F]]:
    """Yields the files in slices until the act is stopped, and reports progress."""
    for start in range(0, len(files), SLICE):
        if cancel.cancelled():
            return
        yield files[start : start + SLICE]
        on_progress(Progress(done=min(len(files), start + SLICE), total=len(files), unit="files", note=Message("grading")))


def _find_stored(batch: Batch, files: Sequence[FileToGrade] | Sequence[GivenGrade]) -> dict[tuple[str, str], tuple[int, int]]:
    """Returns (report number, SHA-256) -> (report, media item) of the files whose bytes the report holds."""
    numbers = {}
    for number in {file.report_id for file in files}:
        try:
            numbers[number] = find_report(batch, number)
        except NotFound:
            continue
    ids = media.load_media_ids(batch, sorted({file.sha256 for file in files}))
    holding = media.load_reports_of_media(batch, sorted(ids.values()))
    found = {}
    for file in files:
        report_id, medium_id = numbers.get(file.report_id), ids.get(file.sha256)
        if report_id is not None and medium_id is not None and report_id in holding.get(medium_id, ()):
            found[file.report_id, file.sha256] = (report_id, medium_id)
    return found
