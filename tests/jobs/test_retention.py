"""The rule of retention: it proposes what is old, closed and free, two people destroy it, and the statistics keep their counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.people import add_person
from triage.errors import Cancelled, Refused
from triage.exports.verify import verify_file
from triage.jobs.casework import decisions
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import retention
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import place_hold
from triage.jobs.keeping.retention import destroy_due_reports, plan_retention
from triage.jobs.policy import set_policy
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.model.users import Role
from triage.store.queries import compaction, reports
from triage.store.queries import retention as due

NUMBERS = [str(900000001 + n) for n in range(5)]
OPEN, HELD, *DUE = NUMBERS


@pytest.fixture
def second(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Consent:
    """Stores reports, of which all but one are closed and one is held, four years ago; returns the second person."""
    for n, number in enumerate(NUMBERS):
        (tmp_path / "in" / number).mkdir(parents=True)
        (tmp_path / "in" / number / "report.json").write_bytes(le_json(900000001 + n))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    for number in (HELD, *DUE):
        decisions.decide(session, number, status="closed", reason="insufficient information")
    place_hold(session, HELD, "a court asks")
    (tmp_path / "papers").mkdir()
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
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
    "a duty": ["INSERT INTO deadline VALUES (?, 1, 1, 1)"],
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
    "a series": [
        "INSERT INTO victim_series VALUES (900, 'V', '', 1)",
        "INSERT INTO file VALUES (900, ?, 1, 77, 'a.jpg', 'a.jpg', 'A', 9)",
        "INSERT INTO victim_series_media VALUES (900, 77, '', 1)",
    ],
}
"""What keeps a report -> the rows that say so of the report with this id."""


def test_a_report_that_somebody_waits_for_or_has_is_kept(session: Session, second: Consent) -> None:
    set_policy(session, "closed-kept-months", "36")
    before, left = plan_retention(session).before, {}
    for what, rows in KEEPING.items():
        with pytest.raises(InterruptedError), session.store.batch() as batch:
            report_id = reports.find_report(batch, DUE[0])
            batch.execute("PRAGMA defer_foreign_keys = ON")  # the other rows are not asked
            for sql in rows:
                batch.execute(sql, (report_id,) if "?" in sql else ())
            left[what] = [number for number, _ in due.list_due(batch, before, 9)]
            raise InterruptedError
    assert left == dict.fromkeys(KEEPING, DUE[1:])


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
    monkeypatch.setattr(retention, "plan_retention", lambda *_: plan)
    result = destroy_due_reports(session, order="Rule 12", second=second, folder=tmp_path / "papers")
    assert list(result.destroyed) == [DUE[0], DUE[2]] and list(result.kept) == [DUE[1]]
    assert list_stored(session) == [OPEN, HELD, DUE[1]]


def test_a_hold_between_the_last_look_and_the_destruction_keeps_the_report(
    session: Session, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule is asked in the batch that destroys: nobody can change the report in between."""
    set_policy(session, "closed-kept-months", "12")
    real = retention.destroy_and_certify

    def reopen_first(session: Session, number: str, *more: object) -> object:
        """Lets another person reopen the report just before the batch begins."""
        decisions.decide(session, number, status="in_progress", reason="being worked on")
        return real(session, number, *more)  # type: ignore[arg-type]

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
