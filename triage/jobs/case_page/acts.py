"""Finds what a case waits for: its next acts and its papers, each with a reason and with what blocks it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.jobs.state.deadlines import STAGE
from triage.jobs.state.next_act import SOON
from triage.message import NOTHING, Message
from triage.model.case_page import CaseAct, CasePaper
from triage.model.casework import CaseView, NumberKind
from triage.model.data_requests import RequestRow
from triage.model.moment import parse_utc
from triage.model.views import QueueRow
from triage.priority.clocks import OPERATOR, PROVIDER

MOST_OF_A_KIND = 3
"""Acts of one kind that are listed one by one; the rest is one line."""
VICTIM_NAMED = "victim named"
PLAN_FIRST = Message("A referral that names a child waits for a plan for safe contact.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What the acts of a case depend on."""

    case: CaseView
    rows: Sequence[QueueRow]
    """The reports, the gravest first."""
    requests: Sequence[RequestRow]
    ungraded: int
    noticed: frozenset[str]
    """Reports for which a preservation notice is recorded."""
    referred: frozenset[str]
    """Reports that were referred to a body."""
    now: datetime
    packets: Sequence[Message] = ()
    """The packets with reports of the case, the newest first."""


def list_acts(state: CaseState) -> tuple[CaseAct, ...]:
    """Returns the acts that the case waits for: overdue ones first, then those with a deadline, then the others."""
    if not state.rows:
        return (
            CaseAct(name="reports", words=Message("Add reports"), why=Message("The case holds no report yet.")),
            *_list_case_acts(state),
        )
    found = [
        *_list_request_acts(state),
        *_list_report_acts(state),
        *_list_appeal_acts(state),
        *_list_case_acts(state),
    ]
    order = {"overdue": 0, "soon": 1, "open": 2}
    return tuple(sorted(found, key=lambda act: order[act.urgency]))


def _list_request_acts(state: CaseState) -> Iterator[CaseAct]:
    """Yields what requests wait for."""
    overdue = [each for each in state.requests if each.state == "overdue"]
    for each in overdue[:MOST_OF_A_KIND]:
        days = 0 if each.due is None else max(0, (state.now - parse_utc(each.due)).days)
        why = (
            Message("Request {number}: the answer is overdue by {n} day.", number=each.number, n=days)
            if days == 1
            else Message("Request {number}: the answer is overdue by {n} days.", number=each.number, n=days)
        )
        words = Message("Remind {name}", name=each.addressee)
        yield CaseAct(name="remind", words=words, why=why, urgency="overdue", about=each.number)
    for each in state.requests:
        if each.court_due is not None and each.court_informed is None and each.state != "closed":
            why = Message("The Court has to be told of {number} (PECA s.31).", number=each.number)
            words, urgency = Message("Tell the Court"), "overdue" if each.court_overdue else "soon"
            yield CaseAct(name="court", words=words, why=why, urgency=urgency, about=each.number)  # type: ignore[arg-type]
    for each in state.requests:
        if each.unmatched or each.unread_replies:
            why = Message("Rows that belong to no line: {n}; documents not read: {m}.", n=each.unmatched, m=each.unread_replies)
            yield CaseAct(name="reply", words=Message("Read reply {number}", number=each.number), why=why, about=each.number)
    drafts = [each for each in state.requests if each.state == "draft"]
    if drafts:
        why = Message("A draft can't be sent; missing: {what}.", what=tuple(dict.fromkeys(m for d in drafts for m in d.missing)))
        words = (
            Message("Complete {number}", number=drafts[0].number)
            if len(drafts) == 1
            else Message("Complete {n} requests", n=len(drafts))
        )
        yield CaseAct(name="number", words=words, why=why, about=drafts[0].number)


def _tell_end(days: int, *, operator: bool) -> Message:
    """Returns in how many days the data of a report end."""
    if operator and days == 1:
        return Message("The operator's log ends in {n} day; no notice is recorded.", n=days)
    if operator:
        return Message("The operator's log ends in {n} days; no notice is recorded.", n=days)
    if days == 1:
        return Message("The provider's data end in {n} day; no notice is recorded.", n=days)
    return Message("The provider's data end in {n} days; no notice is recorded.", n=days)


