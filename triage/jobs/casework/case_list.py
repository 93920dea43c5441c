"""Lists all cases in one reading, a line for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from triage.jobs.lookup import find_case
from triage.jobs.reading.queue_rows import load_rows
from triage.jobs.session import Session
from triage.model.casework import CaseSummary, NumberKind, RegisterNumber
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.store.queries import cases, neighbours, reports

_ORDER = {kind.value: at for at, kind in enumerate(NumberKind)}


def list_cases(session: Session) -> tuple[CaseSummary, ...]:
    """Returns a line for each case, the newest first."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        found, said = cases.list_cases_with_stages(db), cases.list_register_numbers(db)
    numbers: defaultdict[str, list[tuple[int, RegisterNumber]]] = defaultdict(list)
    for case, kind, value in said:
        numbers[case].append((_ORDER.get(kind, len(_ORDER)), RegisterNumber(kind, value)))
    return tuple(
        CaseSummary(
            number=number,
            opened=opened,
            officer=None if officer is None else users.get(officer),
            stage=stage,
            since=since,
            due=due,
            reports=reports,
            numbers=tuple(kept for _, kept in sorted(numbers[number])),
        )
        for number, opened, officer, stage, since, due, reports in found
    )


def list_case_rows(session: Session, number: str) -> tuple[QueueRow, ...]:
    """Returns the reports of a case as the queue shows them, the gravest first.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        ids = cases.list_report_ids(db, find_case(db, number).id)
    rows = load_rows(session, ids)
    return tuple(sorted((rows[i] for i in ids if i in rows), key=lambda row: (row.band, -row.risk, row.report_id)))


def find_cases_of_reports(session: Session, report_numbers: Sequence[str]) -> dict[str, str | None]:
    """Returns report -> the case that it is in, or None. Numbers of no report are missing."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        found = reports.find_reports(db, sorted(set(report_numbers)))
        held = neighbours.load_cases_of_reports(db, found.values())
    return {number: held.get(report_id) for number, report_id in found.items()}
