"""Destruction: nothing of a report is found again by whoever has the key, others keep theirs, and it does not come back."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest
import sqlcipher3

from tests.importers.pdf_pages import ABROAD, pdf
from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json, write_bundle
from tests.jobs.conftest import OpenCopy, OpenNew
from tests.jobs.pages import plain_pages
from tests.jobs.plain import to_plain
from tests.people import add_person
from triage.errors import NotFound, Refused, StoreError, WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework import decisions as triage_report
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup, destruction
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import DestructionResult, destroy_report
from triage.jobs.reading import show as show_job
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.casework import Grade
from triage.model.handover import Receipt
from triage.model.users import Role, User
from triage.model.views import ImportResult, QueueFilter
from triage.store.compression import decompress
from triage.store.database import PAGE

pytestmark = pytest.mark.usefixtures("short_papers")

NUMBER, OTHER = "900000001", "900000002"
GRADE = next(iter(Grade)).value
LETTER = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: boats\r\n\r\nthree boats in the harbour"
SECRETS = ("kite_flyer", "kite@mail", "3000000123", "0000123", "203.0.113.9", "IMG_1", "fine words of a note")


def import_paths(session: Session, *paths: Path) -> ImportResult:
    """Imports files and folders."""
    return import_bundles(session, paths, receipt=Receipt())


@pytest.fixture
def session(request: pytest.FixtureRequest, bundle_store: Path, empty_store: Path, open_copy: OpenCopy) -> Session:
    """A copy of the store with the small bundle in it for tests that ask for the `bundle`, of the empty store for the others."""
    return open_copy(bundle_store if "bundle" in request.fixturenames else empty_store)


@pytest.fixture
def second(session: Session) -> Consent:
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
    return Consent("second", "eight blue kites")


def gone(session: Session, second: Consent, number: str = NUMBER, name: str = "certificate.json") -> DestructionResult:
    out = session.store.directory.parent / name
    return destroy_report(session, number, reason="keeping period over", order="rule 7", second=second, certificate=out)


def test_nothing_of_it_is_found_by_who_has_the_key(session: Session, bundle: Path, second: Consent) -> None:
    triage_report.decide(session, NUMBER, status="in_progress", note="fine words of a note")
    store = session.store
    item, picture = store.read().first("SELECT item, sha256 FROM media_item")  # type: ignore[misc]
    documents = [row[0] for row in store.read().all("SELECT sha256 FROM original JOIN source USING (sha256)")]
    assert "source" in {table for table, _ in found_in_rows(store, ["kite_flyer"])}, "the words are there before"
    store._database.empty_log()
    field = '"designation":'  # of a document, which is compressed
    assert found_in_pages(store, [field]) == [field]
    result = gone(session, second)
    assert (result.documents, result.media, result.log_emptied) == (len(documents), 1, True)
    with pytest.raises(StoreError, match="destroyed on purpose"):
        store.unseal(item)
    with pytest.raises(NotFound):
        show_job.load_report_view(session, NUMBER)
    assert list_queue_rows(session, QueueFilter()) == ()
    words = [*SECRETS, NUMBER, picture, *documents, field]
    assert found_in_rows(store, words) == []
    assert found_in_pages(store, [*words, bytes.fromhex(picture), *map(bytes.fromhex, documents)]) == []
    assert check_store(session).valid, check_store(session).problems


def found_in_rows(store: object, words: list[str]) -> list[tuple[str, str]]:
    """Every value of every table, and every word of the search index."""
    db = sqlcipher3.connect(str(store._database.path))  # type: ignore[attr-defined]
    try:
        db.execute(f"PRAGMA key = \"x'{store.keys.ring.keys.database.hex()}'\"")  # type: ignore[attr-defined]
        db.execute(f"PRAGMA cipher_page_size = {PAGE}")
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = []
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                text = "\x00".join(map(read_value, row))
                found += [(table, word) for word in words if word in text]
        for index in ("report_text", "recent_text"):
            db.execute(f"CREATE VIRTUAL TABLE temp.words_of_{index} USING fts5vocab(main, {index}, row)")
            terms = {row[0] for row in db.execute(f"SELECT term FROM temp.words_of_{index}")}
            found += [(index, term) for term in terms if any(term in word.lower() for word in words if len(term) > 3)]
        return found
    finally:
        db.close()


def read_value(value: object) -> str:
    """A stored value as text, decompressed where it is compressed; digests may begin as compressed bytes do."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return decompress(value).decode("latin-1")
    except StoreError:
        return value.decode("latin-1")


def found_in_pages(store: object, words: list[str | bytes]) -> list[str | bytes]:
    """The whole file decrypted page by page, also what no table points to any more."""
    assert store._database.empty_log()  # type: ignore[attr-defined]
    plain = plain_pages(store._database.path, bytes(store.keys.ring.keys.database))  # type: ignore[attr-defined]
    return [word for word in words if (word.encode() if isinstance(word, str) else word) in plain]


