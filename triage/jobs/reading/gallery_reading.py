"""Reads the arrays of a gallery from the store: a few narrow queries for any number of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.jobs.reading.gallery_items import LAST, GalleryItems, Ids, Marks, Places, read_rows
from triage.jobs.reading.gallery_stacks import find_stacks
from triage.jobs.reading.queue_bits import read_numbers
from triage.jobs.session import Session
from triage.jobs.state.grades import find_blind_grades, work_out_grade
from triage.jobs.state.queue_layout import EPOCH, load_ranks
from triage.jobs.state.queue_planes import QueuePlanes, open_planes, read_now
from triage.model.casework import DISAGREE, GRADED, Grade
from triage.model.damage import GRADE_UNREADABLE
from triage.model.gallery import FileState
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import gallery, grades, judgement, lists
from triage.store.queries.gallery import COUNTS, HELD, Only
from triage.store.queries.grades import GradeRow
from triage.wellbeing import GRAVE_ANNOTATIONS

LARGE = 20_000
"""From so many contents or reports on, whole tables, or the queue's planes, are read instead of rows by id."""
PAKISTAN_SECONDS, DAY_SECONDS = 5 * 3600, 86_400
GRADES = tuple(each.value for each in Grade)
_STATES = {
    GRADED: FileState.GRADED,
    DISAGREE: FileState.DISAGREE,
    GRADE_UNREADABLE: FileState.WAITS | FileState.GRADE_UNREADABLE,
}


@dataclass(slots=True)
class ContentMarks:
    """What is known of some contents, in their order."""

    state: Ids
    grade: Ids
    kind: Ids
    lists: Marks


def read_items(db: Reader, user_id: int, own: Ids, files: Sequence[Ids], facts: Sequence[Ids]) -> GalleryItems:
    """Reads the items of the files.

    Args:
        db: The store.
        user_id: Who asks.
        own: The contents that the user viewed unblurred.
        files: The media item and the report of each file.
        facts: What `read_report_facts` says of the reports.
    """
    of_media, of_report = files
    media, item = np.unique(of_media, return_inverse=True)
    only = _limit(media)
    marks = read_marks(db, user_id, own, media, only)
    places = _arrange_places(item.astype(np.int64), of_report, facts)
    warnings = _read_warnings(db, media)
    marks.state[warnings.item] |= FileState.WARNED
    stacks = find_stacks(db, only)
    stack = media.copy()
    if stacks:
        keys = np.fromiter(sorted(stacks), np.int64, len(stacks))
        stands = np.fromiter((stacks[key] for key in keys.tolist()), np.int64, len(stacks))
        there = np.isin(keys, media)
        stack[np.searchsorted(media, keys[there])] = stands[there]
    rows = lists.load_lists(db)
    return GalleryItems(
        media=media,
        state=marks.state,
        grade=marks.grade,
        kind=marks.kind,
        stack=stack,
        places=places,
        lists=marks.lists,
        warnings=warnings,
        account={},
        grades=GRADES,
        list_names={row.id: row.name for row in rows},
        warning_names=GRAVE_ANNOTATIONS,
        office_names=judgement.load_codes(db, "office"),
        lists_loaded=any(row.kind == "known" for row in rows),
    )


def read_marks(db: Reader, user_id: int, own: Ids, media: Ids, only: Only) -> ContentMarks:
    """Reads state, grade, kind and lists of these contents, by ascending id. `own` are those that the user viewed unblurred."""
    state, grade = np.zeros(len(media), np.int64), np.full(len(media), -1, np.int64)
    kind = np.full(len(media), 2, np.int64)
    for code, rows in enumerate((gallery.iter_images(db, only), gallery.iter_videos(db, only))):
        kind[_find(media, read_rows(rows, 1)[0])[0]] = code
    state[_find(media, read_rows(gallery.iter_seen(db, only), 1)[0])[0]] |= FileState.SEEN_BY_OTHERS
    at = _find(media, own)[0]
    state[at] = (state[at] & ~int(FileState.SEEN_BY_OTHERS)) | FileState.SEEN_BY_ME
    _add_grades(db, user_id, media, only, state, grade)
    return ContentMarks(state, grade, kind, _add_lists(db, media, only, state))


def _add_grades(db: Reader, user_id: int, media: Ids, only: Only, state: Ids, grade: Ids) -> None:
    """Adds what grades say of the contents."""
    graded = grades.list_graded_media(db) if only is None else only
    for medium_id, rows in grades.load_grades(db, graded).items():
        at = int(np.searchsorted(media, medium_id))
        if at < len(media) and media[at] == medium_id:
            found, given = describe_grades(rows, user_id)
            state[at] |= found
            grade[at] = -1 if given is None else GRADES.index(given)


def describe_grades(rows: Sequence[GradeRow], user_id: int) -> tuple[FileState, str | None]:
    """Returns the part of a content's state that its grades make, and the grade that stands, or None."""
    state, grade, _ = work_out_grade(rows)
    found = _STATES.get(state, FileState.WAITS)
    if rows[-1].inherited_from is not None:
        return found | FileState.INHERITED, grade
    if state != GRADED and any(row.user_id == user_id for row in find_blind_grades(rows)):
        found |= FileState.MINE
    return found, grade


