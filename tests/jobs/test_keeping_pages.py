"""What the pages of administration and audit read: duties, accounts, entries of the log, holds, offices, the program's log."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.exercise.clock import Clock, moved
from tests.jobs.bundles import jpeg, le_json, write_bundle
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.decode.client import MediaPool
from triage.errors import Cancelled, NotFound, Refused, StoreError
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import duties as duties_job
from triage.jobs.keeping.accounts import list_accounts
from triage.jobs.keeping.audit_reading import AuditFilter, count_audit_entries, find_audit_entries, load_audit_entries
from triage.jobs.keeping.backup import make_backup
from triage.jobs.keeping.check import check_store, export_head, verify_record
from triage.jobs.keeping.destruction import destroy_report, place_hold
from triage.jobs.keeping.duties import _UPKEEP, Duty, _tell_backup_age, list_duties
from triage.jobs.keeping.holdings import list_destruction_ids, list_holds, load_destructions, preview_destruction
from triage.jobs.keeping.keys import show_half
from triage.jobs.keeping.office_list import list_offices
from triage.jobs.keeping.program_log import read_program_log
from triage.jobs.lists.hits import list_hits
from triage.jobs.lists.list_conflicts import find_list_conflicts
from triage.jobs.lists.lists import add_list, list_hash_lists, set_list_distance
from triage.jobs.reading.media import reveal
from triage.jobs.session import Session, unlock
from triage.jobs.status import check_machine
from triage.model.handover import Receipt
from triage.model.media import RevealStep
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role

pytestmark = pytest.mark.usefixtures("short_papers")

WORDS, OTHER = "seven green boats", "nine grey hills"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(
        lambda session, work: import_bundles(session, [write_bundle(work / "bundle")], receipt=Receipt(received_from="x"))
    )


@pytest.fixture
def full(filled: Session) -> Session:
    return filled


def find(session: Session, key: str) -> Duty | None:
    return next((duty for duty in list_duties(session) if duty.key == key), None)


def urgency(session: Session, key: str) -> str | None:
    duty = find(session, key)
    return None if duty is None else duty.urgency


# -- duties ----------------------------------------------------------------------------------------------------------------


def test_a_new_store_needs_everything(session: Session) -> None:
    found = {duty.key: duty.urgency for duty in list_duties(session)}
    for key in ("backup", "check", "log", "head", "second person", "custodians", "lists"):
        assert found[key] == ("fine" if key == "custodians" else "now"), key
    order = [duty.urgency for duty in list_duties(session)]
    assert order == sorted(order, key=["now", "soon", "fine"].index)


def test_the_duty_to_verify_does_not_contradict_the_programs_own_check(session: Session) -> None:
    """The status bar says "audit log intact" on the same screen: the duty names who verified and what the program can't tell."""
    with MediaPool(1) as pool:
        assert check_machine(session, pool).record_valid
    found = find(session, "log")
    assert found is not None and found.urgency == "now"
    assert "No person" in str(found.says) and "The program checks it by itself" in str(found.says)
    verify_record(session)
    found = find(session, "log")
    assert found is not None and str(found.says).startswith("A person verified")


