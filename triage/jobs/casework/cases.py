"""Cases join reports and carry what an investigation is kept under: numbers, officer, stage and its clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import msgspec

from triage.errors import NotFound, Refused
from triage.jobs.casework.decisions import user_id
from triage.jobs.choices import name_choices
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.load import find
from triage.jobs.session import Session, now
from triage.jobs.state.deadlines import stage_clock
from triage.model.casework import CaseNumber, CaseStage, CaseView, NumberKind, Stage
from triage.model.moment import pakistan_day
from triage.model.users import Right
from triage.resources import resource
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, reports
from triage.store.queries.cases import CaseRow, StageRow

SET_BY_HAND = "set by hand"


class _Length(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    days: int | None = None
    basis: str = ""


class _Lengths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stage: tuple[_Length, ...]


@cache
def _lengths() -> dict[str, _Length]:
    file = msgspec.toml.decode(resource("stages.toml").read_bytes(), type=_Lengths)
    return {Stage(each.name).value: each for each in file.stage}


def open_case(session: Session, report_numbers: Sequence[str] = (), officer: str | None = None) -> CaseView:
    """A new case at its first stage, verification, with these reports in it."""
    session.require(Right.DECIDE)
    officer_id = _officer(session, officer)
    with session.store.batch() as batch:
        ids = [find(batch, number) for number in report_numbers]
        number = cases.next_number(batch, str(pakistan_day(now()).year))
        case_id = cases.add(batch, number, now(), session.user.id, officer_id)
        _enter(batch, session, case_id, Stage.VERIFICATION, due=None, note=None)
        for report_id in ids:
            cases.put_report(batch, case_id, report_id, now(), session.user.id)
        batch.note("case opened", case=case_id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def add_reports(session: Session, number: str, report_numbers: Sequence[str]) -> CaseView:
    """Join reports to a case; a report that was in another one leaves it."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        ids = [find(batch, each) for each in report_numbers]
        for report_id in ids:
            cases.put_report(batch, case.id, report_id, now(), session.user.id)
        batch.note("case joined", case=case.id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def set_number(session: Session, number: str, kind: str, value: str, *, remove: bool = False) -> CaseView:
    """Write down, or strike out, a number under which a register keeps the case."""
    session.require(Right.DECIDE)
    kind, value = _one_of(NumberKind, kind, "kind of number"), value.strip()
    if not value:
        raise Refused("Enter the number as written in the register.")
    with session.store.batch() as batch:
        case = find_case(batch, number)
        if not remove:
            cases.add_number(batch, case.id, kind, value, now(), session.user.id)
        elif not cases.remove_number(batch, case.id, kind, value):
            raise NotFound("{number} has no {kind} number {value}.", number=number, kind=kind, value=value)
        batch.note("case number removed" if remove else "case number set", case=case.id, sort=_safe(kind))
    return show_case(session, number)


def set_stage(session: Session, number: str, stage: str, *, due: str | None = None, note: str | None = None) -> CaseView:
    """Move a case to a stage, or set another day (YYYY-MM-DD) for the one it is in."""
    session.require(Right.DECIDE)
    chosen = Stage(_one_of(Stage, stage, "stage"))
    with session.store.batch() as batch:
        case = find_case(batch, number)
        _enter(batch, session, case.id, chosen, due=None if due is None else day(due), note=note)
        batch.note("case stage", case=case.id, stage=_safe(chosen))
        ids = cases.report_ids(batch, case.id)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return show_case(session, number)


def set_officer(session: Session, number: str, officer: str) -> CaseView:
    """Give a case to an officer; to another than oneself needs a lead."""
    session.require(Right.DECIDE)
    officer_id = _officer(session, officer)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        cases.set_officer(batch, case.id, officer_id or session.user.id)
        batch.note("case given", case=case.id, officer=officer_id or session.user.id)
    return show_case(session, number)


def show_case(session: Session, number: str) -> CaseView:
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _view(db, session, find_case(db, number))


def all_cases(session: Session) -> tuple[CaseView, ...]:
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(_view(db, session, case) for case in cases.all_cases(db))


def day(text: str) -> str:
    """A day as YYYY-MM-DD. Raises Refused."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("{text} is not a date; write it as YYYY-MM-DD.", text=repr(text)) from None


def _enter(batch: Batch, session: Session, case_id: int, stage: Stage, *, due: str | None, note: str | None) -> None:
    """The same stage again keeps its beginning: then only the clock was edited."""
    before = cases.stages(batch, case_id)
    since = before[-1].since if before and before[-1].stage == stage else now()
    length = _lengths()[stage.value]
    basis = SET_BY_HAND if due is not None else ""
    if due is None and length.days is not None:
        due, basis = (pakistan_day(since) + timedelta(days=length.days)).isoformat(), length.basis
    cases.add_stage(batch, case_id, StageRow(stage.value, since, due, basis, session.user.id, note))


def _view(db: Reader, session: Session, case: CaseRow) -> CaseView:
    users = {user.id: user.name for user in session.store.users.all()}
    way = cases.stages(db, case.id)
    return CaseView(
        number=case.number,
        opened=case.opened,
        by=users.get(case.user_id, f"user {case.user_id}"),
        officer=None if case.officer is None else users.get(case.officer),
        stage=way[-1].stage,
        stages=tuple(
            CaseStage(
                stage=s.stage, since=s.since, due=s.due, basis=s.basis, by=users.get(s.user_id, f"user {s.user_id}"), note=s.note
            )
            for s in way
        ),
        numbers=tuple(
            CaseNumber(kind=kind, value=value, by=users.get(user, f"user {user}"))
            for kind, value, user in cases.numbers(db, case.id)
        ),
        reports=tuple(reports.number(db, i) for i in cases.report_ids(db, case.id)),
        clocks=stage_clock(case.number, way),
    )


def find_case(db: Reader, number: str) -> CaseRow:
    """Returns a case by its number. Raises NotFound."""
    case = cases.find(db, number.strip().upper())
    if case is None:
        choices = name_choices([each.number for each in cases.all_cases(db)], "triage case list")
        raise NotFound("There is no case {number}; {choices}.", number=number, choices=choices)
    return case


def _officer(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    found = user_id(session, name)
    if found != session.user.id:
        session.require(Right.ASSIGN)
    return found


def _safe(word: str) -> str:
    """A word that the record takes."""
    return word.lower().replace(" ", "_")


def _one_of(kinds: type[Stage] | type[NumberKind], word: str, what: str) -> str:
    """A word of a list, however it is capitalised or joined."""
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
