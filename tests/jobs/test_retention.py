"""The rule of retention: it proposes what is old, closed and free, two people destroy it, and the statistics keep their counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.exercise.clock import Clock, moved
from tests.jobs.bundles import le_json
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import Cancelled, Refused, StoreError
from triage.exports.verify import verify_file
from triage.jobs.casework import decisions
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import retention
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import lift_hold, place_hold
from triage.jobs.keeping.register import apply_register
from triage.jobs.keeping.retention import destroy_due_reports, plan_retention
from triage.jobs.policy import set_policy
from triage.jobs.session import Session, unlock
from triage.jobs.stats import load_statistics
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role
from triage.store import compaction as rebuilding
from triage.store import register
from triage.store.queries import compaction, reports
from triage.store.queries import retention as due

pytestmark = pytest.mark.usefixtures("short_papers")

NUMBERS = [str(900000001 + n) for n in range(5)]
OPEN, HELD, *DUE = NUMBERS


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A closed store with reports, of which all but one are closed and one is held, and a second person."""

    def fill(session: Session, work: Path) -> None:
        for n, number in enumerate(NUMBERS):
            (work / number).mkdir()
            (work / number / "report.json").write_bytes(le_json(900000001 + n))
        import_bundles(session, [work], receipt=Receipt())
        for number in (HELD, *DUE):
            decisions.decide(session, number, status="closed", reason="insufficient information")
        place_hold(session, HELD, "a court asks")
        add_person(session.store, "second", [Role.LEAD], "eight blue kites")

    return make_store(fill)


@pytest.fixture
def session(filled: Session) -> Session:
    return filled