def test_what_was_done_is_in_order_until_it_is_old(full: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(full, tmp_path / "backup")
    assert check_store(full).valid and verify_record(full).valid
    export_head(full, tmp_path / "head.json")
    assert [urgency(full, key) for key in ("backup", "check", "log", "head")] == ["fine"] * 4
    later = datetime.now(UTC) + timedelta(days=20)
    monkeypatch.setattr(duties_job, "utc_now", lambda: later)
    assert [urgency(full, key) for key in ("backup", "check", "log", "head")] == ["soon", "fine", "soon", "soon"]
    later += timedelta(days=200)
    assert [urgency(full, key) for key in ("backup", "check", "log", "head")] == ["now"] * 4
    assert urgency(full, "backup expired") == "soon"


def test_what_was_done_while_the_clock_was_ahead_is_not_in_order(full: Session, tmp_path: Path) -> None:
    """All of it counted as done today, for as many years as the clock had been ahead."""
    (tmp_path / "list.txt").write_text("ab" * 16 + "\n")
    with moved(Clock(datetime.now(UTC) + timedelta(days=900))):
        make_backup(full, tmp_path / "backup")
        assert check_store(full).valid and verify_record(full).valid
        export_head(full, tmp_path / "head.json")
        add_list(full, tmp_path / "list.txt", name="Known", kind="known", profile=None)
        keys = ("backup", "check", "log", "head", "lists")
        assert [urgency(full, key) for key in keys] == ["fine"] * 5
    found = [find(full, key) for key in keys]
    assert [duty.urgency for duty in found if duty] == ["now"] * 4 + ["soon"]
    assert [str(duty.says) for duty in found if duty and "not known" not in str(duty.says)] == []
    make_backup(full, tmp_path / "second")
    assert check_store(full).valid and verify_record(full).valid
    export_head(full, tmp_path / "head2.json")
    assert [urgency(full, key) for key in keys] == ["fine"] * 4 + ["soon"]


def test_a_slice_does_not_stand_for_a_check_of_the_whole(full: Session) -> None:
    assert check_store(full, subset=(1, 7)).valid
    assert urgency(full, "check") == "now"


def test_a_check_that_found_something_is_never_in_order(full: Session) -> None:
    with full.store.batch() as batch:
        batch.execute("UPDATE original SET size = size + 1")
    with full.store.batch() as batch:
        batch.execute("INSERT INTO upkeep VALUES ('check', '2099-01-01T00:00:00Z', 1, 3)")
    duty = find(full, "check")
    assert duty is not None and duty.urgency == "now" and "3" in str(duty.says)


def test_custodians_and_second_people_are_counted(session: Session) -> None:
    store = session.store
    add_person(store, "lead", [Role.LEAD], OTHER)
    add_person(store, "third", [Role.ANALYST], "eight blue kites")
    assert urgency(session, "custodians") == "now", "the halves of the time of one user are void"
    assert urgency(session, "second person") is None
    assert urgency(session, "second admin") == "soon"
    show_half(session, 1, "third", Consent("lead", OTHER))
    assert urgency(session, "custodians") == "now", "one half is no key"


def test_a_person_reads_the_duties_of_their_rights(full: Session, tmp_path: Path) -> None:
    add_person(full.store, "auditor", [Role.AUDITOR], OTHER)
    with unlock(tmp_path / "store", "auditor", OTHER) as other:
        assert {duty.key for duty in list_duties(other)} == {"check", "log", "head"}


# -- users ---------------------------------------------------------------------------------------------------------------


def test_accounts_say_who_added_whom(session: Session) -> None:
    add_person(session.store, "lead", [Role.LEAD], OTHER)
    first, lead = list_accounts(session)
    assert (first.name, first.added_by, first.passphrase_by) == ("first", None, None)
    assert (lead.name, lead.added_by, lead.standing, lead.roles) == ("lead", "first", "active", frozenset({Role.LEAD}))
    with session.store.batch() as batch:
        batch.execute("UPDATE user SET passphrase_by = NULL WHERE id = 2")
    assert list_accounts(session)[1].passphrase_by == "", "not known is not: themselves"


# -- the audit log ---------------------------------------------------------------------------------------------------------


def numbers(session: Session, **wanted: object) -> list[int]:
    found: list[int] = []
    count = find_audit_entries(session, AuditFilter(**wanted), found.extend)  # type: ignore[arg-type]
    assert count == len(found) and found == sorted(found, reverse=True)
    return found


def look(session: Session) -> None:
    with session.reading() as db:
        sha256 = str(db.value("SELECT sha256 FROM media_item"))
    with MediaPool(1) as pool, reveal(session, "900000001", sha256, RevealStep.BLURRED, pool):
        pass


def test_entries_are_read_by_window_and_filter(full: Session) -> None:
    count = count_audit_entries(full)
    newest, first = load_audit_entries(full, [count - 1, 0, count + 5])
    assert (newest.n, first.n, first.kind) == (count - 1, 0, "store created")
    imported = numbers(full, kinds=("report imported",))
    (entry,) = load_audit_entries(full, imported)
    assert dict(entry.about)["report"] == "900000001", "the number, not the id"
    assert set(imported) < set(numbers(full, report="900000001"))
    assert numbers(full, report="900999999") == []
    assert numbers(full, user="first") == list(range(count - 1, -1, -1))
    with pytest.raises(NotFound):
        numbers(full, user="nobody")
    assert numbers(full, since="2099-01-01T00:00:00Z") == [] and len(numbers(full, before="2099-01-01T00:00:00Z")) == count
    assert numbers(full, about="bundle", kinds=("import finished",)) == numbers(full, kinds=("import finished",))


def test_an_entry_may_count_reports_or_list_them(full: Session) -> None:
    """An act on many reports counts them in its entry; the page of the audit log could not be read any more."""
    with full.store.batch() as batch:
        batch.note("bulk act begun", act=1, reports=7)
        batch.note("request joined", request=1, reports=[1])
    count = count_audit_entries(full)
    counted, listed = load_audit_entries(full, [count - 2, count - 1])
    assert ("reports", "7") in counted.about
    assert dict(listed.about)["reports"] not in ("1", "#1")


def test_what_a_person_saw_is_for_auditors_and_that_person(full: Session, tmp_path: Path) -> None:
    add_person(full.store, "analyst", [Role.ANALYST], "eight blue kites")
    add_person(full.store, "admin", [Role.ADMIN, Role.LEAD], OTHER)
    add_person(full.store, "auditor", [Role.AUDITOR], "twelve old lamps")
    with unlock(tmp_path / "store", "analyst", "eight blue kites") as analyst:
        look(analyst)
        with pytest.raises(Refused):
            count_audit_entries(analyst)
    with unlock(tmp_path / "store", "admin", OTHER) as admin:
        (viewed,) = load_audit_entries(admin, numbers(admin, kinds=("media revealed",)))
        assert viewed.hidden and viewed.user == "" and viewed.about == ()
        assert viewed.n not in numbers(admin, user="analyst"), "a search would tell it as well"
    with unlock(tmp_path / "store", "auditor", "twelve old lamps") as auditor:
        (viewed,) = load_audit_entries(auditor, numbers(auditor, kinds=("media revealed",), user="analyst"))
        assert viewed.user == "analyst" and not viewed.hidden
        assert dict(viewed.about)["report"].startswith("#"), "who reads no reports reads no numbers of them"


def test_a_search_is_told_and_stopped(full: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.keeping.audit_reading._AT_ONCE", 3)
    seen: list[Progress] = []
    find_audit_entries(full, AuditFilter(), lambda _: None, seen.append)
    assert [each.done for each in seen] == sorted(each.done for each in seen) and seen[-1].done == seen[-1].total
    token = CancelToken()
    with pytest.raises(Cancelled):
        find_audit_entries(full, AuditFilter(), lambda _: token.cancel(), cancel=token)


def test_verification_is_told_stopped_and_lets_others_write(
    full: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.store.audit._TELL_EVERY", 2)
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        if not seen:
            with unlock(tmp_path / "store", "first", WORDS) as other, other.store.batch(wait=0.5) as batch:
                batch.note("sample drawn", week="w")
        seen.append(progress)

    assert verify_record(full, on_progress=watch).valid
    assert seen and all(progress.total is not None for progress in seen)
    token = CancelToken()
    with pytest.raises(Cancelled):
        verify_record(full, on_progress=lambda _: token.cancel(), cancel=token)


# -- holds and destruction -----------------------------------------------------------------------------------------------


def test_a_preview_says_what_the_destruction_does(full: Session, tmp_path: Path) -> None:
    add_person(full.store, "lead", [Role.LEAD], OTHER)
    make_backup(full, tmp_path / "backup")
    before = preview_destruction(full, "900000001")
    assert before.documents >= 1 and not before.held and before.backups == (str(tmp_path / "backup"),)
    done = destroy_report(
        full, "900000001", reason="ended", order="Rule 12", second=Consent("lead", OTHER), certificate=tmp_path / "gone.json"
    )
    assert (done.documents, done.media) == (before.documents + before.replies, before.media)
    (entry,) = load_destructions(full, list_destruction_ids(full)).values()
    assert (entry.user, entry.second, entry.documents, entry.media) == ("first", "lead", done.documents, done.media)
    with pytest.raises(NotFound):
        preview_destruction(full, "900000001")


def test_holds_are_listed(full: Session) -> None:
    place_hold(full, "900000001", "an appeal")
    (hold,) = list_holds(full)
    assert (hold.report_id, hold.user, hold.reason) == ("900000001", "first", "an appeal")
    assert preview_destruction(full, "900000001").held


# -- offices, the program's log ------------------------------------------------------------------------------------------


def test_offices_say_what_their_codes_mean(full: Session) -> None:
    offices = {office.id: office for office in list_offices(full)}
    assert next(iter(offices)) == "HQ" and offices["KHI"].city == "Karachi"
    assert sum(office.reports for office in offices.values()) == 1


def test_the_programs_log_is_read_newest_first(session: Session, tmp_path: Path) -> None:
    log = logging.getLogger("triage.test")
    log.info("one")
    try:
        raise ValueError("content")
    except ValueError as error:
        log.error("two", exc_info=error)
    lines = read_program_log(session)
    assert [line.says for line in lines][:2] == ["two", "one"]
    assert lines[0].level == "ERROR" and lines[0].more[0].strip() == "builtins.ValueError"
    assert "content" not in json.dumps([line.more for line in lines])
    (tmp_path / "store" / "log" / "triage.log.1").symlink_to("/etc/passwd")
    (tmp_path / "store" / "log" / "other").write_text("x")
    with pytest.raises(StoreError):
        read_program_log(session)


# -- hash lists ----------------------------------------------------------------------------------------------------------


def write_list(path: Path, column: str, values: list[str]) -> Path:
    path.write_text("\n".join([column, *values]) + "\n")
    return path


def test_a_conflict_is_what_a_positive_and_a_negative_list_both_hold(full: Session, tmp_path: Path) -> None:
    with full.reading() as db:
        md5 = str(db.value("SELECT md5 FROM media_item"))
    add_list(full, write_list(tmp_path / "a.csv", "MD5", [md5, "0" * 32]), name="known", kind="known", profile=None)
    assert find_list_conflicts(full).files == () and find_list_conflicts(full).shared == {}
    add_list(full, write_list(tmp_path / "b.csv", "MD5", [md5, "0" * 32]), name="harmless", kind="negative", profile=None)
    add_list(full, write_list(tmp_path / "c.csv", "MD5", [md5]), name="device", kind="case", profile=None)
    found = find_list_conflicts(full)
    assert {(each.report_id, each.known, each.harmless, each.known_tier) for each in found.files} == {
        ("900000001", "known", "harmless", "exact")
    }
    assert found.shared == {("known", "harmless"): 2} and found.count("harmless") == (len(found.files), 2)
    assert found.count("device") == (0, 0)


def test_a_list_has_a_distance_of_its_own(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in" / "900000701").mkdir(parents=True)
    (tmp_path / "in" / "900000701" / "r.json").write_bytes(le_json(900000701))
    (tmp_path / "in" / "900000701" / "900000701.jpg").write_bytes(jpeg(7))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    with session.reading() as db:
        pdq = bytes(db.value("SELECT pdq FROM media_item"))
    near = bytes([pdq[0] ^ 0xFF, pdq[1] ^ 0x03, *pdq[2:]])  # ten bits away
    add_list(session, write_list(tmp_path / "l.csv", "PDQ", [near.hex()]), name="near", kind="known", profile=None)
    assert [hit.distance for hit in list_hits(session, "near")] == [10]
    assert set_list_distance(session, "near", 8).distance == 8
    assert list_hits(session, "near") == ()
    (tmp_path / "more" / "900000702").mkdir(parents=True)
    (tmp_path / "more" / "900000702" / "r.json").write_bytes(le_json(900000702))
    (tmp_path / "more" / "900000702" / "900000702.jpg").write_bytes(jpeg(7, 60))
    import_bundles(session, [tmp_path / "more"], receipt=Receipt())
    assert list_hits(session, "near") == (), "new files are compared with the same distance"
    assert set_list_distance(session, "near", None).distance is None
    assert len({hit.report_id for hit in list_hits(session, "near")}) == 2
    with pytest.raises(Refused):
        set_list_distance(session, "near", 32)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        set_list_distance(session, "near", 4, cancel=token)
    assert list_hash_lists(session)[0].distance is None and len(list_hits(session, "near")) == 2


def test_no_duty_speaks_of_no_days_or_of_one_days() -> None:
    said = [str(each.ago(n)) for each in _UPKEEP for n in (0, 1)] + [str(_tell_backup_age(n)) for n in (0, 1)]
    assert [each for each in said if re.search(r"\b[01] days", each)] == []
    assert [str(each.ago(3)) for each in _UPKEEP if "3 days" not in str(each.ago(3))] == []
