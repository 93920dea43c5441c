"""Plans requests: which lines are asked for of whom, and what a letter lacks. Stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from triage.errors import Refused
from triage.jobs.lookup import find_case
from triage.jobs.requests.collecting import Collected, LineGroup, collect_lines
from triage.jobs.requests.watch import StepWatch
from triage.jobs.session import now
from triage.message import Message
from triage.model.casework import NumberKind
from triage.model.choices import name_choices
from triage.model.data_requests import HeldElsewhere, RequestKind
from triage.model.moment import add_time, format_pakistan_day, format_utc, parse_utc
from triage.model.views import STATUSES
from triage.store.database import Reader
from triage.store.queries import cases, deconfliction, destruction, requests, trusted

LAW_BEGAN = "2016-08-18"
"""PECA 2016; the day it came into force is unverified."""
MOST_DAYS = 3_650  # ten years
_REGISTERS = (NumberKind.ENQUIRY.value, NumberKind.FIR.value)
NO_ENQUIRY = Message("the enquiry or FIR number of the case")
NO_ENQUIRY_EACH = Message("a case with an enquiry or FIR number for each report that is asked about")
NO_WARRANT = Message("the number of the Court's warrant")
NO_ADDRESSEE = Message("the name of the addressee")
ALREADY_ASKED = "asked for already in {number}, which is not answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlan:
    """What requests are made for."""

    kind: RequestKind
    case_id: int | None
    case: str | None
    numbers: tuple[tuple[str, str], ...]
    """(kind, value) of the case's numbers, for requests of one case."""
    warrant: str | None


def collect_of_case(
    db: Reader,
    case_number: str,
    kind: RequestKind,
    *,
    warrant: str | None,
    child_line: bool,
    although_cleared: str | None = None,
    watch: StepWatch,
) -> tuple[RequestPlan, Collected]:
    """Collects the lines of a case for the requests of one kind.

    With `although_cleared` also those of reports whose reported user was cleared.

    Raises:
        NotFound: if there is no such case
        Refused: for a reason where nobody was cleared
    """
    case = find_case(db, case_number)
    ids = cases.list_report_ids(db, case.id)
    if although_cleared is not None and not destruction.find_cleared(db, ids):
        raise Refused("None of these reports is set apart as cleared; leave --although-cleared out.")
    numbers = tuple((sort, value) for sort, value, _ in cases.list_numbers_of_case(db, case.id))
    collected = collect_lines(
        db, ids, abroad=kind.is_abroad, child_line=child_line, with_cleared=bool((although_cleared or "").strip()), watch=watch
    )
    known = next((value for sort, value in numbers if sort == NumberKind.WARRANT.value), None)
    return RequestPlan(
        kind=kind, case_id=case.id, case=case.number, numbers=numbers, warrant=(warrant or "").strip() or known
    ), collected


def collect_expiring(
    db: Reader, days: int, watch: StepWatch, only: Sequence[int] | None = None
) -> list[tuple[RequestPlan, Collected]]:
    """Collects what expires within so many days, first for providers abroad. `only` are ids of reports that a person chose.

    Raises:
        Refused: for a number of days that is none
    """
    if not 0 <= days <= MOST_DAYS:
        raise Refused("Give a number of days from 0 to {most}.", most=MOST_DAYS)
    moment = now()
    until = format_utc(add_time(parse_utc(moment), timedelta(days=days)) or parse_utc(moment))
    plans: list[tuple[RequestPlan, Collected]] = []
    ids = requests.list_open_reports(db, STATUSES.index("closed"), only)
    ready = cases.find_reports_with_numbers(db, _REGISTERS)
    for kind in (RequestKind.FOREIGN_PRESERVATION, RequestKind.PRESERVATION):
        collected = collect_lines(
            db, ids, abroad=kind.is_abroad, child_line=False, ready=ready, until=until, now=moment, watch=watch
        )
        plans.append((RequestPlan(kind=kind, case_id=None, case=None, numbers=(), warrant=None), collected))
    return plans


def list_shared(db: Reader, report_ids: Sequence[int]) -> tuple[HeldElsewhere, ...]:
    """Returns the identifiers of reports that a comparison found at another workstation too. Undercover ones stay silent."""
    names = trusted.load_names(db)
    return tuple(
        HeldElsewhere(kind=kind, value=value, store=names.get(key, key[:16]))
        for kind, value, key in deconfliction.list_shared_of_reports(db, report_ids)
    )


def choose_groups(collected: Collected, operator: str | None) -> list[LineGroup]:
    """Returns the groups by addressee, or those of one operator that a person named.

    Raises:
        Refused: if no line leads to the named operator
    """
    groups = sorted(collected.groups.values(), key=lambda group: (group.addressee.id, not group.ready))
    if operator is None:
        return groups
    wanted = operator.casefold().strip()
    chosen = [group for group in groups if wanted == group.addressee.id or (wanted and wanted in group.addressee.name.casefold())]
    if not chosen:
        known = sorted({group.addressee.name for group in groups})
        raise Refused(
            "No line of the case leads to {operator}; {choices}.",
            operator=repr(operator),
            choices=name_choices(known, Message("triage request create without --operator")),
        )
    return chosen


def drop_asked(
    db: Reader, kind: RequestKind, groups: Iterable[LineGroup], collected: Collected
) -> dict[str, dict[int, set[int]]]:
    """Takes out of the groups what a sent and unanswered request of the same kind asks for.

    Returns the number of the request -> its line -> the reports of the line here.
    """
    joining: dict[str, dict[int, set[int]]] = {}
    for child in {group.child for group in groups}:
        asked = requests.list_asked_lines(db, (kind.value,), child)
        for group in (each for each in groups if each.child == child):
            for fact in [fact for fact in group.lines if fact.key in asked]:
                line_id, number = asked[fact.key]
                report_ids = group.lines.pop(fact)
                joining.setdefault(number, {}).setdefault(line_id, set()).update(report_ids)
                for report_id in report_ids:
                    collected.leave_out(fact.kind, fact.value, Message(ALREADY_ASKED, number=number), report_id)
    return joining


def find_numbers(db: Reader, plan: RequestPlan, group: LineGroup) -> tuple[tuple[str, str], ...]:
    """Returns (kind, value) of the register numbers that a letter names: of the case, or of all cases of its reports."""
    if plan.case_id is not None:
        return plan.numbers
    ids = sorted({i for found in group.lines.values() for i in found})
    return cases.list_numbers_of_reports(db, ids, _REGISTERS) if group.ready else ()


def find_missing(plan: RequestPlan, group: LineGroup, numbers: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
    """Returns what a letter lacks before it may be sent."""
    missing: list[Message] = []
    if not group.ready:
        missing.append(NO_ENQUIRY_EACH)
    elif not any(kind in _REGISTERS for kind, _ in numbers):
        missing.append(NO_ENQUIRY)
    if plan.kind.needs_warrant and not plan.warrant:
        missing.append(NO_WARRANT)
    if not group.addressee.known:
        missing.append(NO_ADDRESSEE)
    old = sum(1 for fact in group.lines if fact.utc is not None and format_pakistan_day(fact.utc) < LAW_BEGAN)
    if old and not plan.kind.is_abroad:
        words = Message(
            "the legal basis for {n} capture from before PECA came into force"
            if old == 1
            else "the legal basis for {n} captures from before PECA came into force",
            n=old,
        )
        missing.append(words)
    return tuple(missing)
