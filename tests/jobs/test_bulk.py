"""Many reports are decided on at once like one by one, in slices that a kill or a stop leaves whole, and undone in one act."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.exercise.clock import Clock, moved
from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.casework import bulk
from triage.jobs.casework.decisions import decide
from triage.jobs.keeping.check import check_store
from triage.jobs.session import Session, now, unlock
from triage.jobs.state.open_reports import mark_open
from triage.model.bulk import BulkResult
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role
from triage.store.queries import bulk as sql
from triage.store.queries.bulk import StoredState

NUMBERS = tuple(str(number) for number in range(900000601, 900000608))
WORDS, SECOND_WORDS = "seven green boats", "nine grey hills"
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """Seven reports of band C, of which 1 and 2 are in band A and B, and 6 and 7 are duplicates of 1."""

    def fill(session: Session, folder: Path) -> None:
        import_reports(session, folder, NUMBERS)
        arrange(session)
        add_person(session.store, "second", [Role.ANALYST], SECOND_WORDS)

    return make_store(fill)


def arrange(session: Session) -> None:
    with session.store.batch() as batch:
        batch.execute("UPDATE queue SET band = CASE report_id WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE 2 END, duplicates_of = NULL")
        batch.execute("UPDATE queue SET duplicates_of = 1 WHERE report_id IN (6, 7)")


def states(session: Session) -> dict[int, tuple[int, int | None]]:
    return {i: (status, user) for i, status, user in session.store.read().all("SELECT report_id, status, assignee FROM queue")}


def kinds(session: Session) -> list[str]:
    return [kind for (kind,) in session.store.read().all("SELECT json_extract(json, '$.kind') FROM audit_entry ORDER BY n")]


def test_the_scope_names_folded_copies_bands_and_what_others_have_open(filled: Session) -> None:
    with unlock(filled.store.directory, "second", SECOND_WORDS) as other:
        mark_open(other, NUMBERS[1])
        scope = bulk.find_bulk_scope(filled, [1, 2])
    assert (scope.chosen, scope.folded) == ((1, 2), (6, 7))
    assert (scope.bands, scope.urgent, scope.closed) == ({"A": 1, "B": 1, "C": 2}, 2, 0)
    assert scope.open_by_others == (NUMBERS[1],)
    assert scope.named == (NUMBERS[0], NUMBERS[1])
    assert bulk.find_bulk_scope(filled, [7, 5, 4, 3, 2, 1]).named == tuple(NUMBERS[i - 1] for i in (7, 5, 4, 3, 2)), "as ticked"
    decide(filled, NUMBERS[6], status="closed", reason="duplicate")
    arrange(filled)  # the decision judged linked reports anew
    assert bulk.find_bulk_scope(filled, [1, 7]).folded == (6,), "closed copies need no act, and a chosen one is not folded"


def test_each_report_gets_a_decision_of_its_own(filled: Session) -> None:
    before = len(kinds(filled))
    result = bulk.decide_in_bulk(filled, [3, 4, 5], status="in_progress", assignee="second", note="together")
    assert result == BulkResult(act=1, done=3, unchanged=0)
    assert [states(filled)[i] for i in (3, 4, 5)] == [(1, 2)] * 3
    assert kinds(filled)[before:] == ["bulk act begun", *["report decided"] * 3]
    again = bulk.decide_in_bulk(filled, [3, 4, 5], status="in_progress", assignee="second")
    assert again == BulkResult(act=None, done=0, unchanged=3), "what is so already is not decided again"


def test_closing_band_a_or_b_needs_the_number_that_was_agreed_to(filled: Session) -> None:
    for agreed in (0, 1, 3):
        with pytest.raises(Refused, match="band A or B: 2, where"):
            bulk.decide_in_bulk(filled, [1, 2, 3], status="closed", reason="adult", closing_urgent=agreed)
    assert states(filled)[3][0] == 0
    assert bulk.decide_in_bulk(filled, [1, 2, 3], status="closed", reason="adult", closing_urgent=2).done == 3
    with pytest.raises(Refused, match="reason"):
        bulk.decide_in_bulk(filled, [4], status="closed")


def test_others_are_assigned_by_leads_only(filled: Session) -> None:
    with unlock(filled.store.directory, "second", SECOND_WORDS) as analyst:
        with pytest.raises(Refused):
            bulk.decide_in_bulk(analyst, [3, 4], assignee="first")
        assert bulk.decide_in_bulk(analyst, [3, 4], assignee="second").done == 2


def test_one_undo_takes_the_whole_act_back_and_the_next_the_decision_before(
    filled: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    decide(filled, NUMBERS[2], status="on_hold", reason="age uncertain", assignee="first")
    bulk.decide_in_bulk(filled, [3, 4, 5], status="in_progress", assignee="second")
    act = bulk.find_last_act(filled, LONG_AGO)
    assert act is not None and (act.reports, act.status, act.assignee) == (3, "in_progress", "second")
    told: list[Progress] = []
    undone = bulk.undo_last_act(filled, LONG_AGO, on_progress=told.append)
    assert (undone.undone, [each.done for each in told]) == (3, [2, 3])
    assert [states(filled)[i] for i in (3, 4, 5)] == [(5, 1), (0, None), (0, None)]
    undone = bulk.undo_last_act(filled, LONG_AGO)
    assert (undone.act.report, undone.act.status, undone.status, undone.assignee) == (NUMBERS[2], "on_hold", "new", None)
    assert states(filled)[3] == (0, None)
    with pytest.raises(NotFound, match="nothing to undo"):
        bulk.undo_last_act(filled, LONG_AGO)


def test_undo_takes_back_own_acts_of_this_session_only(filled: Session) -> None:
    decide(filled, NUMBERS[0], status="in_progress")
    with unlock(filled.store.directory, "second", SECOND_WORDS) as other:
        assert bulk.find_last_act(other, LONG_AGO) is None
        decide(other, NUMBERS[1], status="in_progress")
    act = bulk.find_last_act(filled, LONG_AGO)
    assert act is not None and act.report == NUMBERS[0]
    assert bulk.find_last_act(filled, "2999-01-01T00:00:00Z") is None


def test_a_clock_that_was_wrong_has_no_other_decision_undone(filled: Session) -> None:
    """The last decision bore a time before the session; the one before it was taken back in its place."""
    began = now()
    decide(filled, NUMBERS[0], status="in_progress")
    with moved(Clock(datetime.now(UTC) - timedelta(hours=3))):
        decide(filled, NUMBERS[1], status="in_progress")
    with pytest.raises(NotFound, match="nothing to undo"):
        bulk.undo_last_act(filled, began)
    with moved(Clock(datetime.now(UTC) + timedelta(days=365))):
        decide(filled, NUMBERS[2], status="in_progress")
    assert bulk.find_last_act(filled, began) is None, "nobody knows when that was"
    decide(filled, NUMBERS[3], status="in_progress")
    act = bulk.find_last_act(filled, began)
    assert act is not None and act.report == NUMBERS[3]


def test_a_report_that_is_destroyed_meanwhile_is_left_out(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The act ended there with "There is no report None"."""
    read = sql.load_states
    monkeypatch.setattr(sql, "load_states", lambda *given: [StoredState(0, 2, 0, None), *read(*given)])
    found = bulk.decide_in_bulk(filled, [3, 4], status="in_progress", reason="being worked on")
    assert (found.done, found.unchanged) == (2, 0)
    assert [states(filled)[i][0] for i in (3, 4)] == [1, 1]


