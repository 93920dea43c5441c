"""Opens cases and changes them: their reports, register numbers, officer, stage and its deadline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import msgspec

from triage.errors import NotFound, Refused
from triage.jobs.casework.decisions import find_active_user
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_case, find_report
from triage.jobs.session import Session, now
from triage.jobs.state.deadlines import build_stage_deadline
from triage.model.casework import MAX_REGISTER_NUMBER, Appeal, CaseNumber, CaseStage, CaseView, NumberKind, Stage
from triage.model.judgement import Clock
from triage.model.moment import pakistan_day
from triage.model.printable import clean_line
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.priority import notice_clocks
from triage.priority.clocks import TELL_COURT
from triage.resources import resource
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import appeals, cases, reports
from triage.store.queries.cases import CaseRow, StageRow

SET_BY_HAND = "set by hand"
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _StageLength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The standard length of a stage in days, None without one, and where it comes from."""

    name: str
    days: int | None = None
    basis: str = ""


class _StageLengths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file stages.toml."""

    stage: tuple[_StageLength, ...]


@cache
def _load_stage_lengths() -> dict[str, _StageLength]:
    """Returns the standard lengths by stage."""
    file = msgspec.toml.decode(resource("stages.toml").read_bytes(), type=_StageLengths)
    return {Stage(each.name).value: each for each in file.stage}


def open_case(session: Session, report_numbers: Sequence[str] = (), officer: str | None = None) -> CaseView:
    """Opens a case at its first stage, verification, with these reports in it.

    Raises:
        NotFound: if there is no such report or officer
        Refused: without the right
    """
    session.require(Right.DECIDE)
    officer_id = _find_officer(session, officer)
    with session.store.batch() as batch:
        ids = [find_report(batch, number) for number in report_numbers]
        number = cases.next_case_number(batch, str(pakistan_day(now()).year))
        case_id = cases.add_case(batch, number, now(), session.user.id, officer_id)
        _enter_stage(batch, session, case_id, Stage.VERIFICATION, due=None, note=None)
        for report_id in ids:
            cases.assign_report(batch, case_id, report_id, now(), session.user.id)
        batch.note("case opened", case=case_id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def open_taken_case(batch: Batch, report_id: int, user_id: int) -> int:
    """Opens a case at its first stage for a report whose case was opened at another workstation; returns its id.

    The caller enters the stage, checks rights and adds the audit log entry.
    """
    number = cases.next_case_number(batch, str(pakistan_day(now()).year))
    case_id = cases.add_case(batch, number, now(), user_id, None)
    cases.add_stage(batch, case_id, StageRow(Stage.VERIFICATION.value, now(), None, "", user_id, None))
    cases.assign_report(batch, case_id, report_id, now(), user_id)
    return case_id


def add_reports(session: Session, number: str, report_numbers: Sequence[str]) -> CaseView:
    """Adds reports to a case; a report that was in another case leaves it.

    Raises:
        NotFound: if there is no such case or report
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        ids = [find_report(batch, each) for each in report_numbers]
        for report_id in ids:
            cases.assign_report(batch, case.id, report_id, now(), session.user.id)
        batch.note("case joined", case=case.id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def set_number(session: Session, number: str, kind: str, value: str, *, remove: bool = False) -> CaseView:
    """Adds a number under which a register keeps the case, or removes it with `remove`.

    Raises:
        NotFound: if there is no such case, or no such number to remove
        Refused: for an unknown kind, an empty value, or one that is no plain line
    """
    session.require(Right.DECIDE)
    kind = _find_word(NumberKind, kind, "kind of number")
    value = value.strip() if remove else _clean_number(kind, value)
    if not value:
        raise Refused("Enter the number as written in the register.")
    with session.store.batch() as batch:
        case = find_case(batch, number)
        if not remove:
            cases.add_register_number(batch, case.id, kind, value, now(), session.user.id)
        elif not cases.remove_register_number(batch, case.id, kind, value):
            raise NotFound("{number} has no {kind} number {value}.", number=number, kind=kind, value=value)
        batch.note("case number removed" if remove else "case number set", case=case.id, sort=_format_for_log(kind))
    return show_case(session, number)


def _clean_number(kind: str, value: str) -> str:
    """Returns the number without the direction marks that keyboards and copied text bring along.

    Raises:
        Refused: if it is not one plain line
    """
    try:
        return clean_line(_DIRECTION_MARKS.sub("", value), MAX_REGISTER_NUMBER)
    except ValueError:
        raise Refused("{name} takes one plain line of at most {most} characters.", name=kind, most=MAX_REGISTER_NUMBER) from None


def set_stage(session: Session, number: str, stage: str, *, due: str | None = None, note: str | None = None) -> CaseView:
    """Moves a case to a stage, or sets another deadline (YYYY-MM-DD) for its present stage.

    Raises:
        NotFound: if there is no such case
        Refused: for an unknown stage or a text that is no date
    """
    session.require(Right.DECIDE)
    chosen = Stage(_find_word(Stage, stage, "stage"))
    with session.store.batch() as batch:
        case = find_case(batch, number)
        _enter_stage(batch, session, case.id, chosen, due=None if due is None else parse_day(due), note=note)
        batch.note("case stage", case=case.id, stage=_format_for_log(chosen), day_named=int(due is not None))
        ids = cases.list_report_ids(batch, case.id)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def set_officer(session: Session, number: str, officer: str) -> CaseView:
    """Assigns a case to an officer. Assigning to somebody else needs a lead.

    Raises:
        NotFound: if there is no such case or active user
    """
    session.require(Right.DECIDE)
    officer_id = _find_officer(session, officer)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        cases.set_officer(batch, case.id, officer_id or session.user.id)
        batch.note("case given", case=case.id, officer=officer_id or session.user.id)
    return show_case(session, number)


def show_case(session: Session, number: str) -> CaseView:
    """Returns everything known about a case.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return build_case_view(db, session, find_case(db, number))


def load_views(session: Session, case_ids: Sequence[int]) -> dict[int, CaseView]:
    """Returns id -> everything known about each of these cases."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return {case.id: build_case_view(db, session, case) for case in cases.load_cases(db, case_ids)}


def parse_day(text: str) -> str:
    """Returns a day as YYYY-MM-DD.

    Raises:
        Refused: if the text is no date
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("{text} is not a date; write it as YYYY-MM-DD.", text=repr(text)) from None


def _enter_stage(batch: Batch, session: Session, case_id: int, stage: Stage, *, due: str | None, note: str | None) -> None:
    """Adds a stage to the case. The present stage given again keeps its beginning: then only its deadline changes."""
    before = cases.list_stages(batch, case_id)
    since = before[-1].since if before and before[-1].stage == stage else now()
    length = _load_stage_lengths()[stage.value]
    basis = SET_BY_HAND if due is not None else ""
    if due is None and length.days is not None:
        due, basis = (pakistan_day(since) + timedelta(days=length.days)).isoformat(), length.basis
    cases.add_stage(batch, case_id, StageRow(stage.value, since, due, basis, session.user.id, note))


def build_case_view(db: Reader, session: Session, case: CaseRow) -> CaseView:
    """Returns everything known about a case."""
    users = session.store.users.names()
    way = cases.list_stages(db, case.id)
    return CaseView(
        number=case.number,
        opened=case.opened,
        by=name_user(users, case.user_id),
        officer=None if case.officer is None else users.get(case.officer),
        stage=way[-1].stage,
        stages=tuple(
            CaseStage(stage=s.stage, since=s.since, due=s.due, basis=s.basis, by=name_user(users, s.user_id), note=s.note)
            for s in way
        ),
        numbers=tuple(
            CaseNumber(kind=kind, value=value, by=name_user(users, user))
            for kind, value, user in cases.list_numbers_of_case(db, case.id)
        ),
        reports=tuple(reports.load_number(db, i) for i in cases.list_report_ids(db, case.id)),
        clocks=(*build_stage_deadline(case.number, way), *_find_court_duties(db, case.id)),
        appeals=tuple(
            Appeal(
                id=a.id,
                report=a.number,
                received=a.received,
                from_whom=a.from_whom,
                text=a.text,
                recorded=a.recorded,
                by=name_user(users, a.user_id),
                answer=a.answer,
                answered=a.answered,
                answered_by=None if a.answered_by is None else name_user(users, a.answered_by),
            )
            for a in appeals.list_appeals(db, case.id)
        ),
    )


def _find_court_duties(db: Reader, case_id: int) -> tuple[Clock, ...]:
    """Returns the deadlines for telling the Court of notices on the case's reports, each notice once, the first to end first."""
    found = {
        clock
        for report_id in cases.list_report_ids(db, case_id)
        for notice in cases.list_notices(db, report_id)
        for clock in notice_clocks(notice.issued, notice.to_whom, notice.number, notice.told_court)
        if clock.name == TELL_COURT
    }
    return tuple(sorted(found, key=lambda clock: (clock.due, str(clock.basis))))


def _find_officer(session: Session, name: str | None) -> int | None:
    """Returns the id of an active user, or None for None. Another user than oneself needs a lead."""
    if name is None:
        return None
    found = find_active_user(session, name)
    if found != session.user.id:
        session.require(Right.ASSIGN)
    return found


def _format_for_log(word: str) -> str:
    """Returns the word in a form that the audit log takes."""
    return word.lower().replace(" ", "_")


def _find_word(kinds: type[Stage] | type[NumberKind], word: str, what: str) -> str:
    """Returns the word of a list, however it is capitalised or joined.

    Raises:
        Refused: if the list does not have it
    """
    spoken = word.replace("-", " ").replace("_", " ").casefold()
    for each in kinds:
        if each.value.casefold() == spoken:
            return each.value
    raise Refused(
        "There is no {what} {word}; choose from: {kinds}.",
        what=what,
        word=repr(word),
        kinds=tuple(each.value for each in kinds),
    )
