"""Makes requests to operators and providers: of a case, or of everything that expires soon."""

from __future__ import annotations

import json
import secrets
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage.exports.outgoing_file import must_be_free
from triage.exports.request_annex import format_annex
from triage.exports.request_letter import LetterFacts, describe_case_numbers, format_letter
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.leaving.outgoing import NO_REPORT, NOT_SAID, check_may_leave, write_out
from triage.jobs.officer import describe_officer
from triage.jobs.requests import addressees
from triage.jobs.requests.collecting import Collected, LineGroup
from triage.jobs.requests.planning import (
    RequestPlan,
    choose_groups,
    collect_expiring,
    collect_of_case,
    drop_asked,
    find_missing,
    find_numbers,
    list_shared,
)
from triage.jobs.requests.sent_notices import record_notices, require_kind
from triage.jobs.requests.watch import StepWatch
from triage.jobs.session import Session, now
from triage.message import Message, to_data
from triage.model.data_requests import AnnexLine, LineFact, MadeRequest, MadeRequests, RequestKind
from triage.model.exports import Cleared
from triage.model.handover import Handover
from triage.model.moment import format_utc, pakistan_day, parse_utc
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Officer, Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, requests
from triage.store.queries.requests import StoredRequest

_NUMBER_DIGITS = 10
_WRITING = Message("writing letters")


