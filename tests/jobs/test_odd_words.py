"""A stored word that is none of ours costs its own row: what lists many rows shows it as unreadable, and goes on.

Such a word comes from a newer program or from a fault of ours: the database checks few of its columns.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.test_cases import unlock_as
from tests.source_trees import ROOT, SOURCES, nodes
from triage.errors import Refused
from triage.jobs.case_page.overview import _list_files
from triage.jobs.casework import cases
from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.casework.funnel import measure_funnel
from triage.jobs.casework.shift import _build_lists
from triage.jobs.exchange.gather import Gatherer
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import check_store
from triage.jobs.leaving.counting import iter_counted
from triage.jobs.leaving.export_graded import export_icse, export_vics, preview_hashes
from triage.jobs.lookup import find_case, find_report
from triage.jobs.reading.clusters import list_clusters
from triage.jobs.reading.gallery import load_cells, load_gallery
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.queue_sheet import load_sheet
from triage.jobs.reading.show import load_report_view
from triage.jobs.requests.life import find_requests, load_requests
from triage.jobs.requests.sent_notices import require_kind
from triage.jobs.review import grading
from triage.jobs.review.grade_many import list_own_grade_acts
from triage.jobs.review.grade_work import find_grade_work, load_grade_work
from triage.jobs.session import Session
from triage.jobs.state.received_work import list_received_decisions, load_received_grades, load_received_states
from triage.jobs.victim_id import clues, identification, series
from triage.model.casework import CaseFilter, Grade
from triage.model.damage import GRADE_UNREADABLE
from triage.model.gallery import GalleryScope
from triage.model.handover import Receipt
from triage.model.match_way import describe_match_way
from triage.model.progress import ignore_progress
from triage.model.statistics import Period
from triage.model.views import QueueFilter
from triage.store.queries import case_media, list_matches, media_matches, queue_sheet, requests

ONE, TWO, NEAR = "900000701", "900000702", "900000703"
ODD = "cat1"
ODD_WORDS = {
    "grade.grade": "UPDATE grade SET grade = ?",
    "case_stage.stage": "UPDATE case_stage SET stage = ?",
    "victim_state.state": "UPDATE victim_state SET state = ?",
    "victim_clue.kind": "UPDATE victim_clue SET kind = ?",
    "request.kind": "UPDATE request SET kind = ?",
    "user.roles": "UPDATE user SET roles = ? WHERE name = 'second'",
    "media_match.asked_window": "UPDATE media_match SET asked_window = ?",
    "media_match.orientation": "UPDATE media_match SET orientation = ?",
    "list_match.crop_window": "UPDATE list_match SET crop_window = ?",
    "queue.band": "UPDATE queue SET band = length(?) + 5",
    "queue.status": "UPDATE queue SET status = length(?) + 5",
    "work_entry.body": "UPDATE work_entry SET body = ?",
}
GRADED_AS = "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles) VALUES (?,?,?,?,?,?,?)"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """Two reports with one image each and one with a near copy of the first; a case, a series, a request, matches and entries."""

    def fill(session: Session, folder: Path) -> None:
        for number, data in ((ONE, jpeg(3)), (TWO, jpeg(9)), (NEAR, jpeg(3, 60))):
            report = folder / "in" / number
            report.mkdir(parents=True)
            (report / "r.json").write_bytes(le_json(int(number)))
            (report / f"{number}.jpg").write_bytes(data)
        import_bundles(session, [folder / "in"], receipt=Receipt())
        with unlock_as(session, "second", "analyst") as second:
            for each in (session, second):
                grading.grade_file(each, ONE, sha(session, ONE), "adult", for_court=True)
        grading.grade_file(session, TWO, sha(session, TWO), "abuse material")
        cases.open_case(session, [NEAR])
        found = series.open_series(session, ONE, [sha(session, ONE)])
        clues.record_clue(session, found.row.number, "place", "Green school tie with a boat badge")
        identification.record_victim_state(session, found.row.number, "identified", "ICSE")
        with session.store.batch() as batch:
            batch.execute(
                "INSERT INTO request (number, kind, addressee, name, ready, child, missing, lines, made, user_id, sent)"
                " VALUES ('R-2026-0001', 'subscriber', 'a', 'Kite Telecom', 1, 0, '[]', 1, ?1, 1, ?1)",
                ("2026-11-01T00:00:00Z",),
            )
            batch.execute(
                "INSERT INTO list_match (value, media_item_id, list_id, entry_id, distance, possible)"
                " SELECT zeroblob(32), id, 1, 1, 4, 0 FROM media_item"
            )
            batch.execute(
                "INSERT INTO work_entry (report_id, fingerprint, uid, kind, hash, made, body)"
                " SELECT id, 'f', 'grade/1', 'grade', 'sha256:00', ?1, '{}' FROM report",
                ("2026-11-01T00:00:00Z",),
            )
            batch.note("test", n=1)

    return make_store(fill)


def sha(session: Session, number: str) -> str:
    return load_report_view(session, number).files[0].sha256 or ""


def plant(session: Session, what: str) -> None:
    """Makes a word odd in all rows of its table."""
    with session.store.batch() as batch:
        assert batch.all(f"SELECT 1 FROM {what.partition('.')[0]} LIMIT 1"), "there is nothing to plant it in"
        batch.execute(ODD_WORDS[what], (ODD,))
        batch.note("test", n=1)


def list_readers(session: Session, folder: Path) -> dict[str, Callable[[], object]]:
    """Returns what reads such words of many rows, or of a report, by name."""
    with session.reading() as db:
        ids = [i for (i,) in db.all("SELECT id FROM report ORDER BY id")]
        media_ids = [i for (i,) in db.all("SELECT id FROM media_item ORDER BY id")]
        files = db.all("SELECT media_item_id, report_id FROM file WHERE report_id IS NOT NULL")
        gatherer = Gatherer(db, {}, passing_on=True)
        return {
            "agreement": lambda: grading.measure_agreement(session),
            "open grades": lambda: load_grade_work(session, find_grade_work(session).ids),
            "acts": lambda: list_own_grade_acts(session, "2020-01-01T00:00:00Z"),
            "VICS": lambda: export_vics(session, folder / "all.json"),
            "ICSE": lambda: export_icse(session, folder / "all.csv"),
            "hashes": lambda: preview_hashes(session, kind="md5", grade="adult"),
            "reports": lambda: [load_report_view(session, number) for number in (ONE, TWO, NEAR)],
            "gallery": lambda: load_gallery(session, GalleryScope()),
            "cells": lambda: load_cells(session, files),
            "cases": lambda: load_cases(session, find_cases(session, CaseFilter())),
            "files of a case": lambda: _list_files(db, 1),
            "funnel": lambda: measure_funnel(session),
            "shift": lambda: _build_lists(session),
            "series": lambda: [series.show_series(session, each.number) for each in series.list_series(session)],
            "requests": lambda: load_requests(session, find_requests(session).ids),
            "users": lambda: session.store.users.all(),
            "matches": lambda: [media_matches.load_matches(db, i, 9) for i in media_ids],
            "list matches": lambda: list_matches.load_list_matches(db, [sha(session, ONE)]),
            "queue": lambda: [row.status for row in list_queue_rows(session, QueueFilter())],
            "sheet of the queue": lambda: load_sheet(session, QueueFilter(), -1, 0),
            "statistic": lambda: list(
                iter_counted(session, Period(first="2000-01-01", last="2040-01-01"), ignore_progress, None)
            ),
            "clusters": lambda: list_clusters(session),
            "received grades": lambda: load_received_grades(db, ids),
            "received states": lambda: [load_received_states(db, i, ONE, {}) for i in ids],
            "received decisions": lambda: [list_received_decisions(db, i, {}) for i in ids],
            "grades of a work package": lambda: [gatherer.gather_grades(i) for i in ids],
            "check": lambda: check_store(session),
        }


@pytest.mark.parametrize("what", ODD_WORDS)
def test_an_odd_word_ends_nothing_that_reads_many_rows(filled: Session, tmp_path: Path, what: str) -> None:
    plant(filled, what)
    failed = []
    for name, read in list_readers(filled, tmp_path).items():
        try:
            read()
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__} {error}")
    assert failed == []


def test_a_grade_that_can_not_be_read_is_counted_shown_and_left_out(filled: Session, tmp_path: Path) -> None:
    assert [(a.grade, a.pairs, a.agreed) for a in grading.measure_agreement(filled)] == [("adult", 1, 1)]
    plant(filled, "grade.grade")
    assert [(a.grade, a.pairs, a.agreed) for a in grading.measure_agreement(filled)] == [(GRADE_UNREADABLE, 1, None)]
    written = export_vics(filled, tmp_path / "all.json")
    assert written.media == 0
    assert {str(each.reason) for each in written.left_out} == {"The grade is not final: the stored grade can't be read."}
    verdict = load_report_view(filled, TWO).files[0].verdict
    assert (verdict.grade, verdict.grade_state, verdict.ungraded_words) == (None, GRADE_UNREADABLE, GRADE_UNREADABLE)
    (work,) = load_grade_work(filled, find_grade_work(filled).ids).values()
    assert (work.report, work.damaged, work.disagree, work.mine) == (ONE, True, False, False)
    case = cases.open_case(filled, [TWO])
    with filled.reading() as db:
        assert case_media.count_graded_media(db, find_case(db, case.number).id, tuple(Grade)) == 0
        assert queue_sheet.load_sheet_facts(db, [find_report(db, TWO)]).ungraded == {find_report(db, TWO): 1}
    (problem,) = check_store(filled).problems
    assert "grade that can't be read: 2" in str(problem)


def test_a_file_is_graded_again_where_its_grade_can_not_be_read(filled: Session) -> None:
    plant(filled, "grade.grade")
    assert grading.grade_file(filled, TWO, sha(filled, TWO), "adult").grade == "adult"
    assert grading.grade_file(filled, ONE, sha(filled, ONE), "adult").state == GRADE_UNREADABLE, "of two people one is not known"
    with unlock_as(filled, "third", "analyst") as third:
        assert grading.grade_file(third, ONE, sha(filled, ONE), "adult").grade == "adult"


def test_a_leads_decision_that_can_not_be_read_is_made_again(filled: Session) -> None:
    with filled.store.batch() as batch:
        row = batch.first("SELECT media_item_id, report_id FROM grade WHERE court = 1")
        batch.execute("UPDATE grade SET grade = 'drawing or made by a machine' WHERE user_id <> 1")
        batch.execute(GRADED_AS, (*(row or ()), 99, "2026-11-02T00:00:00Z", ODD, 1, 1))
        batch.note("test", n=1)
    assert load_report_view(filled, ONE).files[0].verdict.grade_state == GRADE_UNREADABLE
    with unlock_as(filled, "third", "lead") as third:
        assert grading.grade_file(third, ONE, sha(filled, ONE), "adult", settle=True).grade == "adult"


def test_what_can_not_be_read_is_said(filled: Session) -> None:
    for what in ("victim_state.state", "request.kind", "media_match.orientation", "user.roles"):
        plant(filled, what)
    (row,) = series.list_series(filled)
    assert row.state is None
    with filled.reading() as db:
        with pytest.raises(Refused, match="R-2026-0001 asks for can't be read"):
            require_kind(requests.find_request(db, "R-2026-0001"))  # type: ignore[arg-type]
        (one,) = db.all("SELECT media_item_id FROM file WHERE report_id = ?", (find_report(db, ONE),))
        (match,) = media_matches.load_matches(db, one[0], 9)
    assert match.way.damaged and describe_match_way(match.way) == "the stored windows can't be read"
    assert not match.way.reverse().is_plain and match.way.reverse().damaged
    (second,) = (user for user in filled.store.users.all() if user.name == "second")
    assert second.roles == frozenset(), "what is no role gives no right"


def test_a_report_whose_band_or_status_is_odd_is_listed_first_and_open(filled: Session) -> None:
    for what in ("queue.band", "queue.status"):
        plant(filled, what)
    assert {(row.band, row.status) for row in list_queue_rows(filled, QueueFilter())} == {("A", "new")}
    assert "whose band or status in the queue can't be read: 3" in str(check_store(filled).problems)


WORDS = ("Role", "ClueKind", "VictimState", "RequestKind", "Orientation", "CropWindow", "Stage", "NumberKind", "Closing", "Grade")
ALLOWED = {
    "jobs/users.py": "checked before",
    "jobs/leaving/export_feedback.py": "checked before",
    "jobs/leaving/graded_media.py": "work_out_grade returns only grades",
    "jobs/casework/funnel.py": "checked before",
    "jobs/casework/cases.py": "from what a person said, and a table of ours",
    "ui/audit/value_words.py": "checked before",
    "ui/requests/making_dialogs.py": "a choice of the dialog",
    "ui/gallery/selection_grading.py": "a grade that the act gives now",
    "cli/requesting.py": "a choice of the command",
}

PACKAGES_OF_STORED_WORDS = [("triage", package) for package in ("jobs", "store", "ui", "cli")]


def test_no_other_module_makes_a_word_of_what_may_come_from_the_store() -> None:
    """`read_word` says None where a word is none of ours, and makes the caller think of it."""
    found = {
        path.relative_to(ROOT / "triage").as_posix()
        for path in SOURCES
        if path.relative_to(ROOT).parts[:2] in PACKAGES_OF_STORED_WORDS
        for node in nodes(path, ast.Call)
        if isinstance(node.func, ast.Name)
        and node.func.id in WORDS
        and not isinstance(node.args[0], ast.JoinedStr | ast.Constant)
    }
    assert found <= set(ALLOWED)


def test_a_report_says_that_what_came_from_elsewhere_can_not_be_read(filled: Session) -> None:
    """It looked as if nothing had been decided there."""
    plant(filled, "work_entry.body")
    assert load_report_view(filled, ONE).damaged == ("received",)
    with filled.store.batch() as batch:
        batch.execute("DELETE FROM work_entry")
        batch.note("test", n=1)
    assert load_report_view(filled, ONE).damaged == ()


def test_no_job_looks_a_stored_number_up_in_the_bands_or_statuses() -> None:
    """`name_band` and `name_status` answer for numbers that mean none, too."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "triage" / "jobs")
        for node in nodes(path, ast.Subscript)
        if isinstance(node.value, ast.Name) and node.value.id in ("BANDS", "STATUSES") and not isinstance(node.slice, ast.Slice)
    ]
    assert found == []
