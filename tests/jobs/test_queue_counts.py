"""The lane counts and the planes of the queue stay true through everything that changes a report."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.bundles import write_zip
from tests.people import add_person
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide, undo_decision
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.reading.queue import count_lanes, list_queue_rows, load_window
from triage.jobs.session import Session, unlock
from triage.jobs.state import queue_planes
from triage.model.handover import Receipt
from triage.model.queue_order import QueueOrder
from triage.model.users import Role
from triage.model.views import STATUSES, QueueFilter
from triage.store.queries import judgement

pytestmark = pytest.mark.usefixtures("short_papers")

WORDS = "seven green boats"
OPEN = ("new", "in_progress", "on_hold")


def compare(session: Session) -> None:
    """Fails when a count or a plane differs from the rows, also for a reader that saw the store before."""
    rows = list_queue_rows(session, QueueFilter())
    counts = count_lanes(session)
    assert counts.statuses == {status: sum(row.status == status for row in rows) for status in STATUSES}
    assert counts.open == sum(row.status in OPEN for row in rows) and counts.total == len(rows)
    assert {row.id for row in load_window(session, QueueFilter(open_only=True), QueueOrder(), 0, 100).rows} == {
        row.id for row in rows if row.status in OPEN
    }
    problems = check_store(session).problems
    assert not problems, problems


@pytest.mark.parametrize("most", [0, 1_000], ids=["always written", "changes beside the planes"])
def test_through_all_that_happens_to_reports(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(queue_planes, "MOST_CHANGES", most)
    rng = random.Random(11)
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
    import_bundles(session, [write_zip(tmp_path / "one.zip", range(900000010, 900000018))], receipt=Receipt())
    compare(session)

    def some() -> str:
        return rng.choice(list_queue_rows(session, QueueFilter())).report_id

    def judge_all() -> None:
        with session.store.batch() as batch:
            judgement.mark_all_stale(batch)
        assess(session)

    def destroy() -> None:
        certificate = tmp_path / f"certificate{rng.random()}.json"
        second = Consent("second", "eight blue kites")
        destroy_report(session, some(), reason="keeping period over", order="rule 7", second=second, certificate=certificate)

    acts: list[Callable[[], object]] = [
        lambda: decide(session, some(), status="closed", reason="insufficient information"),
        lambda: decide(session, some(), status="in_progress"),
        lambda: undo_decision(session, decided),
        lambda: decide(session, some(), assignee="second"),
        judge_all,
        destroy,
        lambda: import_bundles(session, [write_zip(tmp_path / "two.zip", range(900000016, 900000020))], receipt=Receipt()),
        lambda: open_case(session, [some()]),
    ]
    decided = decide(session, some(), status="on_hold")
    for act in acts:
        act()
        compare(session)
    make_backup(session, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / "new", "first", WORDS, no_register="taken from this very store")
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        compare(restored)
        assert [row.report_id for row in list_queue_rows(restored, QueueFilter())] == [
            row.report_id for row in list_queue_rows(session, QueueFilter())
        ]