def test_a_stop_keeps_what_was_done(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    cancel = CancelToken()
    result = bulk.decide_in_bulk(
        filled, [3, 4, 5], assignee="second", on_progress=lambda progress: cancel.cancel(), cancel=cancel
    )
    assert (result.done, result.stopped) == (2, True)
    assert [states(filled)[i][1] for i in (3, 4, 5)] == [2, 2, None]
    assert bulk.undo_last_act(filled, LONG_AGO).undone == 2


def test_an_act_reaches_no_more_than_its_limit(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 3)
    with pytest.raises(Refused, match="at most 3"):
        bulk.find_bulk_scope(filled, [1, 2])  # with its two folded copies
    with pytest.raises(Refused, match="at most 3"):
        bulk.decide_in_bulk(filled, [1, 2, 3, 4], assignee="first")


KILLED = f"""
import os, signal, sys
from pathlib import Path
from triage.jobs.casework import bulk
from triage.jobs.session import unlock

def stop(progress):
    if progress.done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

bulk.SLICE = 1
with unlock(Path(sys.argv[1]), "first", {WORDS!r}) as session:
    bulk.decide_in_bulk(session, [3, 4, 5], status="on_hold", reason="age uncertain", on_progress=stop)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_kill_9_in_the_middle_loses_nothing_and_the_rest_can_be_undone(filled: Session) -> None:
    folder = filled.store.directory
    filled.close()
    died = subprocess.run([sys.executable, "-c", KILLED, str(folder), "2"], env=dict(os.environ), check=False)
    assert died.returncode == -signal.SIGKILL
    with unlock(folder, "first", WORDS) as session:
        assert check_store(session).problems == ()
        assert [states(session)[i][0] for i in (3, 4, 5)] == [5, 5, 0]
        assert bulk.undo_last_act(session, LONG_AGO).undone == 2
        assert [states(session)[i][0] for i in (3, 4, 5)] == [0, 0, 0]