def _add_lists(db: Reader, media: Ids, only: Only, state: Ids) -> Marks:
    """Adds what hash lists say of the contents; returns on which lists each is, possible matches included."""
    near = read_rows(gallery.iter_list_matches(db, only), 3)
    at, rows = _find(media, near[0])
    how = near[2][rows]
    bits = np.where(how == COUNTS, FileState.NEAR, np.where(how == HELD, FileState.HELD, FileState.POSSIBLE))
    np.bitwise_or.at(state, at, bits.astype(np.int64))
    exact = read_rows(gallery.iter_exact_list_matches(db, only), 2)
    exact_at, exact_rows = _find(media, exact[0])
    state[exact_at] |= FileState.EXACT
    return Marks(np.r_[at, exact_at], np.r_[near[1][rows], exact[1][exact_rows]])


def _arrange_places(item: Ids, report: Ids, facts: Sequence[Ids]) -> Places:
    """Returns where the contents lie. Reports come in the order of the queue as it was when they were last judged."""
    order = np.lexsort((report, item))
    item, report = item[order], report[order]
    first = np.flatnonzero(np.r_[True, (item[1:] != item[:-1]) | (report[1:] != report[:-1])]) if len(item) else item
    files = np.diff(np.r_[first, len(item)])
    item, report = item[first], report[first]
    by_rank = np.lexsort((facts[0], -facts[3], -facts[2], facts[1]))
    rank = np.empty_like(by_rank)
    rank[by_rank] = np.arange(len(by_rank))
    of, there = _match(facts[0], report)
    rank_of = np.where(there, rank[of] if len(rank) else 0, LAST - 1)
    office, day = (np.where(there, facts[n][of] if len(of) and len(facts[n]) else -1, -1) for n in (4, 5))
    again = np.lexsort((report, rank_of, item))
    return Places(item[again], report[again], rank_of[again], office[again], day[again], files[again])


def read_report_facts(session: Session, report_ids: Ids) -> list[Ids]:
    """Returns report, band, risk, actionability, office or -1, and day of receipt in Pakistan or -1, of judged reports.

    Of very many reports the queue's planes tell it: their rows lie all over the store. Whoever reads the store already can't ask.
    """
    session.require(Right.READ_REPORT)
    ids = np.unique(report_ids)
    if len(ids) > LARGE:
        with open_planes(session, read_now()) as (db, planes):
            return read_planes_of_reports(db, planes, ids)
    with session.reading() as db:
        return _load_report_facts(db, ids)


def _load_report_facts(db: Reader, ids: Ids) -> list[Ids]:
    return read_rows(gallery.iter_report_facts(db, ids.tolist()), 6)


def read_planes_of_reports(db: Reader, planes: QueuePlanes, ids: Ids) -> list[Ids]:
    """Returns what `read_report_facts` returns from the queue's planes."""
    ids = ids[read_numbers(planes, "present", ids) == 1]
    offices = np.r_[-1, load_ranks(db, "office")][read_numbers(planes, "office", ids)]
    stated, received = read_numbers(planes, "has_received", ids) == 1, read_numbers(planes, "received", ids)
    day = np.where(stated, (received + EPOCH + PAKISTAN_SECONDS) // DAY_SECONDS, -1)
    early = np.flatnonzero(stated & (received == 0))  # the planes know no time before 2000
    if len(early):
        exact = _load_report_facts(db, ids[early])
        day[np.searchsorted(ids, exact[0])] = exact[5]
    return [ids, *(read_numbers(planes, name, ids) for name in ("band", "risk", "actionability")), offices, day]


def _read_warnings(db: Reader, media: Ids) -> Marks:
    """Reads the grave warnings of the contents, whichever report states them: who keeps away from one does not ask which."""
    code = {name: at for at, name in enumerate(GRAVE_ANNOTATIONS)}
    found = read_rows(
        ((medium_id, code[name]) for medium_id, name in gallery.iter_warnings(db, media.tolist()) if name in code), 2
    )
    at, rows = _find(media, found[0])
    return Marks(at, found[1][rows])


def read_accounts(db: Reader, reports: Ids) -> Mapping[int, str]:
    """Returns report -> the account that names its reported user best; reports without one are missing.

    However many reports these are, the link keys of all reports are never read: each report has some twenty.
    """
    best: dict[int, tuple[int, str]] = {}
    for report_id, rank, value in gallery.iter_accounts(db, np.unique(reports).tolist()):
        if report_id not in best or (rank, value) < best[report_id]:
            best[report_id] = (rank, value)
    return {report_id: value for report_id, (_, value) in best.items()}


def _limit(ids: Ids) -> Only:
    """Returns the ids for a query, or None when reading everything is cheaper."""
    return None if len(ids) > LARGE else [int(i) for i in ids]


def _find(media: Ids, wanted: Ids) -> tuple[Ids, Ids]:
    """Returns the positions of wanted ids among the sorted `media`, and the rows of `wanted` that are there."""
    at, there = _match(media, wanted)
    rows = np.flatnonzero(there)
    return at[rows], rows


def _match(ids: Ids, wanted: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    """Returns for each wanted id a position in `ids`, in any order, and whether it is there."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    sorter = np.argsort(ids, kind="stable")
    at = np.minimum(np.searchsorted(ids, wanted, sorter=sorter), len(ids) - 1)
    found = sorter[at]
    return found, ids[found] == wanted
