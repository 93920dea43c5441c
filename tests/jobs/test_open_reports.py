"""A report that somebody has open is marked for others; a mark that is not renewed becomes uncertain, and then goes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound
from triage.jobs.session import Session, unlock
from triage.jobs.state import open_reports
from triage.model.users import Role

NUMBERS = ("900000701", "900000702")
SECOND_WORDS = "nine grey hills"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        import_reports(session, folder, NUMBERS)
        add_person(session.store, "second", [Role.ANALYST], SECOND_WORDS)

    return make_store(fill)


def test_who_opens_next_learns_of_it_and_oneself_does_not(filled: Session) -> None:
    with unlock(filled.store.directory, "second", SECOND_WORDS) as other:
        assert open_reports.mark_open(filled, NUMBERS[0]) == ()
        assert open_reports.list_open_reports(filled) == ()
        (mark,) = open_reports.mark_open(other, NUMBERS[0])
        assert (mark.report_id, mark.user, mark.certain) == (NUMBERS[0], "first", True)
        open_reports.mark_open(other, NUMBERS[1])
        assert [each.report_id for each in open_reports.list_open_reports(filled)] == [NUMBERS[1]], "one report at a time"
        open_reports.mark_closed(other)
        assert open_reports.list_open_reports(filled) == ()


def test_the_same_user_in_another_window_counts_too(filled: Session) -> None:
    with unlock(filled.store.directory, "first", "seven green boats") as again:
        open_reports.mark_open(again, NUMBERS[0])
        assert [each.user for each in open_reports.list_open_reports(filled)] == ["first"]


def test_a_mark_without_a_sign_of_life_is_uncertain_and_then_goes(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.time()
    with unlock(filled.store.directory, "second", SECOND_WORDS) as other:
        open_reports.mark_open(other, NUMBERS[0])
        monkeypatch.setattr(time, "time", lambda: start + open_reports.CERTAIN_SECONDS + 2)
        assert [each.certain for each in open_reports.list_open_reports(filled)] == [False]
        open_reports.renew_open(other)
        assert [each.certain for each in open_reports.list_open_reports(filled)] == [True]
        monkeypatch.setattr(time, "time", lambda: start - open_reports.CERTAIN_SECONDS - 2)
        assert [each.certain for each in open_reports.list_open_reports(filled)] == [False], "its clock is ahead of ours"
    monkeypatch.setattr(time, "time", lambda: start + open_reports.CERTAIN_SECONDS + open_reports.KEPT_SECONDS + 4)
    assert open_reports.list_open_reports(filled) == ()
    open_reports.mark_open(filled, NUMBERS[1])
    assert filled.store.read().value("SELECT count(*) FROM open_report") == 1


def test_a_mark_that_a_clock_ahead_left_goes(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stayed until the real time came, in the worst case for years."""
    start = time.time()
    with unlock(filled.store.directory, "second", SECOND_WORDS) as other:
        monkeypatch.setattr(time, "time", lambda: start + 400 * 86_400)
        open_reports.mark_open(other, NUMBERS[0])
        monkeypatch.setattr(time, "time", lambda: start)
        assert open_reports.list_open_reports(filled) == ()
        open_reports.mark_open(filled, NUMBERS[1])
        assert filled.store.read().value("SELECT count(*) FROM open_report") == 1


def test_a_mark_says_nothing_of_views_and_the_audit_log_nothing_of_marks(filled: Session) -> None:
    before = filled.store.read().value("SELECT count(*) FROM audit_entry")
    open_reports.mark_open(filled, NUMBERS[0])
    open_reports.mark_closed(filled)
    assert filled.store.read().value("SELECT count(*) FROM audit_entry") == before
    columns = {name for (name,) in filled.store.read().all("SELECT name FROM pragma_table_info('open_report')")}
    assert columns == {"report_id", "session", "user_id", "since", "last_sign"}
    with pytest.raises(NotFound):
        open_reports.mark_open(filled, "1")
