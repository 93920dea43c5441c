"""That reports were put into a case is undone: each goes back, and a case that holds nothing is withdrawn."""

from __future__ import annotations

import pytest

from tests.jobs.test_cases import ONE, TWO, filled_store, unlock_as  # noqa: F401  the fixture
from triage.errors import NotFound, Refused
from triage.jobs.casework import cases
from triage.jobs.casework.case_list import find_cases, find_cases_of_reports
from triage.jobs.casework.case_undo import undo_joining
from triage.jobs.session import Session
from triage.model.casework import CaseFilter


def test_an_opened_case_is_withdrawn_and_its_number_is_not_given_again(filled: Session) -> None:
    case = cases.open_case(filled, [ONE, TWO])
    undone = undo_joining(filled, case.number, {ONE: None, TWO: None})
    assert (undone.reports, undone.withdrawn) == (2, True)
    assert not find_cases(filled, CaseFilter()) and find_cases_of_reports(filled, [ONE, TWO]) == {ONE: None, TWO: None}
    with pytest.raises(NotFound):
        cases.show_case(filled, case.number)
    assert cases.open_case(filled, [ONE]).number > case.number


def test_reports_go_back_to_the_case_they_came_from(filled: Session) -> None:
    first, second = cases.open_case(filled, [ONE]), cases.open_case(filled, [TWO])
    before = find_cases_of_reports(filled, [ONE, "900009999"])
    assert before == {ONE: first.number}
    cases.add_reports(filled, second.number, [ONE])
    undone = undo_joining(filled, second.number, before)
    assert (undone.reports, undone.withdrawn) == (1, False)
    assert cases.show_case(filled, first.number).reports == (ONE,)
    assert cases.show_case(filled, second.number).reports == (TWO,)


@pytest.mark.parametrize("work", ["number", "stage"])
def test_a_case_with_work_in_it_stays(filled: Session, work: str) -> None:
    case = cases.open_case(filled, [ONE])
    if work == "number":
        cases.set_number(filled, case.number, "enquiry", "55/2026")
    else:
        cases.set_stage(filled, case.number, "enquiry")
    assert not undo_joining(filled, case.number, {ONE: None}).withdrawn
    assert cases.show_case(filled, case.number).reports == ()


def test_somebody_else_s_case_stays_and_a_report_that_left_is_left_alone(filled: Session) -> None:
    case = cases.open_case(filled, [ONE])
    other = cases.open_case(filled, [TWO])
    cases.add_reports(filled, other.number, [ONE])
    with unlock_as(filled, "second", "analyst") as second:
        undone = undo_joining(second, case.number, {ONE: None})
    assert (undone.reports, undone.withdrawn) == (0, False)
    assert cases.show_case(filled, other.number).reports == (ONE, TWO)


def test_an_auditor_undoes_nothing(filled: Session) -> None:
    case = cases.open_case(filled, [ONE])
    with unlock_as(filled, "second", "auditor") as auditor, pytest.raises(Refused):
        undo_joining(auditor, case.number, {ONE: None})
