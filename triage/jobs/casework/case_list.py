"""Lists cases: which pass a filter, and a line for each that is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from triage.jobs.session import Session
from triage.model.casework import CaseFilter, CaseSummary, NumberKind, RegisterNumber, Stage
from triage.model.users import Right
from triage.store.queries import case_list, neighbours, reports
from triage.store.queries.case_list import CaseSearch, CaseWord

_ORDER = {kind.value: at for at, kind in enumerate(NumberKind)}
_LOWER = {ord(each): each.lower() for each in ascii_uppercase}
"""What SQLite's lower() changes."""


def find_cases(session: Session, wanted: CaseFilter, limit: int = -1, after: int | None = None) -> Sequence[int]:
    """Returns the ids of the cases that pass a filter, in the order of the list; `limit` -1 means all.

    With `after` these are the cases that follow this one, which passes the filter.
    """
    session.require(Right.READ_REPORT)
    users = {} if wanted.only_numbers else session.store.users.names()
    stages = () if wanted.only_numbers else tuple(stage.value for stage in Stage)
    search = CaseSearch(
        words=tuple(_make_word(word, users, stages) for word in wanted.search.casefold().split()),
        officer=session.user.id if wanted.own else None,
        due_before=None if wanted.due_before is None else wanted.due_before.isoformat(),
    )
    with session.reading() as db:
        if search == CaseSearch() and limit < 0 and after is None:
            return case_list.list_cases(db)
        return case_list.find_cases(db, search, limit=limit, after=after)


def load_cases(session: Session, case_ids: Sequence[int]) -> dict[int, CaseSummary]:
    """Returns id -> a line for each of these cases, in their order."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        lines, said = case_list.load_lines(db, case_ids), case_list.load_register_numbers(db, case_ids)
    found = {row.id: row for row in lines}
    numbers: defaultdict[int, list[tuple[int, RegisterNumber]]] = defaultdict(list)
    for case, kind, value in said:
        numbers[case].append((_ORDER.get(kind, len(_ORDER)), RegisterNumber(kind, value)))
    return {
        row.id: CaseSummary(
            number=row.number,
            opened=row.opened,
            officer=None if row.officer is None else users.get(row.officer),
            stage=row.stage,
            since=row.since,
            due=row.due,
            reports=row.reports,
            numbers=tuple(kept for _, kept in sorted(numbers[row.id])),
        )
        for row in (found[i] for i in case_ids if i in found)
    }


def list_reports_of_cases(session: Session, case_ids: Sequence[int]) -> dict[str, list[str]]:
    """Returns case -> its reports, by their numbers; cases without a report are missing."""
    session.require(Right.READ_REPORT)
    found: dict[str, list[str]] = {}
    with session.reading() as db:
        for case, report in case_list.list_reports(db, case_ids):
            found.setdefault(case, []).append(report)
    return found


def _make_word(word: str, users: Mapping[int, str], stages: Sequence[str]) -> CaseWord:
    """Returns what a word in lower case finds."""
    return CaseWord(
        spellings=tuple(sorted({word.translate(_LOWER), word.upper().translate(_LOWER)})),
        officers=tuple(i for i, name in users.items() if word in name.casefold()),
        stages=tuple(stage for stage in stages if word in stage.casefold()),
        kinds=tuple(kind for kind in _ORDER if word in kind.casefold()),
    )


def find_cases_of_reports(session: Session, report_numbers: Sequence[str]) -> dict[str, str | None]:
    """Returns report -> the case that it is in, or None. Numbers of no report are missing."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        found = reports.find_reports(db, sorted(set(report_numbers)))
        held = neighbours.load_cases_of_reports(db, found.values())
    return {number: held.get(report_id) for number, report_id in found.items()}
