"""Lists the reports behind a figure of the leads' page: by the queue's planes, and from indexes for what these don't hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from triage.jobs.judging.sampling import HIT, LOW_BANDS
from triage.jobs.reading.queue_bits import count_bits, divide, find_equal, find_less
from triage.jobs.reading.queue_filter import Selection, load_words
from triage.jobs.reading.queue_rows import build_rows
from triage.jobs.reading.queue_table import Group, list_sort_planes, list_window, select_reports
from triage.jobs.session import Session
from triage.jobs.state.queue_layout import COLUMNS, Bits, encode_time
from triage.jobs.state.queue_planes import QueuePlanes, make_bits, open_planes, read_now
from triage.model.casework import Stage
from triage.model.lead_figures import Behind, ReportsBehind
from triage.model.moment import parse_utc
from triage.model.queue_order import QueueFacet
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import behind as sql
from triage.store.queries import judgement

MOST_LISTED = 500  # reports that stand behind a figure and are listed
_ENDED = ("closed", "referred", "case_opened")
_STAGES = tuple(stage.value for stage in Stage)
_FACETS: tuple[QueueFacet, ...] = ("office", "assignee", "provider")
"""Facets of which a figure names one value, in a field of the same name; "" stands for none."""
_NEVER = "9"
"""Behind all stored times."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for one figure, in one state of the store."""

    session: Session
    db: Reader
    planes: QueuePlanes
    behind: Behind

    def read(self, ids: str) -> Bits:
        """Returns the set of these ids with commas between them."""
        return make_bits(self.planes, np.fromstring(ids, dtype=np.int64, sep=","))


def list_reports_behind(session: Session, behind: Behind, limit: int = MOST_LISTED) -> ReportsBehind:
    """Returns the reports that a figure counts, in the order of the queue."""
    session.require(Right.ASSIGN)
    with open_planes(session, read_now()) as (db, planes):
        found = _select(_Question(session, db, planes, behind))
        total = count_bits(found)
        order = list_sort_planes("", descending=False)
        ids = list_window(planes, order, [Group(found, total)], 0, min(limit, total))
        rows = build_rows(db, session, ids, {})
    return ReportsBehind(total=total, rows=tuple(rows[i] for i in ids))


def _select(asked: _Question) -> Bits:
    """Returns the reports that fit every field of the figure."""
    found = _select_facets(asked)
    found = _select_received(asked, found)
    for own in (*_list_deadlines(asked), *_list_work(asked), *_list_funnel(asked)):
        found = found & own
    return _select_imported(asked, found)


def _select_facets(asked: _Question) -> Bits:
    """Returns the reports of the bands, the office, the person and the provider. A word that no report has finds none."""
    wanted: dict[QueueFacet, tuple[str, ...]] = {"band": asked.behind.bands} if asked.behind.bands else {}
    for facet in _FACETS:
        if (word := getattr(asked.behind, facet)) is not None:
            wanted[facet] = (word,)
    facets = {
        facet: frozenset(
            number for number, word in {0: "", **load_words(asked.db, asked.session, facet)}.items() if word in words
        )
        for facet, words in wanted.items()
    }
    return select_reports(asked.planes, Selection(facets=facets, open_only=asked.behind.open_only))


def _select_received(asked: _Question, among: Bits) -> Bits:
    """Returns those of a set that were received in the figure's time."""
    planes, behind = asked.planes, asked.behind
    if not behind.received_unknown and behind.received_from is None and behind.received_before is None:
        return among
    unknown, stated = divide(planes, COLUMNS["has_received"].first, among)
    if behind.received_unknown:
        return unknown
    found = planes.empty() if stated is None else stated
    if behind.received_before is not None:
        found = find_less(planes, "received", encode_time(behind.received_before), found)
    if behind.received_from is not None:
        found = found & ~find_less(planes, "received", encode_time(behind.received_from), found)
    return found


def _list_deadlines(asked: _Question) -> list[Bits]:
    """Returns a set for each field on deadlines that is given."""
    behind, found = asked.behind, []
    if behind.due_from is not None or behind.due_before is not None:
        name = None if behind.due_name is None else _find_code(asked.db, "due_name", behind.due_name)
        begin, end = behind.due_from or 0, 1 << 60 if behind.due_before is None else behind.due_before
        found.append(asked.read(sql.list_due_reports(asked.db, begin, end, name)))
    if behind.overdue_duty:
        found.append(asked.planes.next_deadlines.find_overdue_duties())
    return found


def _find_code(db: Reader, kind: str, word: str) -> int:
    """Returns the code of a word, -1 when no report has it."""
    return next((code for code, known in judgement.load_codes(db, kind).items() if known == word), -1)


def _list_work(asked: _Question) -> list[Bits]:
    """Returns a set for each field on people's work that is given."""
    behind, db, found = asked.behind, asked.db, []
    if behind.in_case:
        found.append(asked.read(sql.list_reports_in_cases(db)))
    if behind.finished_by is not None:
        users = {name: user for user, name in asked.session.store.users.names().items()}
        person = users.get(behind.finished_by, 0)
        found.append(asked.read(sql.list_finished_reports(db, person, behind.finished_since or "")))
    if behind.sample is not None:
        statuses = HIT if behind.sample == "hits" else _ENDED
        found.append(asked.read(sql.list_sampled_reports(db, LOW_BANDS, behind.sample_week, statuses)))
    return found


def _list_funnel(asked: _Question) -> list[Bits]:
    """Returns the set of a step of the funnel, when one is given that not all reports reached."""
    step, db, planes = asked.behind.funnel, asked.db, asked.planes
    if step in _STAGES:
        return [asked.read(sql.list_reports_in_cases(db, _STAGES[_STAGES.index(str(step)) :]))]
    if step == "folded as duplicates":
        return [make_bits(planes, planes.copies()[0])]
    if step == "assigned":
        nobody = find_equal(planes, "assignee", 0, select_reports(planes, Selection()))
        return [~nobody | asked.read(sql.list_reports_with_officer(db))]
    if step == "in a case":
        return [asked.read(sql.list_reports_in_cases(db))]
    if step in ("requested from operators and providers", "answered"):
        return [asked.read(sql.list_requested_reports(db, answered=step == "answered"))]
    return []


def _select_imported(asked: _Question, among: Bits) -> Bits:
    """Returns those of a set that were imported in the period of the funnel."""
    planes, behind = asked.planes, asked.behind
    if behind.imported_before != _NEVER:
        among = find_less(planes, "arrived", _encode(behind.imported_before), among)
    return among & ~find_less(planes, "arrived", _encode(behind.imported_from), among) if behind.imported_from else among


def _encode(moment: str) -> int:
    """Returns a stored time as the planes hold it."""
    return encode_time(int(parse_utc(moment).timestamp()))
