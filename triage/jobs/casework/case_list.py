"""All cases as lines of a list, read at once."""

from __future__ import annotations

from collections import defaultdict

from triage.jobs.casework.cases import find_case
from triage.jobs.reading.queue import rows_by_id
from triage.jobs.session import Session
from triage.model.casework import CaseSummary, NumberKind, RegisterNumber
from triage.model.people import Right
from triage.model.views import QueueRow
from triage.store.queries import cases

_ORDER = {kind.value: at for at, kind in enumerate(NumberKind)}


def list_cases(session: Session) -> tuple[CaseSummary, ...]:
    """Newest first."""
    session.require(Right.READ_REPORT)
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        found, said = cases.listed(db), cases.all_numbers(db)
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


def case_rows(session: Session, number: str) -> tuple[QueueRow, ...]:
    """The reports of a case as the queue shows them, gravest first. Raises NotFound."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        ids = cases.report_ids(db, find_case(db, number).id)
    rows = rows_by_id(session, ids)
    return tuple(sorted((rows[i] for i in ids if i in rows), key=lambda row: (row.band, -row.risk, row.report_id)))
