"""The funnel adds up, names what is overdue, and loses no report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import Refused
from triage.jobs.casework import case_undo, cases
from triage.jobs.casework.case_list import find_cases
from triage.jobs.casework.decisions import decide, undo_decision
from triage.jobs.casework.funnel import list_overdue, load_outcome_days, measure_funnel
from triage.jobs.consent import Consent
from triage.jobs.keeping import destruction
from triage.jobs.session import Session
from triage.model.casework import CaseFilter
from triage.model.funnel import Funnel
from triage.model.moment import format_utc
from triage.model.users import Role
from triage.store.database import Writer

pytestmark = pytest.mark.usefixtures("short_papers")

NUMBERS = tuple(str(900000400 + n) for n in range(6))


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(lambda session, folder: import_reports(session, folder, NUMBERS))


def steps(found: Funnel) -> dict[str, int]:
    return {step.step: step.reports for step in found.steps}


def check_whole(found: Funnel) -> None:
    """Every received report has an outcome or stands without one: none is lost between the two."""
    assert sum(o.reports for o in found.outcomes) + found.without_outcome == steps(found)["received"]


def bring_queue_up_to_date(batch: Writer) -> None:
    """Lets the queue follow what was written into the versions, as judging does."""
    batch.execute(
        "UPDATE queue AS q SET arrived = (SELECT unixepoch(imported) FROM report_version WHERE report_id = q.report_id)"
    )


def age(session: Session, days: int) -> None:
    """Makes all reports look as if they had been imported so many days ago."""
    with session.store.batch() as batch:
        batch.execute("UPDATE report_version SET imported = ?", (format_utc(datetime.now(UTC) - timedelta(days=days)),))
        bring_queue_up_to_date(batch)


def test_each_step_counts_the_reports_that_reached_it(filled: Session) -> None:
    case = cases.open_case(filled, NUMBERS[:2]).number
    cases.set_stage(filled, case, "challan")
    cases.set_stage(filled, case, "enquiry")
    decide(filled, NUMBERS[2], status="closed", reason="adult")
    decide(filled, NUMBERS[3], status="referred", reason="not in Pakistan")
    decide(filled, NUMBERS[4], assignee="first")
    found = measure_funnel(filled)
    assert steps(found) == {
        "received": 6, "judged": 6, "folded as duplicates": steps(found)["folded as duplicates"], "assigned": 1,
        "requested from operators and providers": 0, "answered": 0, "in a case": 2, "FIR": 2, "challan": 2, "trial": 0,
    }  # fmt: skip
    assert {(o.status, o.reason): o.reports for o in found.outcomes} == {
        ("closed", "adult"): 1, ("referred", "not in Pakistan"): 1, ("in a case, status open", "joined to a case"): 2,
    }  # fmt: skip
    assert found.without_outcome == 2
    assert [s.per_100_000 for s in found.steps if s.step == "in a case"] == [33333.3]
    check_whole(found)


def test_a_withdrawn_case_stands_at_no_stage(filled: Session) -> None:
    case, _ = (cases.open_case(filled, [number]).number for number in NUMBERS[:2])
    for listed in (2, 1):
        assert sum(each.count for each in measure_funnel(filled).standing if each.stage) == listed
        assert len(find_cases(filled, CaseFilter())) == listed
        if listed == 2:
            assert case_undo.undo_joining(filled, case, {NUMBERS[0]: None}).withdrawn


def test_an_outcome_that_is_undone_stands_without_outcome_again(filled: Session) -> None:
    decision = decide(filled, NUMBERS[0], status="closed", reason="adult")
    assert measure_funnel(filled).without_outcome == 5
    undo_decision(filled, decision)
    found = measure_funnel(filled)
    assert found.without_outcome == 6 and not found.outcomes


def test_a_report_is_named_after_the_deadline_of_its_band_and_not_before(filled: Session) -> None:
    band = {o.report_id: o.band for o in list_overdue_at(filled, 400)}
    assert sorted(band) == list(NUMBERS)
    days = load_outcome_days()
    last = max(days[each] for each in band.values())
    assert not list_overdue_at(filled, min(days[each] for each in band.values()) - 1)
    late = list_overdue_at(filled, last + 2)
    assert [o.days_over for o in late] == [last + 2 - days[o.band] for o in late]
    decide(filled, NUMBERS[0], status="closed", reason="adult")
    cases.open_case(filled, [NUMBERS[1]])
    assert sorted(o.report_id for o in list_overdue(filled)) == list(NUMBERS[2:])
    found = measure_funnel(filled)
    assert found.overdue == found.without_outcome == 4 == sum(s.overdue for s in found.standing if s.status is not None)
    assert list_overdue(filled, limit=1, offset=1) == list_overdue(filled)[1:2]


def list_overdue_at(session: Session, days: int) -> tuple:  # type: ignore[type-arg]
    """Returns what is overdue when everything was imported so many days ago."""
    age(session, days)
    return list_overdue(session)


def test_overdue_reports_come_by_band_and_the_earliest_import_first(filled: Session) -> None:
    """They came by their ids: the page of the funnel and the shift sheet named the newest reports first."""
    moment = datetime.now(UTC) - timedelta(days=400)
    with filled.store.batch() as batch:
        for report_id in range(1, 7):
            batch.execute(
                "UPDATE report_version SET imported = ? WHERE report_id = ?",
                (format_utc(moment - timedelta(days=report_id)), report_id),
            )
        bring_queue_up_to_date(batch)
    found = list_overdue(filled)
    assert len(found) == 6 and [(o.band, o.imported) for o in found] == sorted((o.band, o.imported) for o in found)
    assert [o for n in range(6) for o in list_overdue(filled, limit=1, offset=n)] == list(found)


def test_a_period_holds_the_days_of_both_its_ends_in_pakistan(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute("UPDATE report_version SET imported = '2026-03-09T18:59:59Z'")
        batch.execute(
            "UPDATE report_version SET imported = '2026-03-09T19:00:00Z' WHERE report_id = (SELECT max(id) FROM report)"
        )
        bring_queue_up_to_date(batch)
    assert steps(measure_funnel(filled, "2026-03-09", "2026-03-09"))["received"] == 5
    assert steps(measure_funnel(filled, "2026-03-10", None))["received"] == 1
    assert steps(measure_funnel(filled, None, "2026-03-10"))["received"] == 6
    assert measure_funnel(filled, "2026-04-01", None).steps[0].per_100_000 is None
    with pytest.raises(Refused, match="is not a date"):
        measure_funnel(filled, "yesterday")


def test_a_destroyed_report_stays_in_the_count(filled: Session, tmp_path: Path) -> None:
    add_person(filled.store, "second", [Role.LEAD], "nine grey hills")
    destruction.destroy_report(
        filled,
        NUMBERS[0],
        reason="order",
        order="12/2026",
        second=Consent("second", "nine grey hills"),
        certificate=tmp_path / "c",
    )
    found = measure_funnel(filled)
    assert steps(found)["received"] == 6 and steps(found)["judged"] == 5
    check_whole(found)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["case", "closed", "referred", "on_hold", "new"])), max_size=8))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_order_of_decisions_loses_a_report(filled: Session, acts: list[tuple[int, str]]) -> None:
    for n, act in acts:
        if act == "case":
            cases.open_case(filled, [NUMBERS[n]])
        else:
            decide(filled, NUMBERS[n], status=act, reason="adult" if act == "closed" else None)  # type: ignore[arg-type]
    check_whole(measure_funnel(filled))
