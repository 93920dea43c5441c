"""Appeals: what the reported user, or somebody for them, says against the reports of a case, and the answer."""

from __future__ import annotations

from triage.errors import NotFound, Refused
from triage.jobs.casework.cases import parse_day, show_case
from triage.jobs.lookup import find_case, find_report
from triage.jobs.session import Session, now
from triage.model.casework import CaseView
from triage.model.moment import pakistan_day
from triage.model.users import Right
from triage.store.queries import appeals, cases


def record_appeal(
    session: Session,
    number: str,
    text: str,
    *,
    from_whom: str | None = None,
    received: str | None = None,
    report: str | None = None,
) -> CaseView:
    """Records an appeal in a case. `received` is a day, today when not given. Raises NotFound, Refused."""
    session.require(Right.DECIDE)
    text, today = text.strip(), str(pakistan_day(now()))
    if not text:
        raise Refused("Enter what the appeal says.")
    came = today if received is None else parse_day(received)
    if came > today:
        raise Refused("{text} is later than this workstation's clock.", text=came)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        ids = cases.list_report_ids(batch, case.id)
        report_id = ids[0] if report is None and len(ids) == 1 else None if report is None else find_report(batch, report)
        if report_id is not None and report_id not in ids:
            raise Refused("Report {report} is not in case {number}.", report=report or "", number=case.number)
        appeal = appeals.add_appeal(
            batch,
            case_id=case.id,
            report_id=report_id,
            recorded=now(),
            user_id=session.user.id,
            received=came,
            from_whom=(from_whom or "").strip() or None,
            text=text,
        )
        batch.note("appeal recorded", case=case.id, appeal=appeal, text=session.store.keyed(text))
    return show_case(session, number)


def answer_appeal(session: Session, number: str, appeal_id: int, text: str) -> CaseView:
    """Answers an appeal, which ends it. Raises NotFound, Refused."""
    session.require(Right.DECIDE)
    text = text.strip()
    if not text:
        raise Refused("Enter the answer.")
    with session.store.batch() as batch:
        case = find_case(batch, number)
        found = next((each for each in appeals.list_appeals(batch, case.id) if each.id == appeal_id), None)
        if found is None:
            raise NotFound("Case {number} has no appeal {id}.", number=case.number, id=appeal_id)
        if found.answer is not None:
            raise Refused("Appeal {id} was answered already.", id=appeal_id)
        appeals.save_answer(batch, appeal_id, text, now(), session.user.id)
        batch.note("appeal answered", case=case.id, appeal=appeal_id, text=session.store.keyed(text))
    return show_case(session, number)
