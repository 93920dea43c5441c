"""Writes the diary of a case: everything that was done on it and on its reports, in the order of time.

Who viewed which file is not in it: a person's exposure is their own account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from triage.exports.case_diary import format_diary
from triage.jobs.leaving.outgoing import NOT_SAID, check_may_leave, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.lookup import find_case
from triage.jobs.session import Session
from triage.jobs.state.grades import work_out_grade
from triage.jobs.state.notices import list_notices
from triage.message import Message
from triage.model.casework import GRADED
from triage.model.diary import CaseDiary, DiaryEntry
from triage.model.handover import Handover
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import appeals, audit_log, cases, corrections, decisions, grades, referrals, reports, requests
from triage.store.queries.cases import CaseRow

_LOGGED = {
    "report imported": Message("Report imported from its source documents"),
    "packet made": Message("Evidence packet begun"),
    "packet not finished": Message("Evidence packet was not finished"),
    "hold placed": Message("Legal hold placed"),
    "hold lifted": Message("Legal hold lifted"),
    "child lane confirmed": Message("Release of a report in the child lane confirmed"),
}
"""Kinds of the audit log that stand in no other table -> what the diary says."""


def load_diary(session: Session, number: str) -> CaseDiary:
    """Returns the diary of a case.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _build_diary(session, db, find_case(db, number))


