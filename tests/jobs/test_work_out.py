"""A report that another workstation works on, or waits for, is not destroyed by rule, and whoever destroys it by order is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.jobs.exchange_stores import NUMBERS, Workstation, make_workstation, write_reports
from tests.people import add_person
from triage.jobs.casework import decisions
from triage.jobs.consent import Consent
from triage.jobs.keeping import retention
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.keeping.holdings import preview_destruction
from triage.jobs.keeping.retention import plan_retention
from triage.jobs.policy import set_policy
from triage.jobs.session import Session
from triage.model.users import Role
from triage.store.queries import retention as due

ONE = NUMBERS[0]
pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("short_papers")]


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Workstation, Workstation]]:
    """Headquarters with three reports, and an office; all that happens now was four years ago for the rule."""
    hq, office = (make_workstation(tmp_path / name, name) for name in ("Headquarters", "Lahore"))
    hq.knows(office)
    office.knows(hq)
    hq.takes_in(write_reports(tmp_path / "bundle"))
    monkeypatch.setattr(retention, "utc_now", lambda: datetime.now(UTC) + timedelta(days=4 * 365))
    yield hq, office
    hq.session.close()
    office.session.close()


def close_all(session: Session) -> None:
    """Closes the reports, and sets a rule."""
    for number in NUMBERS:
        decisions.decide(session, number, status="closed", reason="insufficient information")
    set_policy(session, "closed-kept-months", "36")


def count(session: Session) -> tuple[int, int]:
    """Returns how many reports are due, and how many only an unanswered package keeps."""
    plan = plan_retention(session)
    with session.reading() as db:
        cutoff = due.find_cutoff(db, plan.before, "2099-01-01T00:00:00Z")
        assert [due.is_due(db, number, cutoff) for number in NUMBERS].count(True) == plan.due == len(plan.reports)
    return plan.due, plan.out


def test_work_that_is_out_keeps_a_report_until_it_is_answered(stores: tuple[Workstation, Workstation]) -> None:
    hq, office = stores
    close_all(hq.session)
    assert count(hq.session) == (3, 0)
    sent, path = hq.sends(office)
    assert count(hq.session) == (0, 3), "an office works on them"
    office.takes_in(path)
    close_all(office.session)
    assert count(office.session) == (0, 3), "headquarters waits for what was done here"
    hq.takes_in(office.answers(hq, sent.package_id))
    assert count(office.session) == (3, 0)
    for number in NUMBERS:
        decisions.decide(hq.session, number, status="closed", reason="insufficient information")
    assert count(hq.session) == (3, 0)


def test_a_report_that_results_left_out_is_still_out(stores: tuple[Workstation, Workstation]) -> None:
    hq, office = stores
    close_all(hq.session)
    sent, path = hq.sends(office)
    office.takes_in(path)
    answer = office.answers(hq, sent.package_id)
    with hq.session.store.batch() as batch:  # as if the results had left it out: a lead there has to confirm it first
        hq_report = batch.value("SELECT report_id FROM work_package_report WHERE number = ?", (ONE,))
    hq.takes_in(answer)
    assert count(hq.session) == (3, 0)
    with hq.session.store.batch() as batch:
        batch.execute("UPDATE work_package_report SET told = NULL WHERE report_id = ?", (hq_report,))
    assert count(hq.session) == (2, 1)


def test_a_report_that_comes_back_as_a_package_is_answered(stores: tuple[Workstation, Workstation]) -> None:
    hq, office = stores
    _, path = hq.sends(office)
    office.takes_in(path)
    close_all(office.session)
    assert count(office.session) == (0, 3)
    _, back = office.sends(hq, file="back.age")
    assert count(office.session) == (0, 3), "now the office waits"
    hq.takes_in(back)
    close_all(hq.session)
    assert count(hq.session) == (0, 3), "the office waits for headquarters"
    assert [work.direction for work in preview_destruction(hq.session, ONE).work] == ["received"]
    assert [work.direction for work in preview_destruction(office.session, ONE).work] == ["sent"]


def test_whoever_destroys_by_order_is_told_and_the_certificate_names_the_package(
    stores: tuple[Workstation, Workstation], tmp_path: Path
) -> None:
    hq, office = stores
    assert preview_destruction(hq.session, ONE).work == ()
    sent, _ = hq.sends(office)
    (work,) = preview_destruction(hq.session, ONE).work
    assert (work.package_id, work.direction) == (sent.package_id, "sent")
    add_person(hq.session.store, "second", [Role.LEAD], "eight blue kites")
    gone = destroy_report(
        hq.session,
        ONE,
        reason="a court order",
        order="order 12",
        second=Consent("second", "eight blue kites"),
        certificate=tmp_path / "certificate.json",
    )
    assert "work package for another workstation" in [held.what for held in gone.still_held]
