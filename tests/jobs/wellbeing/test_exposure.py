"""A person's account opens for this person alone: not for leads, administrators or whoever reads the database."""

from __future__ import annotations

import inspect
import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.test_rights import JOBS
from tests.people import add_person
from triage.decode.client import MediaPool
from triage.errors import Refused
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide, give_back
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading import media
from triage.jobs.reading.media import reveal
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session, unlock
from triage.jobs.state.account import (
    add_view,
    list_own_views,
    load_last_folders,
    load_own_settings,
    save_last_folders,
    save_own_settings,
)
from triage.jobs.users import change_passphrase
from triage.jobs.wellbeing import exposure
from triage.jobs.wellbeing.exposure import list_team_weeks, summarize_exposure
from triage.jobs.wellbeing.own_work import list_kept_away, list_own_outcomes
from triage.model.handover import Receipt
from triage.model.media import RevealStep
from triage.model.private_account import LastFolders, PrivateSettings
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.store.queries import private

WORDS, LEAD, ADMIN = "seven green boats", "eight red kites fly", "nine blue lamps glow"
BEGAN = "2026-11-02T04:00:00Z"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, _: Path) -> None:
        add_person(session.store, "lead", [Role.LEAD], LEAD)
        add_person(session.store, "admin", [Role.ADMIN], ADMIN)

    return make_store(fill)


@pytest.fixture
def team(filled_store: Path, tmp_path: Path) -> Path:
    """The folder of a store of three people."""
    return Path(shutil.copytree(filled_store, tmp_path / "store"))


def view(session: Session, *, medium: int = 1, seconds: int = 3, warnings: tuple[str, ...] = (), began: str = BEGAN) -> None:
    with session.store.batch() as batch:
        add_view(
            session,
            batch,
            step=RevealStep.GREY,
            medium=medium,
            began=began,
            milliseconds=seconds * 1000,
            warnings=warnings,
        )


def test_one_reads_ones_own_views_and_nobody_elses(team: Path) -> None:
    with unlock(team, "first", WORDS) as mine:
        view(mine, warnings=("infant",))
        assert [v.warnings for v in list_own_views(mine)] == [("infant",)]
    for name, words in (("lead", LEAD), ("admin", ADMIN)):
        with unlock(team, name, words) as other:
            assert list_own_views(other) == ()
            assert summarize_exposure(other).views == 0
    with unlock(team, "first", WORDS) as mine:
        assert summarize_exposure(mine).views == 1


def test_no_role_and_no_key_of_the_store_opens_the_account_of_another(team: Path) -> None:
    """Whoever can unlock the store reads its database; the account's key stays closed to them."""
    with unlock(team, "first", WORDS) as mine:
        view(mine, warnings=("infant",))
    with unlock(team, "admin", ADMIN) as other:
        db = other.store.read()
        first = db.value("SELECT id FROM user WHERE name = 'first'")
        other.store.user = other.store.users.named("first")  # a changed program that says it is another user
        with pytest.raises(Refused, match="does not open with this passphrase"):
            list_own_views(other)
        wrapped = private.load_key(db, first)
        with pytest.raises(Refused, match="does not open"):
            other.store.account._unwrap(wrapped)
        rows = db.all("SELECT * FROM media_view")
        assert len(rows) == 1
        assert not any(value == first for value in rows[0][1:]), "no row names its user"
        assert b"infant" not in rows[0][2] and BEGAN.encode() not in rows[0][2]


def test_a_job_that_opens_an_account_takes_no_user() -> None:
    opening = {name: job for name, job in JOBS.items() if name.split(".")[0] in ("account", "exposure", "own_work")}
    assert len(opening) >= 8
    for name, job in opening.items():
        taken = set(inspect.signature(inspect.unwrap(job)).parameters)
        assert not taken & {"user", "user_id", "name", "of", "person"}, name


def test_sealed_rows_have_one_length_whatever_they_hold(team: Path) -> None:
    with unlock(team, "first", WORDS) as mine:
        view(mine)
        view(mine, medium=123456, seconds=29, warnings=("infant", "violenceGore", "physicalHarm"))
        assert len(set(mine.store.read().all("SELECT length(sealed) FROM media_view"))) == 1


def test_the_audit_log_does_not_say_how_long_a_view_lasted(session: Session, tmp_path: Path) -> None:
    sha256 = import_one(session, tmp_path)
    with MediaPool(1) as pool, reveal(session, "900000001", sha256, RevealStep.GREY, pool):
        pass
    (text,) = session.store.read().first("SELECT json FROM audit_entry WHERE json LIKE '%media revealed%'") or ("",)
    assert set(json.loads(text)["about"]) == {"report", "medium", "step"}
    (mine,) = list_own_views(session)
    assert mine.step == RevealStep.GREY and mine.warnings == ("infant",)