def create_requests(
    session: Session,
    case_number: str,
    kind: RequestKind,
    out: Path,
    *,
    operator: str | None = None,
    warrant: str | None = None,
    child_line: bool = False,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> MadeRequests:
    """Makes the requests of one kind for a case: one for each operator or provider, in a folder of its own below `out`.

    A request of the case that was not sent yet is written anew under its number, with the same line numbers.
    With `although_cleared`, a reason, also of reports whose reported user was cleared; the first line of the letter names the
    lines and the reason.

    Raises:
        NotFound: if there is no such case
        Refused: without the right, for an operator that no line leads to, or for a reason where nobody was cleared
        WorldError: when something lies at `out`, an empty folder excepted
        Cancelled: when it was stopped; requests that were stored are written out the next time
    """
    session.require(Right.CASE_PAPERS)
    if child_line:
        session.require(Right.ASSIGN)
    watch = StepWatch(on_progress, cancel)
    with session.reading() as db:
        must_be_free(out)
        planned = collect_of_case(
            db,
            case_number,
            kind,
            warrant=warrant,
            child_line=child_line,
            although_cleared=although_cleared,
            watch=watch,
        )
    return _write_requests(
        session, [planned], out, handover=handover, operator=operator, although_cleared=although_cleared, watch=watch
    )


def preserve_expiring(
    session: Session,
    days: int,
    out: Path,
    *,
    only: Sequence[int] | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> MadeRequests:
    """Asks all operators and providers to keep what expires within so many days, of all reports that are not closed.

    `only` are ids of reports that a person chose; others are left out.
    Providers abroad come first. Of one addressee, lines of cases with an enquiry or FIR number are in a request that can be sent;
    the others are in a draft. A line that a sent and unanswered request asks to keep is not asked for again.

    Raises:
        Refused: without the right, or for a number of days that is none
        WorldError: when something lies at `out`, an empty folder excepted
        Cancelled: when it was stopped; requests that were stored are written out the next time
    """
    session.require(Right.CASE_PAPERS)
    watch = StepWatch(on_progress, cancel)
    with session.reading() as db:
        must_be_free(out)
        plans = collect_expiring(db, days, watch, only)
    return _write_requests(session, plans, out, handover=handover, watch=watch)


# -- rows ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A request whose rows are stored, and that is ready to be written out."""

    request: StoredRequest
    group: LineGroup
    plan: RequestPlan
    lines: tuple[AnnexLine, ...]
    numbers: tuple[tuple[str, str], ...]
    missing: tuple[Message, ...]


def _write_requests(
    session: Session,
    plans: Sequence[tuple[RequestPlan, Collected]],
    out: Path,
    *,
    handover: Handover,
    watch: StepWatch,
    operator: str | None = None,
    although_cleared: str | None = None,
) -> MadeRequests:
    """Stores the rows of the requests, then writes letters and annexes.

    A kill in between leaves unsent requests; the next call writes these out under the same numbers.
    """
    joined: set[int] = set()
    with session.store.batch() as batch:
        written = [
            each for plan, collected in plans for each in _store_requests(session, batch, plan, collected, operator, joined)
        ]
        left_out = tuple(each for _, collected in plans for each in collected.list_left_out(batch))
        mark_for_reassessing(batch, sorted(joined))
    reassess(session, sorted(joined))
    made: list[MadeRequest] = []
    files: list[tuple[Path, bytes]] = []
    asked_about = sorted({i for each in written for ids in each.group.lines.values() for i in ids})
    with session.reading() as db:
        apart = destruction.find_cleared(db, asked_about)
        leaving = check_may_leave(db, asked_about, although_cleared if apart else None) if written else NO_REPORT
        shared = list_shared(db, asked_about)
    for at, each in enumerate(written):
        watch.step(at, len(written), "files", _WRITING)
        folder = Path(each.request.addressee)
        files += _format_files(session, each, folder, apart, leaving.cleared)
        made.append(_describe(each, out / folder))
    if files:

        def note(batch: Batch) -> None:
            """Adds the audit log entries of what was written."""
            entry = batch.note("requests written", requests=[each.request.id for each in written], reports=asked_about)
            if leaving.cleared is not None:
                reason = session.store.keyed(leaving.cleared.reason)
                batch.note("requests written although cleared", entry=entry, reason=reason)

        write_out(session, files, kind="request", folder=out, handover=handover, leaving=leaving, note=note)
    return MadeRequests(requests=tuple(made), left_out=left_out, shared=shared)


def _store_requests(
    session: Session, batch: Batch, plan: RequestPlan, collected: Collected, operator: str | None, joined: set[int]
) -> list[_Written]:
    """Stores the requests of a plan with their lines. What is asked for already is left out.

    Adds to `joined` the reports that join a request that was sent before.
    """
    groups = choose_groups(collected, operator)
    joined |= _join_requests(session, batch, drop_asked(batch, plan.kind, groups, collected))
    found = [_store_request(session, batch, plan, group) for group in groups if group.lines]
    return sorted(found, key=lambda each: each.request.number)


def _join_requests(session: Session, batch: Batch, joining: Mapping[str, Mapping[int, set[int]]]) -> set[int]:
    """Adds reports to lines of requests that were sent, so that answer, notice and deadline are theirs too; returns the new ones.

    `joining` is the number of the request -> its line -> the reports.
    """
    joined: set[int] = set()
    for number, of_lines in sorted(joining.items()):
        request = requests.find_request(batch, number)
        if request is None or request.sent is None:
            raise LookupError("the request that asks for the line is gone")
        before = {i for ids in requests.list_reports_of_lines(batch, request.id).values() for i in ids}
        for line_id, report_ids in of_lines.items():
            requests.add_line_reports(batch, line_id, report_ids)
        asked = {i for ids in of_lines.values() for i in ids}
        record_notices(batch, request, request.sent, sorted(asked), session.user.id)
        if new := sorted(asked - before):
            batch.note("request joined", request=request.id, reports=new)
        joined |= asked
    return joined


def _store_request(session: Session, batch: Batch, plan: RequestPlan, group: LineGroup) -> _Written:
    """Stores one request with its lines; an unsent one of the same sort is taken up again."""
    sort = requests.RequestSort(
        kind=plan.kind.value, addressee=group.addressee.id, case_id=plan.case_id, ready=group.ready, child=group.child
    )
    before = requests.find_unsent_request(batch, sort)
    if before is None:
        number = requests.next_request_number(batch, str(pakistan_day(now()).year))
        requests.add_request(batch, sort, number=number, name=group.addressee.name, made=now(), user_id=session.user.id)
        before = requests.find_request(batch, number)
        if before is None:
            raise LookupError("the request was not stored")
        batch.note("request made", request=before.id, sort=plan.kind.value.replace("-", "_"))
    lines = _store_lines(batch, before.id, group)
    numbers = find_numbers(batch, plan, group)
    missing = find_missing(plan, group, numbers)
    requests.save_request(
        batch,
        before.id,
        missing=json.dumps([to_data(each) for each in missing], ensure_ascii=False),
        warrant=plan.warrant,
        lines=len(lines),
        made=now(),
        user_id=session.user.id,
    )
    return _Written(request=before, group=group, plan=plan, lines=lines, numbers=numbers, missing=missing)


def _store_lines(batch: Batch, request_id: int, group: LineGroup) -> tuple[AnnexLine, ...]:
    """Stores the lines of a request, and returns them by their random numbers. A line that was there keeps its number."""
    known = {(each.kind, each.value, each.port, each.utc): each for each in requests.list_lines(batch, request_id)}
    kept: list[AnnexLine] = []
    for fact, report_ids in group.lines.items():
        stored = known.pop(fact.key, None)
        encoded = msgspec.json.encode(fact)
        if stored is None:
            number = _draw_line_number(batch)
            line_id = requests.add_line(
                batch, request_id, line=number, kind=fact.kind, value=fact.value, port=fact.port, utc=fact.utc, fact=encoded
            )
        else:
            number, line_id = stored.line, stored.id
            requests.set_line_fact(batch, line_id, encoded)
        requests.replace_line_reports(batch, line_id, report_ids)
        kept.append(AnnexLine(line=number, fact=fact))
    requests.delete_lines(batch, [each.id for each in known.values()])
    return tuple(sorted(kept, key=lambda line: line.line))


def _draw_line_number(db: Reader) -> str:
    """Returns a random line number that no other line of the store has. Nothing of the line can be concluded from it."""
    while True:
        number = str(10 ** (_NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (_NUMBER_DIGITS - 1)))
        if not requests.is_line_number_taken(db, number):
            return number


# -- files -----------------------------------------------------------------------------------------------------------------


def _format_files(
    session: Session, each: _Written, folder: Path, apart: Container[int], cleared: Cleared | None
) -> list[tuple[Path, bytes]]:
    """Returns letter and annex of a request. `apart` are the reports whose reported user was cleared."""
    request = each.request
    of_cleared = {fact for fact, ids in each.group.lines.items() if any(i in apart for i in ids)}
    named = tuple(line.line for line in each.lines if line.fact in of_cleared)
    facts = make_letter_facts(
        request,
        describe_officer(session),
        case_numbers=describe_case_numbers(each.numbers),
        warrant=each.plan.warrant,
        lines=len(each.lines),
        missing=each.missing,
        although=(named, cleared.reason) if cleared is not None and named else None,
    )
    annex = format_annex(each.lines, number=request.number, made=facts.made, draft=bool(each.missing))
    return [(folder / f"{request.number}-letter.docx", format_letter(facts)), (folder / f"{request.number}-annex.xlsx", annex)]


def make_letter_facts(
    request: StoredRequest,
    officer: Officer,
    *,
    case_numbers: tuple[str, ...],
    warrant: str | None,
    lines: int,
    missing: tuple[Message, ...] = (),
    although: tuple[tuple[str, ...], str] | None = None,
) -> LetterFacts:
    """Returns what a letter says of a request and of who signs it."""
    kind = require_kind(request)
    addressee = addressees.find_by_id(request.addressee, request.name, abroad=kind.is_abroad)
    made = parse_utc(now())
    return LetterFacts(
        number=request.number,
        kind=kind,
        addressee=addressee.name,
        office=addressee.office,
        address=addressees.get_blank_address(),
        day=pakistan_day(format_utc(made)).isoformat(),
        made=made,
        officer=officer,
        case_numbers=case_numbers,
        warrant=warrant,
        lines=lines,
        draft=bool(missing),
        missing=tuple(str(each) for each in missing),
        child=bool(request.child),
        although=although,
    )


def _describe(each: _Written, folder: Path) -> MadeRequest:
    """Returns what people read of a request that was written out."""
    return MadeRequest(
        number=each.request.number,
        kind=each.request.kind,
        addressee=each.group.addressee.name,
        case=each.plan.case,
        lines=len(each.lines),
        path=str(folder),
        draft=bool(each.missing),
        missing=each.missing,
    )


def decode_fact(data: bytes) -> LineFact:
    """Returns a stored line as it stands in the annex."""
    return msgspec.json.decode(data, type=LineFact)