def test_importing_it_again_does_not_revive_it(session: Session, bundle: Path, tmp_path: Path, second: Consent) -> None:
    gone(session, second)
    again = import_paths(session, bundle)
    assert (again.reports.new, again.reports.updated, again.media.new) == (0, 0, 0)
    assert {str(s.reason) for s in again.skipped if "900000001" in s.path} == {"destroyed by order, not taken in again"}
    assert list_queue_rows(session, QueueFilter()) == ()
    later = tmp_path / "later" / "900000001"
    later.mkdir(parents=True)
    (later / "report.xml").write_text(REPORT.replace("kite_flyer", "another_name"))
    (later / "details.xml").write_text(DETAILS)
    result = import_paths(session, later.parent)
    assert result.reports.new == 0
    assert [(q.path, str(q.reason)) for q in result.quarantined] == [
        ("later/900000001/report.xml", "speaks of a report that was destroyed by order")
    ]
    assert check_store(session).valid


@pytest.mark.parametrize("name", ["letter.eml", "locked.pdf"])
def test_a_destroyed_file_does_not_come_back_with_what_is_set_aside(
    session: Session, tmp_path: Path, second: Consent, name: str
) -> None:
    data = LETTER if name == "letter.eml" else pdf(ABROAD, owner_password="owner", user_password="green boats")
    folder = tmp_path / "in" / NUMBER
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(int(NUMBER)))
    (folder / name).write_bytes(data)
    import_paths(session, folder)
    gone(session, second)
    assert session.store.read().value("SELECT count(*) FROM original WHERE size = ?", (len(data),)) == 0
    (tmp_path / name).write_bytes(data)
    again = import_paths(session, tmp_path / name)
    assert again.quarantined == () and again.media.new == 0
    assert {str(each.reason) for each in again.skipped} == {"destroyed by order, not taken in again"}
    assert session.store.read().value("SELECT count(*) FROM original WHERE size = ?", (len(data),)) == 0
    assert check_store(session).valid


def test_what_others_hold_stays_theirs(session: Session, bundle: Path, tmp_path: Path, second: Consent) -> None:
    other = tmp_path / "other" / OTHER
    other.mkdir(parents=True)
    (other / f"{OTHER}.json").write_bytes(le_json(int(OTHER)))
    (other / f"{OTHER}.jpg").write_bytes((bundle / NUMBER / "a.jpg").read_bytes())
    import_paths(session, other.parent)
    sha256 = str(show_job.load_report_view(session, NUMBER).files[0].sha256)
    grade_file(session, NUMBER, sha256, GRADE)
    before = show_job.load_report_view(session, OTHER)
    assert before.files[0].seen_in == (NUMBER,)
    result = gone(session, second)
    assert (result.media, result.shared_media) == (0, 1)
    after = show_job.load_report_view(session, OTHER)
    assert after.files[0].present and after.files[0].seen_in == () and after.files[0].sha256 == before.files[0].sha256
    assert session.store.read().all("SELECT report_id, grade FROM grade") == [(2, GRADE)]
    assert NUMBER not in {link.report_id for link in after.links}
    assert check_store(session).valid


def test_other_reports_are_judged_as_if_it_had_never_come(open_new: OpenNew, tmp_path: Path) -> None:
    folders = []
    for n in range(4):
        folder = tmp_path / "in" / str(900000100 + n)
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(900000100 + n))
        (folder / f"{900000100 + n}.jpg").write_bytes(jpeg(n % 2, quality=90 - n))
        folders.append(folder)

    def cards(name: str, numbers: list[int], destroyed: int | None) -> object:
        with open_new(tmp_path / name) as session:
            add_person(session.store, "second", [Role.LEAD], "eight blue kites")
            import_paths(session, *(folders[n] for n in numbers))
            if destroyed is not None:
                gone(session, Consent("second", "eight blue kites"), str(900000100 + destroyed), f"{name}.json")
            shown = [show_job.load_report_view(session, row.report_id) for row in list_queue_rows(session, QueueFilter())]
            return to_plain([(s.report_id, s.score, s.location, s.links, [f.group for f in s.files]) for s in shown])

    assert cards("with", [0, 1, 2, 3], 1) == cards("without", [0, 2, 3], None)


def test_the_bytes_come_in_again_as_part_of_another_report(
    session: Session, bundle: Path, tmp_path: Path, second: Consent
) -> None:
    gone(session, second)
    other = tmp_path / "other" / OTHER
    other.mkdir(parents=True)
    (other / f"{OTHER}.json").write_bytes(le_json(int(OTHER)))
    (other / f"{OTHER}.jpg").write_bytes((bundle / NUMBER / "a.jpg").read_bytes())
    import_paths(session, other.parent)
    file = show_job.load_report_view(session, OTHER).files[0]
    assert file.present and file.pdq_quality
    ids = session.store.read().first("SELECT max(id), (SELECT max(id) FROM report) FROM media_item")
    assert ids == (2, 2), "ids of what was destroyed are never given again"


