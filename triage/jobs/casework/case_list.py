"""All cases as lines of a list, read at once."""

from __future__ import annotations

from collections import defaultdict

from triage.jobs.session import Session
from triage.model.casework import CaseSummary, NumberKind
from triage.model.people import Right
from triage.store.queries import cases

_ORDER = {kind.value: at for at, kind in enumerate(NumberKind)}


def list_cases(session: Session) -> tuple[CaseSummary, ...]:
    """Newest first."""
    session.require(Right.READ_REPORT)
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        found, said = cases.listed(db), cases.all_numbers(db)
    numbers: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for case, kind, value in said:
        numbers[case].append((_ORDER.get(kind, len(_ORDER)), f"{kind} {value}"))
    return tuple(
        CaseSummary(
            number=number,
            opened=opened,
            officer=None if officer is None else users.get(officer),
            stage=stage,
            since=since,
            due=due,
            reports=reports,
            numbers=tuple(text for _, text in sorted(numbers[number])),
        )
        for number, opened, officer, stage, since, due, reports in found
    )