@pytest.fixture
def second(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Consent:
    """Says that all of it was four years ago; returns the second person."""
    (tmp_path / "papers").mkdir()
    monkeypatch.setattr(retention, "utc_now", lambda: datetime.now(UTC) + timedelta(days=4 * 365))
    return Consent("second", "eight blue kites")


def list_stored(session: Session) -> list[str]:
    with session.reading() as db:
        return [number for number in NUMBERS if reports.find_report(db, number) is not None]


def test_without_a_rule_nothing_is_due(session: Session, tmp_path: Path, second: Consent) -> None:
    assert plan_retention(session).due == 0
    with pytest.raises(Refused, match="no rule"):
        destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")


def test_what_the_rule_no_longer_keeps_goes_and_the_statistics_stay(session: Session, tmp_path: Path, second: Consent) -> None:
    set_policy(session, "closed-kept-months", "60")
    assert plan_retention(session).due == 0
    set_policy(session, "closed-kept-months", "36")
    plan = plan_retention(session)
    assert ([each.report_id for each in plan.reports], plan.due) == (DUE, 3)
    before = load_statistics(session)
    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert (list(result.destroyed), result.kept, result.log_emptied) == (DUE, {}, True)
    assert list_stored(session) == [OPEN, HELD] and plan_retention(session).due == 0
    after = load_statistics(session)
    assert (after.by_month, after.by_status, after.by_band) == (before.by_month, before.by_status, before.by_band)
    assert all(verify_file(tmp_path / "papers" / f"{number}.json").valid for number in DUE)
    assert check_store(session).valid


KEEPING = {
    "a packet": ["INSERT INTO packet_report VALUES (900, ?)"],
    "a part that came since": ["UPDATE report_version SET imported = '2099-01-01T00:00:00Z' WHERE report_id = ?"],
    "an appeal": ["INSERT INTO appeal (case_id, report_id, recorded, user_id, received, text) VALUES (1, ?, '', 1, '', '')"],
    "a conflict": [
        "INSERT INTO work_conflict (package, report_id, field, change, found) VALUES (1, ?, 'status', '', '')",
    ],
    "a duty": ["INSERT INTO deadline VALUES (?, 1, 1, 1, 1, NULL)"],
    "a request": [
        (
            "INSERT INTO request (id, number, kind, addressee, name, ready, child, missing, lines, made, user_id)"
            " VALUES (900, 'R', '', '', '', 0, 0, '', 1, '', 1)"
        ),
        "INSERT INTO request_line VALUES (900, 900, 'L', '', '', NULL, NULL, x'')",
        "INSERT INTO request_line_report VALUES (900, ?)",
    ],
    "a comparison": [
        (
            "INSERT INTO deconfliction (session, other_key, first, made, user_id, compared, length, scalar, silent_scalar)"
            " VALUES ('s', '', 1, '', 1, 1, 1, x'', x'')"
        ),
        "INSERT INTO deconfliction_item VALUES ('s', 0, ?, '', '', 0, 0)",
    ],
    "work that is out": [
        "INSERT INTO work_package VALUES (900, 'p', 'sent', NULL, 'age', '', NULL, 1, 0, '{}', NULL, 1)",
        "INSERT INTO work_package_report VALUES (900, ?, '', '{}', '{}', NULL)",
    ],
    "work that came and was not returned": [
        "INSERT INTO work_package VALUES (900, 'p', 'received', NULL, 'age', '', NULL, 1, 0, '{}', '2026-11-01T00:00:00Z', 1)",
        "INSERT INTO work_package_report VALUES (900, ?, '', '{}', '{}', '{}')",
    ],
    "a series": [
        "INSERT INTO victim_series VALUES (900, 'V', '', 1)",
        "INSERT INTO file VALUES (900, ?, 1, 77, 'a.jpg', 'a.jpg', 'A', 9)",
        "INSERT INTO victim_series_media VALUES (900, 77, '', 1)",
    ],
}
"""What keeps a report -> the rows that say so of the report with this id."""


def test_a_report_that_somebody_waits_for_or_has_is_kept(session: Session, second: Consent) -> None:
    set_policy(session, "closed-kept-months", "36")
    cutoff, left = due.find_cutoff(session.store.read(), plan_retention(session).before, "2099-01-01T00:00:00Z"), {}
    for what, rows in KEEPING.items():
        with pytest.raises(InterruptedError), session.store.batch() as batch:
            report_id = reports.find_report(batch, DUE[0])
            batch.execute("PRAGMA defer_foreign_keys = ON")  # the other rows are not asked
            for sql in rows:
                batch.execute(sql, (report_id,) if "?" in sql else ())
            left[what] = [number for number, _ in due.list_due(batch, cutoff, 9)]
            assert due.count_due(batch, cutoff)[0] == len(left[what])
            raise InterruptedError
    assert left == dict.fromkeys(KEEPING, DUE[1:])


def test_a_decision_of_a_clock_that_was_far_behind_does_not_make_its_report_old(session: Session) -> None:
    """The battery was empty, so the machine began in 2015. The report was closed today."""
    set_policy(session, "closed-kept-months", "36")
    with session.store.batch() as batch:
        batch.execute("UPDATE report_version SET imported = '2014-01-01T00:00:00Z'")
        batch.execute("UPDATE decision SET taken = '2014-02-01T00:00:00Z' WHERE id < (SELECT max(id) FROM decision)")
    with moved(Clock(datetime(2015, 1, 1, tzinfo=UTC))):
        decisions.decide(session, OPEN, status="closed", reason="insufficient information")
    plan = plan_retention(session)
    assert ([each.report_id for each in plan.reports], plan.due) == (DUE[:-1], 2)
    decisions.decide(session, OPEN, status="in_progress")
    with moved(Clock(datetime(2035, 1, 1, tzinfo=UTC))):
        decisions.decide(session, OPEN, status="closed", reason="insufficient information")
    assert plan_retention(session).due == 2, "a clock that was ahead keeps its own report only"


def test_nobody_destroys_alone(session: Session, tmp_path: Path, second: Consent) -> None:
    set_policy(session, "closed-kept-months", "12")
    with pytest.raises(Refused):
        destroy_due_reports(session, order="Rule 12", second=Consent("first", "seven green boats"), folder=tmp_path / "papers")
    assert list_stored(session) == NUMBERS


def test_what_was_reopened_meanwhile_stays(
    session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_policy(session, "closed-kept-months", "12")
    plan = plan_retention(session)
    decisions.decide(session, DUE[1], status="in_progress", reason="being worked on")
    monkeypatch.setattr(retention, "_list_due", lambda *_: plan.reports)
    monkeypatch.setattr(due, "count_due", None)  # a count reads all older decisions: whoever destroys does not wait for it
    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert list(result.destroyed) == [DUE[0], DUE[2]] and list(result.kept) == [DUE[1]]
    assert list_stored(session) == [OPEN, HELD, DUE[1]]


def test_a_hold_between_the_last_look_and_the_destruction_keeps_the_report(
    session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule is asked in the batch that destroys: nobody can change the report in between."""
    set_policy(session, "closed-kept-months", "12")
    real = retention.destroy_and_certify

    def reopen_first(session: Session, number: str, *more: Any, **how: Any) -> object:
        """Lets another person reopen the report just before the batch begins."""
        decisions.decide(session, number, status="in_progress", reason="being worked on")
        return real(session, number, *more, **how)

    monkeypatch.setattr(retention, "destroy_and_certify", reopen_first)
    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert (result.destroyed, list(result.kept), list_stored(session)) == ((), DUE, NUMBERS)


def test_a_cancelled_act_leaves_whole_destructions_and_no_older_pages(session: Session, tmp_path: Path, second: Consent) -> None:
    set_policy(session, "closed-kept-months", "12")
    token = CancelToken()
    with pytest.raises(Cancelled):
        destroy_due_reports(
            session,
            order="Rule 12",
            second=second,
            folder=tmp_path / "papers",
            on_progress=lambda p: token.cancel() if p.unit == "reports" and p.done == 1 else None,
            cancel=token,
        )
    with session.reading() as db:
        assert not compaction.is_compaction_owed(db)
    assert len(list_stored(session)) == 3 and check_store(session).valid


def test_each_act_goes_on_where_the_one_before_ended(session: Session, tmp_path: Path, second: Consent) -> None:
    """A hundred thousand reports take many acts: each says how far it is, and what it leaves is due in the next."""
    set_policy(session, "closed-kept-months", "12")
    steps: list[tuple[int, int | None]] = []
    for left in (2, 1, 0):
        result = destroy_due_reports(
            session,
            order="Rule 12",
            second=second,
            folder=tmp_path / "papers",
            most=1,
            on_progress=lambda p: steps.append((p.done, p.total)) if p.unit == "reports" else None,
        )
        assert (len(result.destroyed), plan_retention(session).due) == (1, left)
    assert steps.count((0, 1)) >= 3
    assert register.read_register(tmp_path / "papers" / register.FILE).named == 3


def test_an_import_can_begin_between_groups_and_not_within_one(
    session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found in one walk for a group holds until its last report is gone, since nothing is imported before."""
    set_policy(session, "closed-kept-months", "12")
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "report.json").write_bytes(le_json(900000009))
    surveyed = count_calls(monkeypatch, retention, "survey_reports")
    refused: list[int] = []

    def try_to_import(p: Progress) -> None:
        if p.unit == "reports" and str(p.note) == "destroying":
            with pytest.raises(StoreError):
                import_bundles(session, [tmp_path / "late"], receipt=Receipt())
            refused.append(p.done)

    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers", on_progress=try_to_import)
    assert (len(result.destroyed), len(surveyed), refused) == (3, 2, [0, 1, 2])


def count_calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    """Returns a list that grows by one with each call of a function."""
    calls: list[int] = []
    real = getattr(module, name)

    def called(*args: Any) -> Any:
        """Counts, and does the same."""
        calls.append(len(calls))
        return real(*args)

    monkeypatch.setattr(module, name, called)
    return calls


def test_what_takes_longer_in_a_larger_store_is_done_once_an_act(
    session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All destructions are written twice, at the beginning and at the end, and all search words are merged once."""
    set_policy(session, "closed-kept-months", "12")
    written = count_calls(monkeypatch, register, "make_register")
    merged = count_calls(monkeypatch, rebuilding, "merge_words_beside_writers")
    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert (len(result.destroyed), len(written), len(merged)) == (3, 2, 1)
    assert register.list_parts(tmp_path / "papers") == []
    assert register.read_register(tmp_path / "papers" / register.FILE).named == 3


@pytest.fixture
def killed(session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An act that was killed after its last destruction, with a backup from before; returns the folder of its papers."""
    set_policy(session, "closed-kept-months", "12")
    make_backup(session, tmp_path / "old")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(retention, "_finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert len(register.list_parts(tmp_path / "papers")) == 2
    return tmp_path / "papers"


def test_after_a_kill_the_register_and_its_parts_destroy_again_what_an_older_backup_brings_back(
    session: Session, tmp_path: Path, killed: Path
) -> None:
    made = restore_backup(tmp_path / "old", tmp_path / "new", "first", "seven green boats", register=killed / register.FILE)
    assert made.applied is not None and (made.applied.destroyed, made.applied.known) == (3, 0)
    with unlock(tmp_path / "new", "first", "seven green boats") as restored:
        assert list_stored(restored) == [OPEN, HELD] and check_store(restored).valid
        assert apply_register(restored, killed / register.FILE).known == 3
    with pytest.raises(StoreError, match="a part"):
        apply_register(session, register.list_parts(killed)[0])


def test_the_next_act_takes_the_parts_of_a_killed_one_away(session: Session, killed: Path, second: Consent) -> None:
    lift_hold(session, HELD)
    (killed / "destructions-2025.json").write_bytes((killed / register.FILE).read_bytes())
    (killed / "destructions-notes.json").write_bytes(b"no register")
    destroy_due_reports(session, order="Rule 12", second=second, folder=killed)
    assert len(register.read_one(killed / register.FILE).entries) == 4
    left = {path.name for path in killed.glob("destructions*.json")}
    assert left == {"destructions.json", "destructions-2025.json", "destructions-notes.json"}, "what somebody put there stays"


def test_a_damaged_part_is_refused_and_one_of_another_store_is_left_out(session: Session, killed: Path) -> None:
    part = register.list_parts(killed)[0]
    data = part.read_bytes()
    part.write_bytes(data.replace(session.store.id.encode(), b"another store"))
    assert register.read_register(killed / register.FILE).named == 2
    part.write_bytes(data.replace(b'"documents": 1', b'"documents": 2'))
    with pytest.raises(StoreError, match="not signed"):
        apply_register(session, killed / register.FILE)
    part.write_bytes(data[:-9])
    with pytest.raises(StoreError, match=part.name):
        apply_register(session, killed / register.FILE)


def test_words_are_merged_before_a_copy_of_what_a_killed_act_left(
    session: Session, tmp_path: Path, killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup finishes the destruction first: it holds pages, and no page may hold what was erased."""
    merged = count_calls(monkeypatch, rebuilding, "merge_words_beside_writers")
    make_backup(session, tmp_path / "later")
    assert len(merged) == 1 and not compaction.is_compaction_owed(session.store.read())
    session.store.forget_older_state()
    make_backup(session, tmp_path / "last")
    assert len(merged) == 1, "only as long as it is owed"