def test_the_certificate_holds_and_says_what_is_left(
    session: Session, bundle: Path, tmp_path: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # this paper is typeset whole
    backup.make_backup(session, tmp_path / "backup")
    result = gone(session, second)
    for path in (Path(result.certificate), Path(result.pdf)):
        assert verify_file(path).valid and verify_file(path).signature_key == session.store.fingerprint
    said = json.loads(Path(result.certificate).read_bytes())["certificate"]
    assert (said["report"], said["by"], said["second_person"], said["order"]) == (NUMBER, "first", "second", "rule 7")
    assert said["by_since"].startswith("user since 20") and "first user of the store" in said["by_since"]
    since = r"user since 20\S+Z, added by first alone, when the store had one user, passphrase set by themselves on 20\S+Z"
    assert re.fullmatch(since, said["second_person_since"])
    assert [h["what"] for h in said["still_held"]] == ["backup"]
    proof = session.store.prove_entries([said["entry"]])[0]
    assert (proof.json, proof.leaf.hex()) == (said["entry_json"], said["leaf"])
    assert not re.search("kite|boats|0000123", Path(result.certificate).read_text())
    assert backup.list_backups(session)[0].to_do.startswith("still holds 1 destroyed since")
    backup.make_backup(session, tmp_path / "backup")


def test_it_takes_two_people_a_reason_and_an_order(session: Session, bundle: Path, tmp_path: Path, second: Consent) -> None:
    add_person(session.store, "third", [Role.ANALYST, Role.EXAMINER], "nine red carts")
    out = tmp_path / "certificate.json"

    def attempt(consent: Consent, reason: str = "a reason", order: str = "an order") -> None:
        destroy_report(session, NUMBER, reason=reason, order=order, second=consent, certificate=out)

    with pytest.raises(Refused, match="a different user"):
        attempt(Consent("first", "seven green boats"))
    with pytest.raises(Refused, match=r"another role is needed \(lead, admin\)"):
        attempt(Consent("third", "nine red carts"))
    with pytest.raises(Refused, match="needs a reason"):
        attempt(second, reason=" ")
    with pytest.raises(Refused, match="court's order"):
        attempt(second, order="")
    out.write_text("there already")
    with pytest.raises(Exception, match="already"):
        attempt(second)
    assert show_job.load_report_view(session, NUMBER).report_id == NUMBER
    assert list(tmp_path.glob("unfinished-*")) == []


def test_a_legal_hold_stands_in_the_way(session: Session, bundle: Path, second: Consent) -> None:
    destruction.place_hold(session, NUMBER, "appeal pending")
    with pytest.raises(Refused, match="legal hold"):
        gone(session, second)
    destruction.lift_hold(session, NUMBER)
    gone(session, second)


def test_a_failed_destruction_leaves_report_and_no_certificate(
    session: Session, bundle: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:

    def full(*_: object, **__: object) -> bytes:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch, pytest.raises(StoreError):
        patch.setattr("triage.exports.certificate.typeset", full)
        gone(session, second)
    assert show_job.load_report_view(session, NUMBER).files[0].present
    assert not [p.name for p in session.store.directory.parent.glob("*certificate*")]
    assert check_store(session).valid


def test_a_disk_that_fails_anywhere_leaves_the_report_or_destroys_it_whole(
    session: Session, bundle: Path, second: Consent, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, calls, real = session.store.directory.parent / "certificate.json", 0, os.fsync
    for at in range(1, 40):
        calls = 0

        def failing(handle: int, at: int = at) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                raise OSError(errno.EIO, "drawn")
            real(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", failing)
            try:
                gone(session, second)
            except WorldError as error:
                assert str(error).endswith(".")
        there = session.store.read().value("SELECT count(*) FROM report")
        assert out.exists() == (there == 0), at
        if not check_store(session).valid:
            assert not there, "a destruction that was committed is not finished"
            assert session.store.forget_older_state()
        assert check_store(session).valid
        if not there:
            assert verify_file(out).valid and at > 2
            return
    pytest.fail("never done")


def test_statistics_do_not_shrink(session: Session, bundle: Path, second: Consent) -> None:
    before = load_statistics(session)
    gone(session, second)
    after = load_statistics(session)
    assert (after.reports, after.by_band, after.by_status, after.by_office, after.by_month) == (
        before.reports, before.by_band, before.by_status, before.by_office, before.by_month,
    )  # fmt: skip
    assert after.destroyed == 1


def test_names_that_hold_the_number_lose_it_and_longer_numbers_keep_theirs(
    session: Session, tmp_path: Path, second: Consent
) -> None:
    folder = write_bundle(tmp_path / "bundle")
    (folder / NUMBER / "loose.txt").write_text("a text beside it")
    (folder / f"CT{NUMBER}_all").mkdir()
    (folder / f"CT{NUMBER}_all" / f"ct{NUMBER}x.zip").write_bytes(b"PK\x03\x04 no zip")
    (folder / f"{NUMBER}7").mkdir()
    (folder / f"{NUMBER}7" / "r.json").write_bytes(le_json(int(f"{NUMBER}7")))
    import_paths(session, folder)
    gone(session, second)
    paths = [row[0] for row in session.store.read().all("SELECT path FROM bundle_entry UNION SELECT path FROM quarantined")]
    assert not [path for path in paths if re.search(rf"{NUMBER}(?!7)", path)]
    assert [path for path in paths if f"{NUMBER}7" in path]


def take_tied_pair(session: Session, tmp_path: Path) -> None:
    for number in (900000010, 900000011):
        folder = tmp_path / "in" / str(number)
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(number))
        (folder / f"{number}.jpg").write_bytes(jpeg(3))
    import_paths(session, tmp_path / "in")


def test_no_row_of_any_table_speaks_of_it(session: Session, tmp_path: Path, second: Consent) -> None:
    take_tied_pair(session, tmp_path)
    db = session.store.read()
    tables = [
        (table, column)
        for table, column in db.all(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND (c.name IN ('report_id', 'other_id', 'duplicates_of', 'root'))"
        )
        if table not in ("audit_state", "destruction")
    ]
    assert ("queue", "duplicates_of") in tables and ("source", "report_id") in tables
    report = db.value("SELECT id FROM report WHERE number = '900000010'")
    assert db.value("SELECT 1 FROM report_link WHERE other_id = ?", (report,))
    gone(session, second, "900000010")
    assert [name for name, column in tables if db.value(f"SELECT 1 FROM {name} WHERE {column} = ?", (report,))] == []


def test_cleared_people_score_nothing_and_tie_to_nobody(session: Session, tmp_path: Path) -> None:
    take_tied_pair(session, tmp_path)
    before = show_job.load_report_view(session, "900000011")
    assert {link.report_id for link in before.links} == {"900000010"}
    destruction.clear_person(session, "900000010", "the account was taken over")
    apart, other = show_job.load_report_view(session, "900000010"), show_job.load_report_view(session, "900000011")
    assert (apart.score.risk, apart.score.band, apart.links, apart.clocks, apart.status) == (0.0, "E", (), (), "closed")
    assert "cleared" in str(apart.score.would_change_if[0])
    assert other.links == () and other.files[0].seen_in == () and other.score.risk <= before.score.risk
    assert [row.report_id for row in list_queue_rows(session, QueueFilter(search="user_900000010"))] == []
    destruction.unclear_person(session, "900000010")
    assert show_job.load_report_view(session, "900000011").links == before.links


def test_inner_archives_do_not_live_on(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large inner zip is sealed to be read; when the import ends its key is gone."""
    import zipfile

    monkeypatch.setattr("triage.limits.MAX_INNER_ARCHIVE_IN_MEMORY", 100)
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("900000010/r.json", le_json(900000010))
        inner.writestr("900000010/900000010.jpg", jpeg(3))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.write(tmp_path / "inner.zip", "inner.zip")
    assert import_paths(session, tmp_path / "outer.zip").media.new == 1
    kept = session.store.read().all("SELECT id FROM vault_item WHERE key IS NOT NULL")
    used = session.store.read().all("SELECT item FROM original UNION SELECT item FROM media_item")
    assert {i for (i,) in kept} == {i for (i,) in used}
    assert session.store.read().value("SELECT count(*) FROM vault_item WHERE key IS NULL") == 1


def test_rights_of_a_second_person_are_their_own(session: Session, bundle: Path) -> None:
    add_person(session.store, "chief", [Role.ADMIN], "ten grey stones")
    session.store.user = User(1, "first", frozenset({Role.LEAD}))
    gone(session, Consent("chief", "ten grey stones"))


def test_copies_that_said_the_same_do_not_live_on(session: Session, tmp_path: Path, second: Consent) -> None:
    """Other bytes of one document, beside it in the bundle and in a later one, never spoke: they are its bytes all the same."""
    folder = tmp_path / "copies"
    folder.mkdir()
    plain = le_json(900000001)
    for n in range(3):
        (folder / f"copy{n}.json").write_bytes(b" " * n + plain)
        if n:
            import_paths(session, folder)
    (kept,) = session.store.read().first("SELECT count(*) FROM original")  # type: ignore[misc]
    assert kept == 3
    gone(session, second)
    assert session.store.read().first("SELECT count(*) FROM original") == (0,)
