"""Recognises rows that come back: what was done in this store, or is held here already, and is handed on by another workstation.

A row has a name in each store that holds it, so its name tells nothing on the way back. What it states does: the time to the
second, the person, and the words. Only rows that the sender hands on for others are compared. What it states as its own work is
always taken in: two people of one name may do the same in the same second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.exports.work_report import CorrectionForm, DecisionForm, GradeForm, ListMatchForm, NoticeForm
from triage.jobs.exchange.gather import Gatherer
from triage.model.digest_kinds import STRONGEST_FIRST
from triage.model.user_names import split_store
from triage.store.database import Reader
from triage.store.queries import grades, media

Entry = DecisionForm | GradeForm | NoticeForm | ListMatchForm
Row = Entry | CorrectionForm
_Key = tuple[object, ...]


class ReturnedRows:
    """Compares what a file hands on with what this store holds. `gatherer` also reads what came from other workstations."""

    def __init__(self, db: Reader, gatherer: Gatherer) -> None:
        self._db, self._gatherer = db, gatherer
        self._report_id: int | None = None
        self._held: dict[type[Row], dict[_Key, bool]] = {}
        """Form -> what is held of the report at hand, and whether one of these rows was undone."""

    def holds(self, report_id: int, row: Row) -> bool:
        """Returns whether the row is handed on and held here already.

        One that was undone elsewhere and stands here is not: it is kept once, as undone.
        """
        if not _is_handed_on(row):
            return False
        if report_id != self._report_id:
            self._report_id, self._held = report_id, {}
        held = self._held.get(type(row))
        if held is None:
            held = self._held[type(row)] = {}
            for each in self._list_held(report_id, row):
                _add(held, each)
        if any(key in held and (held[key] or not _is_undone(row)) for key in _list_keys(row)):
            return True
        _add(held, row)
        return False

    def _list_held(self, report_id: int, like: Row) -> Sequence[Row]:
        """Returns the rows of one form that this store made or holds of a report."""
        match like:
            case DecisionForm():
                return self._gatherer.gather_decisions(report_id)
            case NoticeForm():
                return self._gatherer.gather_notices(report_id)
            case CorrectionForm():
                return self._gatherer.gather_corrections(report_id)
            case ListMatchForm():
                return self._gatherer.gather_matches(report_id)
            case GradeForm():
                return [*self._gatherer.gather_grades(report_id), *self._list_earlier_grades(report_id)]

    def _list_earlier_grades(self, report_id: int) -> list[GradeForm]:
        """Returns what people here said of the report's files, also what does not stand any more. Who said it is left out."""
        graded = grades.load_graded_media(self._db, [report_id]).get(report_id, [])
        return [
            GradeForm(uid="grade/0", given=row.given, by=("",), grade=row.grade, sha256=media.load_sha256(self._db, medium_id))
            for medium_id, rows in grades.load_grades(self._db, graded).items()
            for row in rows
        ]


def _add(held: dict[_Key, bool], row: Row) -> None:
    """Adds a row to those that are held."""
    for key in _list_keys(row):
        held[key] = held.get(key, False) or _is_undone(row)


def _is_handed_on(row: Row) -> bool:
    """Returns whether the sender names another store beside the person, or behind the list: the row is not its own work."""
    if isinstance(row, ListMatchForm):
        return row.list_name.endswith(")")
    return any(split_store(name)[1] is not None for name in (row.by if isinstance(row, GradeForm) else (row.by,)))


def _is_undone(row: Row) -> bool:
    """Returns whether the row was undone where it came from."""
    return (isinstance(row, DecisionForm) and row.undone) or (isinstance(row, CorrectionForm) and row.undone is not None)


def _list_keys(row: Row) -> list[_Key]:
    """Returns what the row has in common with the same row of another store: what can't change on the way.

    The names of stores are left out, since each store names others by itself. So are the people of a grade: its file, time and
    grade tell it. A match is told by each digest of its file and under each name without the stores that were added to it.
    """
    match row:
        case DecisionForm():
            return [(row.taken, row.status, row.reason, row.note, split_store(row.by)[0])]
        case CorrectionForm():
            return [(row.made, row.rule, row.verdict, row.band, row.value, row.reason, split_store(row.by)[0])]
        case NoticeForm():
            return [(row.issued, row.to_whom, row.number, split_store(row.by)[0])]
        case GradeForm():
            return [(row.given, row.grade, row.sha256)]
        case ListMatchForm():
            said = (row.list_kind, row.added, row.hash_kind, row.tier, row.category, row.distance)
            digests = [value for kind in STRONGEST_FIRST if (value := getattr(row, kind)) is not None]
            return [(name, digest, *said) for name in _list_names(row.list_name) for digest in digests]


def _list_names(name: str) -> Iterator[str]:
    """Yields the name of a list, then the same without the last store that was added, and so on."""
    yield name
    while name.endswith(")") and " (" in name:
        name = name.rpartition(" (")[0]
        yield name