def export_diary(
    session: Session,
    number: str,
    out: Path,
    *,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
) -> CaseDiary:
    """Writes the diary of a case to a signed .pdf or .xlsx.

    Raises:
        NotFound: if there is no such case
        Refused: without the right, or when a report of the case may not leave
        WorldError: for another ending, or when the file can't be written
    """
    session.require(Right.CASE_PAPERS)
    with session.reading() as db:
        case = find_case(db, number)
        leaving = check_may_leave(db, cases.list_report_ids(db, case.id), although_cleared)
        diary = _build_diary(session, db, case)
    data = format_diary(diary, out, describe_export(session), leaving.sentence)

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note("diary exported", case=case.id, file=session.store.keyed(out.name))

    write_out(session, ((out, data),), kind="diary", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return diary


def _build_diary(session: Session, db: Reader, case: CaseRow) -> CaseDiary:
    """Builds the diary."""
    users = session.store.users.names()
    ids = cases.list_report_ids(db, case.id)
    stages = cases.list_stages(db, case.id)
    return CaseDiary(
        case=case.number,
        opened=case.opened,
        officer=None if case.officer is None else users.get(case.officer),
        stage=stages[-1].stage,
        numbers=tuple((kind, value) for kind, value, _ in cases.list_numbers_of_case(db, case.id)),
        reports=tuple(reports.load_number(db, i) for i in ids),
        entries=list_entries(db, case, users, logged=True),
    )


def list_entries(db: Reader, case: CaseRow, users: dict[int, str], *, logged: bool = False) -> tuple[DiaryEntry, ...]:
    """Returns the entries, the oldest first.

    With `logged` also what stands in the audit log alone, such as imports and packets. That walks the whole log.
    """
    entries = [*_list_of_case(db, case, users)]
    for report_id in cases.list_report_ids(db, case.id):
        entries += _list_of_report(db, report_id, users)
        if logged:
            entries += _list_logged(db, report_id, users)
    return tuple(sorted(entries, key=lambda entry: (entry.when, entry.report or "")))


def _list_of_case(db: Reader, case: CaseRow, users: dict[int, str]) -> Iterator[DiaryEntry]:
    """Yields what was done to the case as a whole."""

    def entry(when: str, user: int | None, what: Message, report: str | None = None, text: str | None = None) -> DiaryEntry:
        """Returns an entry of a user."""
        return DiaryEntry(when=when, who=_name(users, user), report=report, what=what, text=text)

    yield entry(case.opened, case.user_id, Message("Case opened"))
    for kind, value, added, user in cases.list_numbers_with_times(db, case.id):
        yield entry(added, user, Message("Number recorded: {kind} {value}", kind=Message(kind), value=value))  # message-ok
    for number, added, user in cases.list_additions(db, case.id):
        yield entry(added, user, Message("Report added to the case"), number)
    for stage in cases.list_stages(db, case.id):
        what = Message("Stage: {stage}", stage=Message(stage.stage))  # message-ok
        if stage.due:
            what = Message("Stage: {stage}, to end by {due}", stage=Message(stage.stage), due=stage.due)  # message-ok
        yield entry(stage.since, stage.user_id, what, text=stage.note)
    for appeal in appeals.list_appeals(db, case.id):
        yield entry(
            appeal.recorded,
            appeal.user_id,
            Message(
                "Appeal of {name}, received on {day}, recorded",
                name=appeal.from_whom or Message("the reported user"),
                day=appeal.received,
            ),
            appeal.number,
            appeal.text,
        )
        if appeal.answered is not None:
            yield entry(appeal.answered, appeal.answered_by, Message("Appeal answered"), appeal.number, appeal.answer)


def _list_of_report(db: Reader, report_id: int, users: dict[int, str]) -> Iterator[DiaryEntry]:
    """Yields what was done on one report of the case."""
    number = reports.load_number(db, report_id)

    def entry(when: str, user: int | None, what: Message, text: str | None = None) -> DiaryEntry:
        """Returns an entry of a user about the report."""
        return DiaryEntry(when=when, who=_name(users, user), report=number, what=what, text=text)

    for decision in decisions.list_decisions(db, report_id):
        what = Message("Decision: {status}", status=Message(decision.status.replace("_", " ")))  # message-ok
        if decision.assignee is not None:
            what = Message("{what}, assigned to {name}", what=what, name=_name(users, decision.assignee))
        said = "; ".join(text for text in (decision.reason, decision.note) if text)
        yield entry(decision.taken, decision.user_id, _mark_undone(what, bool(decision.undone)), said or None)
    for row in corrections.list_corrections(db, report_id):
        made = row.correction
        what = Message("Judgement corrected. Band set to {band}", band=made.band or "")
        if made.rule is not None:
            verdict = Message(made.verdict or "")  # message-ok
            what = Message("Judgement corrected. Factor {rule}: {verdict}", rule=made.rule, verdict=verdict)
        yield entry(made.made, row.user_id, _mark_undone(what, bool(row.undone)), made.reason)
    for notice in list_notices(db, report_id, users):
        what = Message("Preservation notice issued to {name} (PECA s. 31)", name=notice.to_whom)
        if notice.number:
            what = Message(
                "Preservation notice number {number} issued to {name} (PECA s. 31)", number=notice.number, name=notice.to_whom
            )
        yield DiaryEntry(when=notice.issued, who=notice.by, report=number, what=what)
        if notice.court_informed is not None:
            what = Message("Court informed of the preservation notice")
            yield DiaryEntry(when=notice.court_informed, who=notice.by, report=number, what=what)
    yield from _list_what_left(db, report_id, users)
    for rows in grades.load_grades(db, grades.load_graded_media(db, [report_id]).get(report_id, [])).values():
        if work_out_grade(rows)[0] == GRADED:  # a grade that waits for a second person is shown to nobody
            for grade in (each for each in rows if each.report_id == report_id):
                yield entry(grade.given, grade.user_id, Message("File graded: {grade}", grade=Message(grade.grade)))  # message-ok


def _list_logged(db: Reader, report_id: int, users: dict[int, str]) -> Iterator[DiaryEntry]:
    """Yields what the audit log alone says of a report."""
    number = reports.load_number(db, report_id)
    for _n, text, _leaf in audit_log.list_entries_about(db, report_id, ()):
        said = json.loads(text)
        if said["kind"] in _LOGGED:
            who = _name(users, said["user"])
            yield DiaryEntry(when=said["when"], who=who, report=number, what=_LOGGED[said["kind"]])


def _list_what_left(db: Reader, report_id: int, users: dict[int, str]) -> Iterator[DiaryEntry]:
    """Yields the requests about a report, their replies, and its referrals."""
    number = reports.load_number(db, report_id)

    def entry(when: str, user: int | None, what: Message) -> DiaryEntry:
        """Returns an entry of a user about the report."""
        return DiaryEntry(when=when, who=_name(users, user), report=number, what=what)

    for request, kind, to, made_at, user, sent, sent_by in requests.list_requests_of_report(db, report_id):
        what = Message("Request {request} ({kind}) to {name} made", request=request, kind=Message(kind), name=to)  # message-ok
        yield entry(made_at, user, what)
        if sent is not None:
            yield entry(sent, sent_by, Message("Request {request} sent", request=request))
    for request, name, received, user in requests.list_replies_of_report(db, report_id):
        yield entry(received, user, Message("Reply to request {request} imported: {file}", request=request, file=name))
    for referral in referrals.list_referrals(db, report_id):
        what = Message("Referred to {body}; the referral names no child", body=referral.body)
        if referral.names_child:
            what = Message("Referred to {body}; the referral names or locates a child", body=referral.body)
        yield entry(referral.made, referral.user_id, what)


def _mark_undone(what: Message, undone: bool) -> Message:
    """Returns what was done, and that it was undone."""
    return Message("{what} (undone later)", what=what) if undone else what


def _name(users: dict[int, str], user: int | None) -> str:
    """Returns a user's name."""
    return "not recorded" if user is None else name_user(users, user)
