"""Figures that bear one name agree wherever they stand: in statistics, funnel, lanes, queue and the figures of the ranking."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_cases
from tests.people import add_person
from triage.jobs.casework import cases
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.funnel import measure_funnel
from triage.jobs.consent import Consent
from triage.jobs.keeping import destruction
from triage.jobs.reading.behind import list_reports_behind
from triage.jobs.reading.queue import count_lanes, list_queue_rows
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.jobs.wellbeing.own_work import list_own_outcomes
from triage.model.funnel import IN_CASE, WITHOUT_OUTCOME
from triage.model.lead_figures import Behind
from triage.model.users import Role
from triage.model.views import STATUSES, QueueFilter
from triage.ui.text import words

NUMBERS = tuple(str(900000500 + n) for n in range(6))
ACTS = ("case", "case_opened", "closed", "referred", "on_hold", "in_progress", "new")


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(lambda session, folder: import_reports(session, folder, NUMBERS))


def check_figures(session: Session) -> None:
    """Compares every count of a status, and of reports in cases, with the rows of the queue.

    The rows count as well what the funnel names otherwise, so that nothing is left out of the comparison.
    """
    rows = list_queue_rows(session, QueueFilter())
    by_status = {status: sum(row.status == status for row in rows) for status in STATUSES}
    statistics, lanes, funnel = load_statistics(session), count_lanes(session), measure_funnel(session)
    assert lanes.statuses == by_status
    assert {status: len(list_queue_rows(session, QueueFilter(statuses=(status,)))) for status in STATUSES} == by_status
    if not statistics.destroyed:
        assert statistics.by_status == by_status
    assert sum(statistics.by_status.values()) == sum(by_status.values()) + statistics.destroyed
    ended = dict.fromkeys(STATUSES, 0)
    for outcome in funnel.outcomes:
        if outcome.status in STATUSES:
            ended[outcome.status] += outcome.reports
    assert ended == {status: 0 if status in WITHOUT_OUTCOME else n for status, n in by_status.items()}
    in_cases = {number for case in list_cases(session) for number in case.reports}
    held = [row for row in rows if row.report_id in in_cases]
    open_held = [row for row in held if row.status in WITHOUT_OUTCOME]
    assert sum(o.reports for o in funnel.outcomes if o.status == IN_CASE) == len(open_held)
    places = {place.status: place.count for place in funnel.standing if place.status is not None}
    assert all((place.status is None) != (place.stage is None) for place in funnel.standing)
    assert places == {
        status: n for status in WITHOUT_OUTCOME if (n := by_status[status] - sum(r.status == status for r in open_held))
    }
    steps = {step.step: step.reports for step in funnel.steps}
    assert steps["in a case"] == list_reports_behind(session, Behind(funnel="in a case")).total == len(held)
    assert sum(statistics.ranking.cases_by_band.values()) == sum(p.cases for p in statistics.ranking.by_provider) == len(held)
    assert steps["received"] == statistics.reports
    status_of = {row.report_id: row.status for row in rows}
    own = list_own_outcomes(session)
    assert {each.report_id: each.status for each in own} == {each.report_id: status_of[each.report_id] for each in own}


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(ACTS)), max_size=8))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_figures_of_one_name_agree_after_any_acts(filled: Session, acts: list[tuple[int, str]]) -> None:
    for n, act in acts:
        if act == "case":
            cases.open_case(filled, [NUMBERS[n]])
        else:
            decide(filled, NUMBERS[n], status=act, reason="adult" if act == "closed" else None)  # type: ignore[arg-type]
    check_figures(filled)


@pytest.mark.usefixtures("short_papers")
def test_figures_agree_with_reports_that_are_only_in_a_case_and_with_one_destroyed(filled: Session, tmp_path: Path) -> None:
    cases.open_case(filled, NUMBERS[:2])
    decide(filled, NUMBERS[1], status="in_progress")
    decide(filled, NUMBERS[2], status="case_opened")
    decide(filled, NUMBERS[3], status="closed", reason="adult")
    check_figures(filled)
    add_person(filled.store, "second", [Role.LEAD], "nine grey hills")
    consent = Consent("second", "nine grey hills")
    destruction.destroy_report(filled, NUMBERS[3], reason="order", order="1/2026", second=consent, certificate=tmp_path / "c")
    check_figures(filled)


def test_an_outcome_of_the_funnel_has_the_words_of_no_status() -> None:
    assert IN_CASE not in {str(words.status(status)) for status in STATUSES} | {"in a case"}
