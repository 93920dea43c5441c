"""What the page of a case shows: acts with reasons, papers with what blocks them, times and operators."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.requests.reports import Told
from tests.jobs.requests.reports import write_reports as write_asked_reports
from tests.jobs.test_cases import ONE, TWO, filled_store, sha, unlock_as  # noqa: F401  the fixture
from tests.ui.fakes import rows
from tests.ui.fakes_leads import a_case
from tests.ui.fakes_requests import a_request
from triage.errors import NotFound, Refused
from triage.jobs.case_page import acts, contents
from triage.jobs.case_page.acts import CaseState, list_acts, list_papers
from triage.jobs.case_page.overview import load_case_page
from triage.jobs.casework import appeals, cases
from triage.jobs.casework.diary import load_diary
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.requests import making
from triage.jobs.review import grading
from triage.jobs.session import Session
from triage.message import Message
from triage.model.casework import Grade
from triage.model.data_requests import RequestKind
from triage.model.handover import Receipt
from triage.model.judgement import Clock
from triage.model.moment import parse_utc
from triage.store.queries import case_media

NOW = parse_utc("2026-11-24T09:26:00Z")


def state(**fields: object) -> CaseState:
    row = replace(rows(1)[0], flags=(), deadline=None, deadline_name=None, child_lane="no")
    plain = CaseState(
        case=replace(a_case(), numbers=(replace(a_case().numbers[0], kind="source report"),)),
        rows=(row,), requests=(a_request(9, state="closed"),), ungraded=0, noticed=frozenset(), referred=frozenset(), now=NOW,
    )  # fmt: skip
    return replace(plain, **fields)  # type: ignore[arg-type]


def names(of: CaseState) -> list[str]:
    return [act.name for act in list_acts(of)]


def test_a_case_with_nothing_open_waits_for_nothing() -> None:
    assert list_acts(state()) == ()


def test_each_thing_that_waits_is_one_act() -> None:
    row = state().rows[0]
    assert names(state(rows=())) == ["reports"]
    assert names(state(ungraded=3)) == ["grade"]
    assert names(state(requests=())) == ["request"]
    assert names(state(case=replace(state().case, officer=None))) == ["officer"]
    assert names(state(case=replace(state().case, numbers=()))) == ["paper"]
    assert names(state(rows=(replace(row, child_lane="waits for a lead"),))) == ["child_lane"]
    drafts = tuple(a_request(n, state="draft", missing=(Message("a warrant"),)) for n in (1, 2))
    (act,) = list_acts(state(requests=drafts))
    assert (act.name, str(act.words)) == ("number", "Complete 2 requests") and "a warrant" in str(act.why)


def test_a_named_child_is_referred_only_with_a_plan() -> None:
    row = replace(state().rows[0], flags=("victim named",))
    (act,) = list_acts(state(rows=(row,)))
    assert act.name == "referral" and act.blocked == acts.PLAN_FIRST
    assert names(state(rows=(row,), referred=frozenset({row.report_id}))) == []
    papers = {paper.name: paper for paper in list_papers(state(rows=(row,)), [])}
    assert papers["referral"].blocked == acts.PLAN_FIRST and papers["referral"].report == row.report_id
    done = {paper.name: paper for paper in list_papers(state(rows=(row,), referred=frozenset({row.report_id})), [])}
    assert not done["referral"].blocked


def test_data_that_end_soon_are_preserved_unless_a_notice_is_recorded() -> None:
    row = replace(state().rows[0], deadline="2026-12-03T09:26:00Z", deadline_name="operator traffic data")
    (act,) = list_acts(state(rows=(row,)))
    assert (act.name, act.urgency, act.about) == ("preserve", "soon", row.report_id) and "9 days" in str(act.why)
    assert names(state(rows=(row,), noticed=frozenset({row.report_id}))) == []
    assert names(state(rows=(replace(row, deadline="2027-03-01T00:00:00Z"),))) == []
    many = tuple(replace(row, report_id=f"90000{n:04d}") for n in range(5))
    assert [str(act.words) for act in list_acts(state(rows=many))][-1] == "Preserve 2 more reports"


def test_overdue_acts_come_first() -> None:
    stage = Clock(name="case stage", due="2026-11-20T18:59:59Z", basis=Message("set by hand"), duty=True)
    found = list_acts(
        state(
            ungraded=1,
            requests=(a_request(1, state="overdue", due="2026-11-18T05:00:00Z"),),
            case=replace(state().case, officer=None, clocks=(stage,)),
        )
    )
    assert [(act.name, act.urgency) for act in found] == [
        ("remind", "overdue"), ("stage", "overdue"), ("officer", "soon"), ("grade", "open"),
    ]  # fmt: skip


def test_papers_wait_for_a_lead_in_the_child_lane() -> None:
    row = replace(state().rows[0], child_lane="waits for a lead")
    assert all(paper.blocked for paper in list_papers(state(rows=(row,)), []))
    draft = list_papers(state(case=replace(state().case, numbers=())), [Message("rank")])[0]
    assert str(draft.state) == "Draft; missing: rank"


def test_the_page_counts_files_and_shows_the_latest_entries(filled: Session) -> None:
    case = cases.open_case(filled, [ONE, TWO])
    appeals.record_appeal(filled, case.number, "It was not me.", report=ONE)
    page = load_case_page(filled, case.number)
    assert (page.media, page.graded, [file.copies for file in page.files]) == (1, 0, [2])
    grading.grade_file(filled, ONE, sha(filled), Grade.ADULT.value, for_court=False)
    page = load_case_page(filled, case.number)
    assert (page.media, page.graded) == (1, 1) and page.files[0].state != "not graded"
    assert {act.name for act in page.acts} >= {"appeal", "officer", "request", "child_lane"}
    assert page.entries[0].when >= page.entries[-1].when and page.entries_count >= len(page.entries)
    told = {entry.what for entry in load_diary(filled, case.number).entries}
    assert {entry.what for entry in page.entries} < told, "imports stand in the paper alone"
    assert {track.report for track in page.tracks} == {ONE, TWO} and page.unread == 0


def test_operators_stand_beside_what_they_can_be_asked(session: Session, tmp_path: Path) -> None:
    bundle = write_asked_reports(tmp_path / "lines", [Told("900000451", child=None)])
    import_bundles(session, [bundle], receipt=Receipt())
    case = cases.open_case(session, ["900000451"])
    page = load_case_page(session, case.number)
    assert page.identifiers and all(each.operator and each.reports == 1 for each in page.identifiers)
    making.create_requests(session, case.number, RequestKind.SUBSCRIBER, tmp_path / "letters")
    page = load_case_page(session, case.number)
    assert page.requests and all(row.case == case.number for row in page.requests)
    with session.reading() as db:
        assert case_media.list_noticed_reports(db, 1) == case_media.list_referred_reports(db, 1) == []


def test_a_large_case_is_read_in_part_and_says_so(
    filled: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = cases.open_case(filled, [ONE, TWO])
    monkeypatch.setattr(contents, "MOST_READ", 1)
    page = load_case_page(filled, case.number)
    assert page.unread == 1 and len(page.tracks) == 1


def test_it_asks_for_the_right_and_for_a_case(filled: Session) -> None:
    with pytest.raises(NotFound):
        load_case_page(filled, "C-2026-0077")
    case = cases.open_case(filled, [ONE])
    with unlock_as(filled, "second", "auditor") as auditor, pytest.raises(Refused):
        load_case_page(auditor, case.number)
