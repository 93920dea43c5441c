"""Shows the files of a scope as a grid: reads what is known of each content, and fills the cells that are on the screen.

States are by content: a file that was viewed or graded once shows so on every exact copy. Only files whose bytes came are here.
Reports of cleared people are left out, except when one is asked for by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from triage.errors import NotFound
from triage.jobs.codec import facts_from_bytes, read_or_none
from triage.jobs.lookup import find_case, find_list, find_report
from triage.jobs.matching.list_matcher import ListAnswers, ListMatcher
from triage.jobs.reading.queue import find_queue_ids
from triage.jobs.session import Session
from triage.jobs.state import account
from triage.jobs.state.grades import work_out_grade
from triage.jobs.state.open_grades import read_changed_grades
from triage.model.casework import FileToGrade
from triage.model.gallery import (
    KINDS,
    FileState,
    GalleryCell,
    GalleryFilter,
    GalleryHeading,
    GalleryPart,
    GalleryScope,
    Grouping,
)
from triage.model.judgement import name_band
from triage.model.media import SEEN_FROM, MediaFacts
from triage.model.moment import format_pakistan_day
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.model.views import QueueFilter
from triage.store.database import Reader, Row
from triage.store.queries import cases, gallery, grades, judgement, kept_grades, lists, media, reports
from triage.wellbeing import GRAVE_ANNOTATIONS

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder, Ids
    from triage.store.queries.gallery import CellRow
    from triage.store.queries.grades import GradeRow

SESSION = timedelta(hours=24)
"""How far back one's own views are read when single contents changed; the older ones are known from loading."""


def load_gallery(session: Session, scope: GalleryScope) -> GalleryItems:
    """Reads the contents of a scope, or of one part of a large scope, with all that filters and groups need.

    Raises:
        NotFound: if there is no such report, case, file or list
    """
    session.require(Right.READ_REPORT)
    from triage.jobs.reading.gallery_reading import read_items, read_report_facts

    own = _find_own_views(session, None)
    files, part = _read_files(session, scope)
    facts = read_report_facts(session, files[1])
    with session.reading() as db:
        items = read_items(db, session.user.id, own, files, facts)
    items.part = part
    return items


def arrange_gallery(session: Session, items: GalleryItems, wanted: GalleryFilter, grouping: Grouping) -> GalleryOrder:
    """Filters and groups the contents, and counts the values of each facet."""
    session.require(Right.READ_REPORT)
    from triage.jobs.reading.gallery_items import arrange
    from triage.jobs.reading.gallery_reading import read_accounts

    if grouping is Grouping.USER and not items.account:
        with session.reading() as db:
            items.account = read_accounts(db, items.places.report)
    return arrange(items, wanted, grouping)


def read_states(session: Session, items: GalleryItems, medium_ids: Sequence[int]) -> tuple[Ids, Ids, Ids]:
    """Returns positions, states and grades of these contents as they are now. The items stay as they are."""
    session.require(Right.READ_REPORT)
    from triage.jobs.reading.gallery_reading import read_marks

    at = items.find(medium_ids)
    own = _find_own_views(session, datetime.now(UTC) - SESSION)
    with session.reading() as db:
        marks = read_marks(db, session.user.id, own, items.media[at], items.media[at].tolist())
    kept = items.state[at] & int(FileState.WARNED | FileState.SEEN_BY_ME)
    state = marks.state | kept
    state[(state & int(FileState.SEEN_BY_ME)) != 0] &= ~int(FileState.SEEN_BY_OTHERS)
    return at, state, marks.grade


def _find_own_views(session: Session, since: datetime | None) -> Ids:
    """Returns the contents that the user of the session viewed unblurred, from their own sealed account."""
    import numpy as np

    own = {view.medium for view in account.list_own_views(session, since) if view.step >= SEEN_FROM}
    return np.array(sorted(own), np.int64)


def load_cells(session: Session, wanted: Sequence[tuple[int, int]]) -> dict[int, GalleryCell]:
    """Returns the cells of (media item, report) by media item, with their blurred previews; what is gone is missing."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _build_cells(db, session, dict(wanted))


def load_headings(session: Session, grouping: Grouping, keys: Sequence[int], names: Sequence[str]) -> dict[int, GalleryHeading]:
    """Returns the headings of groups by key. `names` are the accounts that keys of reported users count."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _build_headings(db, grouping, keys, names)


