"""The demo store holds one of everything that it promises, as the read calls of the jobs say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.jobs.listed import list_quarantined
from triage import limits
from triage.errors import WorldError
from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.lists.hits import list_hits
from triage.jobs.lists.lists import list_hash_lists
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.report_page import load_report_page
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grade_work import find_grade_work, load_grade_work
from triage.jobs.review.held_hashes import list_held
from triage.jobs.review.pairs import list_possible_pairs
from triage.jobs.session import Session, unlock
from triage.jobs.victim_id.series import show_series
from triage.model.casework import CaseFilter
from triage.model.views import QueueFilter
from triage_demo.demo_store import Demo, make_demo
from triage_demo.feed.second_delivery import ESCALATION

pytestmark = pytest.mark.usefixtures("cheap_passphrases")
REPORTS, FORWARDED = 24, 3


@dataclass
class Opened:
    made: Demo
    session: Session


@pytest.fixture(scope="module")
def demo(cheap_passphrases: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A demo of few reports, in which a hash is held from fewer on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "HELD_FROM", FORWARDED)
        made = make_demo(tmp_path_factory.mktemp("demo") / "demo", reports=REPORTS)
    with unlock(made.store, made.user, made.passphrase_file.read_text().strip()) as session:
        yield Opened(made, session)


def test_sources_disagree(demo: Opened) -> None:
    found = load_report_view(demo.session, demo.made.shown.conflict)
    assert {"incident_time", "incident_type"} <= {conflict.field for conflict in found.conflicts}


def test_a_report_has_a_second_version_that_says_more(demo: Opened) -> None:
    found = load_report_view(demo.session, demo.made.shown.new_version)
    first, second = found.versions
    assert first.changes == () and any("Escalation" in str(change) for change in second.changes)
    assert found.escalation == ESCALATION
    assert not any("no longer" in str(change) for change in second.changes), "nothing that was known is lost"


def test_videos_match_one_another_and_a_still_image(demo: Opened) -> None:
    videos = [file for file in load_report_view(demo.session, demo.made.shown.videos).files if file.duration_ms]
    assert len(videos) == 2 and all(file.film is not None and file.film.frames for file in videos)
    assert all(len(file.in_films) == 2 for file in videos), "the other video, and the still image"


def test_a_file_can_not_be_read(demo: Opened) -> None:
    name = demo.made.shown.unreadable
    (file,) = (file for file in load_report_view(demo.session, demo.made.shown.videos).files if file.name == name)
    assert file.present and file.problem
    assert any(each.path.endswith(name) for each in list_quarantined(demo.session))


def test_hash_lists_hit_exactly_nearly_and_possibly(demo: Opened) -> None:
    known, _ = demo.made.shown.lists
    hits = {(hit.report_id, hit.tier) for hit in list_hits(demo.session, known)}
    shown = demo.made.shown
    assert {(shown.list_exact, "exact"), (shown.list_near, "near"), (shown.list_possible, "possible")} <= hits
    assert all(hit.distance for hit in list_hits(demo.session, known) if hit.report_id == shown.list_near)
    assert any(pair.list == known for pair in list_possible_pairs(demo.session))


def test_a_hash_is_held(demo: Opened) -> None:
    _, forwarded = demo.made.shown.lists
    held = next(held for held in list_held(demo.session) if held.of == "list")
    assert (held.hash, held.outcome) == (demo.made.shown.held_hash, "waits for a lead")
    assert held.files >= FORWARDED and str(held.lists[0]).startswith(forwarded)


def test_a_series_is_graded_and_one_file_waits_for_a_second_person(demo: Opened) -> None:
    files = [file for file in load_report_view(demo.session, demo.made.shown.graded).files if file.present]
    assert len(files) >= 3 and {file.verdict.grade_state for file in files} == {"graded"}
    (waiting,) = load_grade_work(demo.session, find_grade_work(demo.session).ids).values()
    assert (waiting.report, waiting.name) == (demo.made.shown.videos, demo.made.shown.waiting)


def test_the_stage_of_a_case_is_overdue(demo: Opened) -> None:
    (case,) = load_cases(demo.session, find_cases(demo.session, CaseFilter())).values()
    assert case.number == demo.made.shown.case and case.reports == 2
    assert case.due is not None and date.fromisoformat(case.due) < date.today()  # noqa: DTZ011  # days apart


def test_complaints_are_reports_and_one_is_linked_to_a_tip(demo: Opened) -> None:
    first, *others = demo.made.shown.complaints
    assert {row.report_id for row in list_queue_rows(demo.session, QueueFilter())} >= {first, *others}
    assert demo.made.shown.videos in {link.report_id for link in load_report_view(demo.session, first).links}


def test_a_demo_that_is_made_again_stays_as_it_is(demo: Opened) -> None:
    again = make_demo(demo.made.store.parent, reports=REPORTS, forwarded=FORWARDED)
    assert again.shown == demo.made.shown
    assert (again.second.reports.new, again.second.reports.updated, again.second.media.new) == (0, 0, 0)
    assert len(load_report_view(demo.session, again.shown.new_version).versions) == 2
    assert len(list_hash_lists(demo.session)) == 2 and len(find_cases(demo.session, CaseFilter())) == 1


def test_a_demo_keeps_its_size(demo: Opened) -> None:
    """Another feed would be imported beside the first one, and both would lie in one queue."""
    folder, before = demo.made.store.parent, demo.made.truth.read_bytes()
    with pytest.raises(WorldError, match=rf"of another size \(reports: {REPORTS}\); leave the number out"):
        make_demo(folder, reports=REPORTS + 1, forwarded=FORWARDED)
    assert demo.made.truth.read_bytes() == before, "the feed of the demo stays as it is"
    again = make_demo(folder, forwarded=FORWARDED)
    assert (again.imported.reports.new, again.second.reports.new) == (0, 0)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("not a demo")
    with pytest.raises(WorldError, match="holds no demo"):
        make_demo(tmp_path)


def test_a_chat_is_read_as_messages_and_near_copies_make_a_series(demo: Opened) -> None:
    shown = demo.made.shown
    assert max(len(chat.messages) for chat in load_report_page(demo.session, shown.chat).conversations) == 10
    files = load_report_view(demo.session, shown.chat).files
    assert len({file.group for file in files if file.pdq}) == 1 and sum(file.pdq is not None for file in files) == 6
    view = show_series(demo.session, shown.series)
    assert (view.row.media, view.row.clues) == (6, 1)