def _list_report_acts(state: CaseState) -> Iterator[CaseAct]:
    """Yields what reports wait for."""
    expiring = [
        row
        for row in state.rows
        if row.deadline is not None
        and row.deadline_name in (OPERATOR, PROVIDER)
        and row.report_id not in state.noticed
        and parse_utc(row.deadline) - state.now < SOON
    ]
    for row in sorted(expiring, key=lambda each: each.deadline or "")[:MOST_OF_A_KIND]:
        days = max(0, (parse_utc(row.deadline or "") - state.now).days)
        why = _tell_end(days, operator=row.deadline_name == OPERATOR)
        words = Message("Preserve {report}", report=row.report_id)
        yield CaseAct(name="preserve", words=words, why=why, urgency="soon", about=row.report_id)
    if (more := len(expiring) - MOST_OF_A_KIND) > 0:
        why = Message("Their data also end within 30 days; no notice is recorded.")
        words = Message("Preserve {n} more report" if more == 1 else "Preserve {n} more reports", n=more)
        yield CaseAct(name="preserve", words=words, why=why, urgency="soon")
    for row in state.rows:
        if row.child_lane == "waits for a lead":
            why = Message("The reported user may be a child; nothing leaves before a lead confirmed it.")
            words = Message("Confirm {report}", report=row.report_id)
            yield CaseAct(name="child_lane", words=words, why=why, about=row.report_id)
    named = [row for row in state.rows if _names_child(row) and row.report_id not in state.referred]
    if named:
        words = (
            Message("Refer {report}", report=named[0].report_id)
            if len(named) == 1
            else Message("Refer {n} reports", n=len(named))
        )
        why = Message("A child is named, and no child protection body was told.")
        yield CaseAct(name="referral", words=words, why=why, about=named[0].report_id, blocked=PLAN_FIRST)
    if state.ungraded:
        words = Message("Grade {n} media item" if state.ungraded == 1 else "Grade {n} media items", n=state.ungraded)
        yield CaseAct(name="grade", words=words, why=Message("Nobody has graded them."))


def _list_appeal_acts(state: CaseState) -> Iterator[CaseAct]:
    """Yields the appeals that nobody answered."""
    for appeal in state.case.appeals:
        if appeal.open:
            why = Message("It was received on {day} and not answered.", day=appeal.received)
            yield CaseAct(name="appeal", words=Message("Answer the appeal"), why=why, urgency="soon", about=str(appeal.id))


def _list_case_acts(state: CaseState) -> Iterator[CaseAct]:
    """Yields what the case as a whole waits for."""
    case = state.case
    if case.officer is None:
        yield CaseAct(name="officer", words=Message("Assign an officer"), why=Message("The case is unassigned."), urgency="soon")
    for clock in case.clocks:
        if clock.name == STAGE and parse_utc(clock.due) - state.now < SOON:
            over = parse_utc(clock.due) < state.now
            why = Message("Its deadline is over.") if over else Message("It ends within 30 days.")
            stage = Message(case.stage)  # message-ok
            words, urgency = Message("End the stage {stage}", stage=stage), "overdue" if over else "soon"
            yield CaseAct(name="stage", words=words, why=why, urgency=urgency)  # type: ignore[arg-type]
    if state.rows and not state.requests:
        why = Message("No operator or provider was asked for data of this case.")
        yield CaseAct(name="request", words=Message("Request data"), why=why)
    if state.rows and NumberKind.SOURCE_REPORT.value not in {number.kind for number in case.numbers}:
        why = Message("No source report number is recorded.")
        yield CaseAct(name="paper", words=Message("Write the source report"), why=why)


def list_papers(state: CaseState, missing: Sequence[Message]) -> tuple[CasePaper, ...]:
    """Returns the papers of the case. `missing` is what the draft of a source report lacks."""
    waiting = [row.report_id for row in state.rows if row.child_lane == "waits for a lead"]
    lane = Message("Waits for a lead to confirm {reports}.", reports=tuple(waiting)) if waiting else NOTHING
    numbers = {number.kind: number.value for number in state.case.numbers}
    papers = [
        CasePaper(
            name="source_report",
            state=Message("Number {value}", value=numbers[NumberKind.SOURCE_REPORT.value])
            if NumberKind.SOURCE_REPORT.value in numbers
            else Message("Draft; missing: {what}", what=tuple(missing))
            if missing
            else Message("Ready to be drafted"),
            blocked=lane,
        ),
        CasePaper(name="packet", state=Message("Made from the page of a report"), blocked=lane, made=tuple(state.packets)),
    ]
    for row in [each for each in state.rows if _names_child(each)][:MOST_OF_A_KIND]:
        done = row.report_id in state.referred
        papers.append(
            CasePaper(
                name="referral",
                state=Message("Referred") if done else Message("Not referred"),
                blocked=NOTHING if done else PLAN_FIRST,
                report=row.report_id,
            )
        )
    papers.append(CasePaper(name="diary", state=Message("Can be written at any time"), blocked=lane))
    return tuple(papers)


def _names_child(row: QueueRow) -> bool:
    """Returns whether a report names a child whom a referral could concern."""
    return VICTIM_NAMED in row.flags