def name_files(session: Session, places: Sequence[tuple[int, int, tuple[int, ...]]]) -> tuple[FileToGrade, ...]:
    """Returns the files of (media item, report, near copies that take its grade over) for grading; what is gone is left out."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        digests = gallery.load_digests(db, sorted({i for medium_id, _, also in places for i in (medium_id, *also)}))
        numbers = reports.load_numbers(db, {report_id for _, report_id, _ in places})
    return tuple(
        FileToGrade(numbers[report_id], digests[medium_id], tuple(digests[i] for i in also if i in digests))
        for medium_id, report_id, also in places
        if medium_id in digests and report_id in numbers
    )


# -- scope -----------------------------------------------------------------------------------------------------------------


def _read_files(session: Session, scope: GalleryScope) -> tuple[list[Ids], GalleryPart | None]:
    """Returns (media items, reports) of the files of the scope, and which part of it they are; None when they are all."""
    from triage.jobs.reading.gallery_items import read_rows
    from triage.jobs.reading.gallery_parts import MOST_FILES, order_case, order_queue, read_part

    if scope.kind == "case":
        with session.reading() as db:
            of_case = cases.list_report_ids(db, find_case(db, scope.name).id)
        return read_part(session, order_case(session, of_case), scope.start)
    wanted = scope.filter or QueueFilter()
    with session.reading() as db:
        is_large = scope.kind in ("store", "queue") and gallery.has_more_files(db, MOST_FILES)
    if is_large:
        return read_part(session, order_queue(session, wanted), scope.start)
    ids = find_queue_ids(session, wanted) if scope.kind == "queue" else ()
    with session.reading() as db:
        return read_rows(_iter_files(db, scope, ids), 2), None


def _iter_files(db: Reader, scope: GalleryScope, queue_ids: Sequence[int]) -> Iterator[Row]:
    """Yields (media item, report) of each file of the scope."""
    if scope.kind == "report":
        return gallery.iter_files_of_reports(db, [find_report(db, scope.name)], with_cleared=True)
    if scope.kind == "queue":
        return _iter_files_of_queue(db, queue_ids)
    if scope.kind == "list":
        return gallery.iter_files_of_media(db, sorted(gallery.find_media_of_list(db, find_list(db, scope.name).id)))
    if scope.kind == "like":
        return gallery.iter_files_of_media(db, _list_near_copies(db, scope.name))
    if scope.kind == "waiting":
        return gallery.iter_files_of_media(db, _list_open_grades(db))
    return gallery.iter_files_of_reports(db, None)


def _iter_files_of_queue(db: Reader, ids: Sequence[int]) -> Iterator[Row]:
    """Yields (media item, report) of each file of these reports, which ascend.

    All files of the store are looked through, which are few here: the ids of two million reports take 200 MB in a statement.
    """
    inside = bytearray(max(ids, default=0) + 1)
    for report_id in ids:
        inside[report_id] = 1
    every = gallery.iter_files_of_reports(db, None)
    return (row for row in every if row[1] < len(inside) and inside[row[1]])


def _list_open_grades(db: Reader) -> list[int]:
    """Returns the media items whose grade is open."""
    kept = (medium_id for waits in (0, 1) for _, medium_id in kept_grades.iterate_open_grades(db, waits))
    changed = (row.medium_id for row in read_changed_grades(db) if row.waits is not None)
    return sorted({*kept, *changed})


def _list_near_copies(db: Reader, sha256: str) -> list[int]:
    """Returns a media item and its near copies.

    Raises:
        NotFound: if the store does not hold it
    """
    from triage.jobs.reading.gallery_stacks import find_stacks

    row = media.find_media_item(db, sha256.casefold())
    if row is None:
        raise NotFound("The store holds no file {file}.", file=sha256[:12])
    stacks = find_stacks(db, [row.id])
    own = stacks.get(row.id)
    return sorted({row.id, *(i for i, stands in stacks.items() if stands == own and own is not None)})


# -- cells -----------------------------------------------------------------------------------------------------------------


def _describe_problem(stored: bytes | None, facts: MediaFacts | None) -> str | None:
    """Returns why a file has no preview; None when it has one."""
    if facts is not None:
        return facts.problem
    return "not measured yet" if stored is None else "unreadable"


def _build_cells(db: Reader, session: Session, report_of: Mapping[int, int]) -> dict[int, GalleryCell]:
    """Builds the cells of media items in their reports."""
    rows = gallery.load_cell_rows(db, list(report_of))
    numbers = reports.load_numbers(db, set(report_of.values()))
    rows = {i: row for i, row in rows.items() if report_of[i] in numbers}
    names = _load_names(db, {i: report_of[i] for i in rows})
    known = _Known(db, rows)
    graded, users = grades.load_grades(db, list(rows)), session.store.users.names()
    warned = _load_warnings(db, rows)
    cells = {}
    for i, row in rows.items():
        facts = read_or_none(facts_from_bytes, row.facts, i) if row.facts is not None else None
        verdict = known.describe(i)
        state, grade, by = work_out_grade(graded[i]) if i in graded else (None, None, ())
        stated = warned.get(i, set())
        flags = _state_of(graded.get(i, ()), session.user.id, state)
        cells[i] = GalleryCell(
            media_id=i,
            sha256=row.sha256,
            report_id=numbers[report_of[i]],
            name=names.get(i, ""),
            kind=_name_kind(facts),
            size=row.size,
            duration_ms=facts.duration_ms if facts else None,
            problem=_describe_problem(row.facts, facts),
            preview=facts.preview if facts else None,
            state=flags | verdict[1] | (FileState.WARNED if stated else FileState(0)),
            known=verdict[0],
            conflict=verdict[2],
            grade=grade,
            graded_by=", ".join(name_user(users, each) for each in by) or None,
            warnings=tuple(name for name in GRAVE_ANNOTATIONS if name in stated),
        )
    return cells


def _name_kind(facts: MediaFacts | None) -> str:
    """Returns the kind of a file, one of KINDS. What could not be decoded is no image and no video."""
    if facts is not None and facts.perceptual is not None:
        return KINDS[0]
    return KINDS[1] if facts is not None and facts.film is not None else KINDS[2]


def _state_of(rows: Sequence[GradeRow], user_id: int, state: str | None) -> FileState:
    """Returns the part of the state that grades make."""
    from triage.jobs.reading.gallery_reading import describe_grades

    return describe_grades(rows, user_id)[0] if state is not None else FileState(0)


def _load_names(db: Reader, report_of: Mapping[int, int]) -> dict[int, str]:
    """Returns media item -> the name of its file in its report."""
    of_report: dict[int, list[int]] = {}
    for medium_id, report_id in report_of.items():
        of_report.setdefault(report_id, []).append(medium_id)
    found: dict[int, str] = {}
    for report_id, medium_ids in of_report.items():
        found |= gallery.load_names(db, report_id, medium_ids)
    return found


def _load_warnings(db: Reader, medium_ids: Iterable[int]) -> dict[int, set[str]]:
    """Returns media item -> the warnings that any report states of it, or of itself: who keeps away does not ask which report."""
    found: dict[int, set[str]] = {}
    for medium_id, warning in gallery.iter_warnings(db, medium_ids):
        found.setdefault(medium_id, set()).add(warning)
    return found


class _Known:
    """What the hash lists say of some media items, as the pages of reports say it."""

    def __init__(self, db: Reader, rows: Mapping[int, CellRow]) -> None:
        self._rows = rows
        digests = [pair for row in rows.values() for pair in row.digests.items()]
        self._answers: ListAnswers = ListMatcher(db).look_up(digests, [row.sha256 for row in rows.values()])

    def describe(self, medium_id: int) -> tuple[str, FileState, bool]:
        """Returns the word, the state, and whether lists disagree."""
        from triage.jobs.matching.list_verdict import describe_verdict

        row = self._rows[medium_id]
        hits, uncounted = self._answers.find_hits_of_bytes(row.sha256, row.digests)
        verdict = describe_verdict(self._answers.checked, hits, None, uncounted)
        found = FileState(0)
        for hit in hits:
            found |= FileState.EXACT if hit.tier == "exact" else FileState.NEAR
        for hit in uncounted:
            found |= FileState.HELD if hit.held else FileState.POSSIBLE
        return verdict.known, found, verdict.conflict


# -- headings --------------------------------------------------------------------------------------------------------------


def _build_headings(db: Reader, grouping: Grouping, keys: Sequence[int], names: Sequence[str]) -> dict[int, GalleryHeading]:
    """Builds the headings of groups by key."""
    told = [key for key in keys if key >= 0]
    if grouping is Grouping.REPORT:
        numbers, facts = reports.load_numbers(db, told), judgement.load_queue_facts(db, told)
        esps = judgement.load_codes(db, "esp")
        return {
            key: GalleryHeading(
                name=numbers[key],
                band=name_band(facts[key].band) if key in facts else None,
                detail=esps.get(facts[key].esp or 0, "") if key in facts else "",
            )
            for key in told
            if key in numbers
        }
    if grouping is Grouping.LIST:
        return {
            row.id: GalleryHeading(name=row.name, detail=format_pakistan_day(row.added))
            for row in lists.load_lists(db)
            if row.id in told
        }
    if grouping is Grouping.SERIES:
        return {key: GalleryHeading(name=sha256[:8]) for key, sha256 in gallery.load_digests(db, told).items()}
    if grouping is Grouping.USER:
        return {key: GalleryHeading(name=names[key]) for key in told}
    return {}