def test_a_view_that_went_on_after_a_gap_is_one_and_lasted_without_the_gap(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256, clock = import_one(session, tmp_path), [100.0]
    monkeypatch.setattr(media, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    with MediaPool(1) as pool, reveal(session, "900000001", sha256, RevealStep.BLURRED, pool) as view:
        for seconds in (2, 3):
            assert view.render().width
            clock[0] += seconds
            view.pause()
            clock[0] += 0.1
    (mine,) = list_own_views(session)
    assert mine.lasted.total_seconds() == 5
    assert session.store.read().value("SELECT count(*) FROM audit_entry WHERE json LIKE '%media revealed%'") == 1


def import_one(session: Session, tmp_path: Path) -> str:
    """Imports one report with a picture that its provider marks, and returns the SHA-256 of the picture."""
    folder = tmp_path / "in" / "900000001"
    folder.mkdir(parents=True)
    document = json.loads(le_json(900000001))
    uploaded = document["reportedInformation"]["uploadedFiles"]["uploadedFiles"][0]
    uploaded["fileAnnotations"] = {"infant": True}
    (folder / "r.json").write_bytes(json.dumps(document).encode())
    (folder / "900000001.jpg").write_bytes(jpeg(1))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    found = load_report_view(session, "900000001").files[0]
    assert found.annotations == ("infant",)
    return found.sha256 or ""


def test_the_account_survives_ones_own_new_passphrase(team: Path) -> None:
    with unlock(team, "lead", LEAD) as mine:
        view(mine)
        change_passphrase(mine, "ten grey stones sleep")
        view(mine)
        assert len(list_own_views(mine)) == 2
    with unlock(team, "lead", "ten grey stones sleep") as mine:
        assert len(list_own_views(mine)) == 2


def test_a_passphrase_that_somebody_else_sets_opens_a_new_account(team: Path) -> None:
    with unlock(team, "lead", LEAD) as mine:
        view(mine)
    with unlock(team, "first", WORDS) as boss:
        boss.store.users.change_passphrase("lead", "ten grey stones sleep", boss.user)
    with unlock(team, "lead", "ten grey stones sleep") as mine:
        assert list_own_views(mine) == ()
        change_passphrase(mine, "two quiet owls watch")
        view(mine)
        assert len(list_own_views(mine)) == 1
        assert mine.store.read().value("SELECT count(*) FROM media_view") == 2, "the old row stays, closed to everybody"


def test_an_open_window_does_not_write_to_an_account_that_it_can_not_open(team: Path) -> None:
    with unlock(team, "lead", LEAD) as here, unlock(team, "lead", LEAD) as there:
        view(here)
        change_passphrase(there, "ten grey stones sleep")
        with pytest.raises(Refused, match="lock and unlock"):
            view(here)
        assert len(list_own_views(there)) == 1


def test_a_changed_row_costs_itself_only(team: Path) -> None:
    with unlock(team, "first", WORDS) as mine:
        for medium in range(1, 4):
            view(mine, medium=medium)
        with mine.store.batch() as batch:
            batch.execute("UPDATE media_view SET sealed = zeroblob(300) WHERE id = 2")
        assert [v.medium for v in list_own_views(mine)] == [1, 3]


def test_sums_agree_with_counting_by_hand(team: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.state.account._AT_ONCE", 7)
    with unlock(team, "first", WORDS) as mine:
        given = []
        for n in range(30):
            began = datetime(2026, 11, 2, 15, tzinfo=UTC) + timedelta(hours=n)
            warnings = ("infant",) if n % 3 == 0 else ("violenceGore", "infant") if n % 5 == 0 else ()
            given.append((began, n, warnings))
            view(mine, medium=n % 9, seconds=n, warnings=warnings, began=began.strftime("%Y-%m-%dT%H:%M:%SZ"))
        found = summarize_exposure(mine)
        assert (found.views, found.seconds, found.by_step) == (
            30,
            float(sum(range(30))),
            {"blurred": 0, "edges": 0, "grey": 30, "colour": 0},
        )
        assert found.by_warning == dict(Counter(w for _, _, warnings in given for w in warnings))
        days = Counter(str((began + timedelta(hours=5)).date()) for began, _, _ in given)
        assert [(d.day, d.views) for d in found.by_day] == sorted(days.items(), reverse=True)
        assert len(list_own_views(mine, datetime(2026, 11, 3, 3, tzinfo=UTC))) == sum(
            b >= datetime(2026, 11, 3, 3, tzinfo=UTC) for b, _, _ in given
        )


def test_the_team_has_a_total_only_when_enough_people_viewed_and_the_week_is_over(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unlock(team, "first", WORDS) as mine:
        view(mine, seconds=60)
        view(mine, seconds=60)
        view(mine, began=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    with unlock(team, "lead", LEAD) as lead:
        view(lead, seconds=60)
        (week,) = list_team_weeks(lead)
        assert (week.week, week.views, week.minutes) == ("2026-W45", None, None)
        monkeypatch.setattr(exposure, "LEAST_PEOPLE", 2)
        (week,) = list_team_weeks(lead)
        assert (week.views, week.minutes) == (3, 3)
        monkeypatch.setattr(exposure, "LEAST_PEOPLE", 3)
        assert list_team_weeks(lead)[0].views is None
    with unlock(team, "admin", ADMIN) as admin, pytest.raises(Refused, match="assign reports"):
        list_team_weeks(admin)


def test_settings_are_ones_own_and_leave_nothing_in_the_audit_log(team: Path) -> None:
    with unlock(team, "first", WORDS) as mine:
        before = mine.store.read().value("SELECT count(*) FROM audit_entry")
        save_own_settings(mine, PrivateSettings(keeps_away=("infant",), calm_screen=True))
        assert load_own_settings(mine).keeps_away == ("infant",)
        assert mine.store.read().value("SELECT count(*) FROM audit_entry") == before
        assert b"infant" not in bytes(mine.store.read().value("SELECT sealed FROM private_settings"))
        with pytest.raises(Refused, match="is no kind of warning"):
            save_own_settings(mine, PrivateSettings(keeps_away=("anything",)))
    with unlock(team, "lead", LEAD) as lead:
        assert load_own_settings(lead) == PrivateSettings()


def test_last_folders_are_ones_own_sealed_at_one_length_and_leave_the_settings(team: Path) -> None:
    with unlock(team, "first", WORDS) as mine:
        sizes = set()
        for folder in ("", "/media/carrier", "/media/" + "کیس" * 200, "/media/" + "x" * 4000, "/media/\ud800"):
            save_last_folders(mine, LastFolders(read=folder))
            sizes.add(mine.store.read().value("SELECT length(sealed) FROM private_settings"))
        assert len(sizes) == 1 and load_last_folders(mine) == LastFolders(), "what can't be kept is forgotten"
        save_last_folders(mine, LastFolders(read="/media/carrier", written="/media/court"))
        save_own_settings(mine, PrivateSettings(calm_screen=True))
        assert load_last_folders(mine) == LastFolders(read="/media/carrier", written="/media/court")
        save_last_folders(mine, LastFolders(read="/media/carrier"))
        assert load_own_settings(mine) == PrivateSettings(calm_screen=True)
    with unlock(team, "lead", LEAD) as lead:
        assert load_last_folders(lead) == LastFolders()


def test_kept_away_reports_are_given_back_without_a_reason(session: Session, tmp_path: Path) -> None:
    import_one(session, tmp_path)
    decide(session, "900000001", status="in_progress", assignee="first")
    assert list_kept_away(session) == ()
    save_own_settings(session, PrivateSettings(keeps_away=("infant",)))
    (kept,) = list_kept_away(session)
    assert (kept.report_id, kept.kinds) == ("900000001", ("infant",))
    assert len(give_back(session, ["900000001"])) == 1
    assert list_kept_away(session) == ()
    shown = load_report_view(session, "900000001")
    assert (shown.assignee, shown.status, shown.decisions[-1].reason, shown.decisions[-1].note) == (
        None,
        "in_progress",
        None,
        None,
    )
    assert give_back(session, ["900000001"]) == (), "it is not one's own any more"


def test_a_graded_report_in_a_case_has_the_status_that_the_queue_shows(session: Session, tmp_path: Path) -> None:
    sha256 = import_one(session, tmp_path)
    grade_file(session, "900000001", sha256, "adult")
    case = open_case(session, ["900000001"]).number
    (found,) = list_own_outcomes(session)
    (row,) = list_queue_rows(session, QueueFilter())
    assert (found.status, found.case) == (row.status, case) == ("new", case)


def test_outcomes_and_views_that_were_not_needed(session: Session, tmp_path: Path) -> None:
    sha256 = import_one(session, tmp_path)
    assert list_own_outcomes(session) == ()
    grade_file(session, "900000001", sha256, "adult")
    assert list_own_outcomes(session) == (), "it has no outcome yet"
    assert summarize_exposure(session).avoided_exact == 1, "graded without a view of one's own"
    decide(session, "900000001", status="closed", reason="adult")
    (found,) = list_own_outcomes(session)
    assert (found.report_id, found.status, found.case) == ("900000001", "closed", None)
    view(session, medium=1)
    assert summarize_exposure(session).avoided_exact == 0
