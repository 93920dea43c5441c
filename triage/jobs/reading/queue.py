"""The prioritised queue: its windows, lanes and counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from triage.jobs.reading.queue_filter import OPEN, Selection, load_words, read_now, resolve_filter
from triage.jobs.reading.queue_rows import build_rows
from triage.jobs.reading.queue_table import Ints, QueueTable
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.jobs.state.child_lane import FLAG
from triage.model.judgement import BANDS
from triage.model.queue_order import PRESERVE_NOW, FacetValue, QueueColumn, QueueFacet, QueueOrder, QueueWindow
from triage.model.users import Right
from triage.model.views import STATUSES, QueueFilter, QueueRow
from triage.store.database import Reader
from triage.store.queries import bundles, judgement, list_matches, reports

PRIORITY = QueueOrder()
_WORDS: dict[QueueColumn, QueueFacet] = {
    "provider": "provider",
    "incident_type": "incident_type",
    "province": "province",
    "office": "office",
    "assignee": "assignee",
}
"""Sort columns that hold words, and the facet that knows them."""
_COLUMNS: dict[QueueColumn, str] = {"priority": "", "deadline": "due", "provider": "esp"}
"""Sort columns that have another name in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCounts:
    """The numbers of reports by band, status, office and lane, and of work that waits for a person.

    Bands, offices and the child lane count open reports.
    """

    total: int
    """All reports, also those that wait to be judged."""
    open: int
    bands: dict[str, int]
    statuses: dict[str, int]
    offices: dict[str, int]
    expiring: int
    """Reports in PRESERVE_NOW."""
    child_lane: int
    set_aside: int
    possible: int
    """Possible matches that wait for a person."""
    held: int
    """Hashes that wait for a lead, since they match hundreds."""
    stale: int
    """Reports whose card is not up to date because an import is running or was interrupted."""


def load_window(session: Session, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> QueueWindow:
    """Returns up to `count` rows of the queue from place `start` on.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        now = read_now()
        table, selection = QueueTable(db, now), resolve_filter(db, session, filter, now)
        places = _sort(db, session, table, table.find_rows(selection), order)
        ids = table.ids(places[start : start + count])
        rows = build_rows(db, session, ids, table.count_copies(selection))
    return QueueWindow(tuple(rows[i] for i in ids), len(places), start)


def count_queue(session: Session, filter: QueueFilter) -> int:
    """Returns how many reports a filter lets through.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        now = read_now()
        return len(QueueTable(db, now).find_rows(resolve_filter(db, session, filter, now)))


def find_place(session: Session, filter: QueueFilter, order: QueueOrder, row_id: int) -> int | None:
    """Returns the place of a report in the queue, counted from 0; None when the filter does not let it through.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    ids = _list_ids(session, filter, order)
    return ids.index(row_id) if row_id in ids else None


def list_facet_values(
    session: Session, filter: QueueFilter, facet: QueueFacet, contains: str = "", limit: int = 200
) -> tuple[FacetValue, ...]:
    """Returns the values of a facet under the other fields of the filter, the most frequent first.

    `contains` keeps values with this text in them, in upper or lower case.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        now = read_now()
        table, words = QueueTable(db, now), load_words(db, session, facet)
        selection = resolve_filter(db, session, filter, now)
        others = replace(selection, facets={name: codes for name, codes in selection.facets.items() if name != facet})
        counts = table.count_values(table.find_rows(others), facet)
    found = [FacetValue("" if code is None else words.get(code, ""), n) for code, n in counts.items() if n]
    fitting = [each for each in found if contains.casefold() in each.value.casefold()]
    return tuple(sorted(fitting, key=lambda each: (-each.count, each.value))[:limit])


def list_queue_ids(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[int, ...]:
    """Returns internal ids in the order of priority, for exports and acts on many reports; `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    ids = _list_ids(session, filter, PRIORITY)[offset:]
    return tuple(ids if limit < 0 else ids[:limit])


def list_queue_rows(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[QueueRow, ...]:
    """Returns the rows of the queue in the order of priority; `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    return load_window(session, filter, PRIORITY, offset, limit if limit >= 0 else 1 << 62).rows


def count_lanes(session: Session) -> LaneCounts:
    """Returns how many reports there are by band, status, office and lane, and how much work waits for a person."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        now = read_now()
        table = QueueTable(db, now)
        every = table.find_rows(Selection())
        work = table.find_rows(Selection(open_only=True))
        offices = judgement.load_codes(db, "office")
        flags = {word: rank for rank, word in load_words(db, session, "flag").items()}
        by_band, by_status = table.count_values(work, "band"), table.count_values(every, "status")
        return LaneCounts(
            total=reports.count_reports(db),
            open=sum(by_status.get(status, 0) for status in OPEN),
            bands={band: by_band.get(i, 0) for i, band in enumerate(BANDS)},
            statuses={status: by_status.get(i, 0) for i, status in enumerate(STATUSES)},
            offices={offices[i]: n for i, n in table.count_values(work, "office").items() if i is not None},
            expiring=len(table.find_rows(resolve_filter(db, session, PRESERVE_NOW, now))),
            child_lane=table.count_values(work, "flag").get(flags[FLAG], 0) if FLAG in flags else 0,
            set_aside=bundles.count_set_aside(db),
            possible=count_possible(db),
            held=list_matches.count_undecided_held(db),
            stale=judgement.count_stale(db),
        )


def _list_ids(session: Session, filter: QueueFilter, order: QueueOrder) -> list[int]:
    """Returns the ids of all reports that the filter lets through, in order."""
    with session.reading() as db:
        now = read_now()
        table = QueueTable(db, now)
        places = table.find_rows(resolve_filter(db, session, filter, now))
        return table.ids(_sort(db, session, table, places, order))


def _sort(db: Reader, session: Session, table: QueueTable, places: Ints, order: QueueOrder) -> Ints:
    """Returns the places of rows in order."""
    ranks: dict[int, int] | None = None
    if order.column in _WORDS:
        words = load_words(db, session, _WORDS[order.column])
        in_order = sorted(words, key=lambda code: (words[code].casefold(), words[code]))
        ranks = {code: rank for rank, code in enumerate(in_order)}
    return table.sort_rows(places, _COLUMNS.get(order.column, order.column), -1 if order.descending else 1, ranks)
