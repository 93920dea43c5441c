"""Work packages go out, results come back: what travels, what adds up, what conflicts, and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json
from tests.jobs.exchange_stores import NUMBERS, Workstation, make_workstation, open_workstation, write_reports
from tests.jobs.listed import list_cases, list_outgoing
from tests.people import add_person
from triage import limits
from triage.errors import Cancelled, InputError, NotFound, Refused, WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework import cases, corrections, decisions, preservation
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.casework.diary import load_diary
from triage.jobs.casework.notes import add_note
from triage.jobs.consent import Consent
from triage.jobs.exchange import send
from triage.jobs.exchange.resolving import list_conflicts, resolve_conflict
from triage.jobs.exchange.send import export_work, preview_work
from triage.jobs.exchange.send_results import export_results, preview_results
from triage.jobs.exchange.work_list import list_work, list_work_reports, list_workstations
from triage.jobs.keeping import destruction
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.lists.lists import add_list
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import now
from triage.jobs.state.account import add_view
from triage.jobs.state.received_work import load_received_grades
from triage.jobs.trusted_keys import distrust_key, trust_key
from triage.model.media import RevealStep
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role
from triage.model.views import QueueFilter, ShowReport
from triage.model.work import WorkRow

ONE, TWO, THREE = NUMBERS
pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("short_papers")]


@pytest.fixture(scope="module")
def hq_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the reports."""
    folder = tmp_path_factory.mktemp("exchange")
    made = make_workstation(folder / "hq", "Headquarters")
    made.takes_in(write_reports(folder / "bundle"))
    made.session.close()
    return made.folder / "store"


@pytest.fixture(scope="module")
def office_stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two closed stores of offices, empty."""
    one, other = (make_workstation(tmp_path_factory.mktemp("office"), "an office") for _ in range(2))
    one.session.close()
    other.session.close()
    return one.folder / "store", other.folder / "store"


@pytest.fixture
def hq(hq_store: Path, tmp_path: Path) -> Iterator[Workstation]:
    made = open_workstation(hq_store, tmp_path / "hq", "Headquarters")
    yield made
    made.session.close()


@pytest.fixture
def lahore(office_stores: tuple[Path, Path], tmp_path: Path, hq: Workstation) -> Iterator[Workstation]:
    made = open_workstation(office_stores[0], tmp_path / "lahore", "Lahore")
    made.knows(hq)
    hq.knows(made)
    yield made
    made.session.close()


@pytest.fixture
def karachi(office_stores: tuple[Path, Path], tmp_path: Path, hq: Workstation) -> Iterator[Workstation]:
    made = open_workstation(office_stores[1], tmp_path / "karachi", "Karachi")
    made.knows(hq)
    hq.knows(made)
    yield made
    made.session.close()


def show(of: Workstation, number: str = ONE) -> ShowReport:
    return load_report_view(of.session, number)


def stage(of: Workstation) -> str:
    (case,) = list_cases(of.session)
    return case.stage


def notes(of: Workstation, number: str = ONE) -> list[tuple[str, str | None]]:
    return [(each.user, each.note) for each in show(of, number).decisions if each.note]


def row(of: Workstation) -> WorkRow:
    return list_work(of.session)[0]


def hand_over(of: Workstation, to: Workstation, *numbers: str, file: str = "work.age", **how: object) -> str:
    """Sends a package and imports it; returns its id."""
    sent, path = of.sends(to, *numbers, file=file, **how)
    assert to.takes_in(path).package is not None
    return sent.package_id


def destroy(of: Workstation, number: str) -> None:
    destruction.destroy_report(
        of.session,
        number,
        reason="retention",
        order="order 12",
        second=Consent("hina", "eight blue kites"),
        certificate=of.folder / f"{number}.pdf",
    )


def sound(*all_of: Workstation) -> None:
    for each in all_of:
        result = check_store(each.session)
        assert result.valid, result.problems
        assert verify_record(each.session).valid


def test_notes_travel_with_their_authors_and_come_back_once(hq: Workstation, lahore: Workstation) -> None:
    add_note(hq.session, ONE, "The school was called.")
    package = hand_over(hq, lahore, ONE)
    add_note(lahore.session, ONE, "The family knows.")
    hq.takes_in(lahore.answers(hq, package))
    hand_over(lahore, hq, ONE, file="back.age")
    for of, own in ((hq, "The school was called."), (lahore, "The family knows.")):
        found = show(of).notes
        assert [note.text for note in found] == ["The school was called.", "The family knows."], "each once"
        assert [note.text for note in found if not note.elsewhere] == [own]
        assert all("first" in note.user for note in found)
    assert "Headquarters" in show(lahore).notes[0].user


# -- what travels -----------------------------------------------------------------------------------------------------------


def test_a_package_carries_sources_byte_for_byte_and_the_receiver_judges_anew(hq: Workstation, lahore: Workstation) -> None:
    sent, path = hq.sends(lahore, with_media=True, due="2099-01-01")
    assert (sent.reports, sent.media, sent.due, sent.recipient) == (3, 3, "2099-01-01", lahore.age_key)
    came = lahore.takes_in(path)
    assert came.reports.new == 3 and came.media.new == 3 and not came.quarantined
    assert came.package is not None
    assert (came.package.id, came.package.kind, came.package.sender) == (sent.package_id, "work", "Headquarters")
    for number in NUMBERS:
        here, there = show(lahore, number), show(hq, number)
        assert [v.n for v in here.versions] == [v.n for v in there.versions]
        assert (here.score.band, here.score.risk, here.identifiers[0].value) == (
            there.score.band,
            there.score.risk,
            there.identifiers[0].value,
        )
        (work,) = here.work
        assert work.card is not None and (work.card.band, work.card.risk) == (there.score.band, there.score.risk)
        assert work.receipts and work.with_ == "Headquarters" and work.status == "new"
        for table, column in (("original", "sha256"), ("media_item", "sha256")):
            query = f"SELECT {column} FROM {table} ORDER BY 1"
            assert lahore.session.store.read().all(query) == hq.session.store.read().all(query)
    assert row(lahore).state == "received" and row(hq).state == "sent" and row(hq).with_ == lahore.age_key
    sound(hq, lahore)


def test_the_file_is_sealed_signed_registered_and_never_written_over(hq: Workstation, lahore: Workstation) -> None:
    _, path = hq.sends(lahore, ONE)
    data = path.read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n") and data.count(b"-> X25519") == 1
    for secret in (b"900000001", b"u900000001@mail.example.invalid", b"manifest"):
        assert secret not in data
    assert verify_file(path).signature_key == hq.session.store.fingerprint
    (entry,) = list_outgoing(hq.session)
    assert (entry.kind, entry.name, entry.recipients) == ("work_package", "work.age", (lahore.age_key,))
    with pytest.raises(WorldError, match="exists already"):
        hq.sends(lahore, ONE)
    assert len(list_work(hq.session)) == 1 and path.read_bytes() == data


def test_without_media_the_receiver_still_sees_every_file_that_the_source_declares(hq: Workstation, lahore: Workstation) -> None:
    hand_over(hq, lahore, ONE)
    (file,) = show(lahore).files
    assert file.name == f"{ONE}.jpg" and not file.present


def test_versions_arrive_one_after_the_other(tmp_path: Path, hq: Workstation, lahore: Workstation) -> None:
    later = tmp_path / "later" / ONE
    later.mkdir(parents=True)
    for n, when in enumerate(("03", "04")):
        (later / f"{ONE}.json").write_bytes(le_json(int(ONE), dateReceived=f"2026-10-{when}T08:00:00Z"))
        hq.takes_in(later.parent)
        assert len(show(hq).versions) == n + 2
    hand_over(hq, lahore, ONE, TWO)
    assert [(v.n, len(v.sources)) for v in show(lahore).versions] == [(1, 1), (2, 2), (3, 3)], "two of them wait"
    assert show(lahore).version_waiting
    assert [tuple(map(str, v.changes)) for v in show(lahore).versions] == [tuple(map(str, v.changes)) for v in show(hq).versions]
    hand_over(hq, lahore, ONE, file="again.age")
    assert len(show(lahore).versions) == 3, "the same bytes again are no version"
    sound(lahore)


def test_a_version_that_changes_one_document_of_several_stays_with_its_report(
    tmp_path: Path, hq: Workstation, lahore: Workstation
) -> None:
    """The number of such a report stands in the documents that did not change."""
    folder = tmp_path / "esp" / "some folder"
    folder.mkdir(parents=True)
    (folder / "file-aa11.xml").write_text(DETAILS.replace("900000001", "900000031"))
    for name in ("kite_flyer", "otter_flyer"):
        (folder / "report.xml").write_text(REPORT.replace("kite_flyer", name))
        hq.takes_in(folder.parent)
    assert [len(v.sources) for v in show(hq, "900000031").versions] == [2, 3]
    hand_over(hq, lahore, "900000031")
    assert [r.report_id for r in list_queue_rows(lahore.session, QueueFilter())] == ["900000031"]
    assert [len(v.sources) for v in show(lahore, "900000031").versions] == [2, 3]
    assert show(lahore, "900000031").score.risk == show(hq, "900000031").score.risk


def test_a_report_without_a_number_travels_under_its_local_one(tmp_path: Path, hq: Workstation, lahore: Workstation) -> None:
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "report.xml").write_text(REPORT)
    hq.takes_in(folder)
    (number,) = [r.report_id for r in list_queue_rows(hq.session, QueueFilter()) if r.report_id.startswith("L-")]
    package = hand_over(hq, lahore, number)
    decisions.decide(lahore.session, number, status="in_progress")
    (folder / "file-aa11.xml").write_text(DETAILS.replace("900000001", "900000032"))
    hq.takes_in(folder)
    assert show(hq, number).report_id == "900000032"
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq, "900000032").status == "in_progress"


def test_what_people_did_travels_with_names_of_their_store(hq: Workstation, lahore: Workstation) -> None:
    add_person(hq.session.store, "hina", [Role.LEAD], "eight blue kites")
    decisions.decide(hq.session, ONE, status="in_progress", note="spoke with the school", assignee="hina")
    case = cases.open_case(hq.session, [ONE]).number
    cases.set_number(hq.session, case, "enquiry", "E-12/2026")
    preservation.record_notice(hq.session, ONE, issued="2026-10-05T08:00:00Z", to_whom="Lantern Chat", number=None)
    hand_over(hq, lahore, ONE)
    assert notes(lahore) == [("first at Headquarters", "spoke with the school")]
    (told,) = show(lahore).decisions
    assert told.elsewhere and told.assignee == "hina at Headquarters"
    (work,) = show(lahore).work
    assert work.case == f"{case}; enquiry E-12/2026" and work.stage == "verification" and work.status == "in_progress"
    assert show(lahore).status == "new" and show(lahore).assignee is None and show(lahore).case is None
    assert [user.name for user in lahore.session.store.users.all()] == ["first"], "nobody was added to the users"
    with pytest.raises(NotFound):
        decisions.undo_decision(lahore.session, told.id)


def test_only_final_grades_travel_and_count_until_somebody_grades_here(hq: Workstation, lahore: Workstation) -> None:
    sha = {number: show(hq, number).files[0].sha256 or "" for number in NUMBERS}
    grade_file(hq.session, ONE, sha[ONE], "exploitive")
    grade_file(hq.session, TWO, sha[TWO], "abuse material", for_court=True)  # waits for a blind second grader
    seen = preview_work(hq.session, NUMBERS)
    assert (seen.grades, seen.grades_waiting) == (1, 1)
    before = {number: show(hq, number).score for number in NUMBERS}
    hand_over(hq, lahore, with_media=True)
    verdict = show(lahore).files[0].verdict
    assert (verdict.grade, verdict.graded_by) == ("exploitive", "first at Headquarters")
    assert show(lahore, TWO).files[0].verdict.grade is None
    assert show(lahore).score.risk == before[ONE].risk and show(lahore, TWO).score.risk == before[TWO].risk
    grade_file(lahore.session, ONE, sha[ONE], "adult", for_court=True)
    assert show(lahore).files[0].verdict.grade is None, "the second grader learns nothing of the grade from elsewhere"
    with lahore.session.reading() as db:
        assert load_received_grades(db, [1, 2, 3]) == {}, "nor from the score"


def test_matches_with_the_senders_lists_count_at_the_receiver(tmp_path: Path, hq: Workstation, lahore: Workstation) -> None:
    sha = show(hq).files[0].sha256 or ""
    (tmp_path / "known.csv").write_text(f"SHA256\n{sha}\n")
    add_list(hq.session, tmp_path / "known.csv", name="agency", kind="known", profile="US")
    judged = show(hq).score
    hand_over(hq, lahore, ONE, with_media=True)
    here = show(lahore)
    assert here.files[0].verdict.known == "exact" and "agency (Headquarters)" in str(here.files[0].verdict.why)
    assert (here.score.band, here.score.risk) == (judged.band, judged.risk)


def test_corrections_of_factors_travel_and_a_lowering_waits_for_a_lead_here(hq: Workstation, lahore: Workstation) -> None:
    corrections.correct_band(hq.session, ONE, "A", "the school called")
    rule = next(factor.rule for factor in show(hq, TWO).score.factors if factor.axis == "risk")
    corrections.correct_factor(hq.session, TWO, rule, "means nothing", "it is an old name")
    hand_over(hq, lahore)
    assert show(lahore).score.band == "A" and show(lahore).score.corrections[0].by == "first at Headquarters"
    assert [c.rule for c in show(lahore, TWO).score.corrections] == [rule]
    assert show(lahore, TWO).score.risk == show(hq, TWO).score.risk


def test_views_never_travel(hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch) -> None:
    viewed = {"n": 0}
    real = hq.session.store.read

    class Watching:
        def __init__(self, *, shared: bool = False) -> None:
            self.db = real(shared=shared)

        def __getattr__(self, name: str) -> object:
            def asked(sql: str, *args: object, **kwargs: object) -> object:
                viewed["n"] += "media_view" in sql
                return getattr(self.db, name)(sql, *args, **kwargs)

            return asked if name in ("all", "each", "first", "value") else getattr(self.db, name)

    with hq.session.store.batch() as batch:
        add_view(hq.session, batch, step=RevealStep.COLOUR, medium=1, began=now(), milliseconds=9000, warnings=())
    monkeypatch.setattr(hq.session.store, "read", Watching)
    hand_over(hq, lahore, with_media=True)
    assert viewed["n"] == 0
    assert lahore.session.store.read().value("SELECT count(*) FROM media_view") == 0


# -- what does not leave ----------------------------------------------------------------------------------------------------


def test_what_is_refused_says_why_and_leaves_nothing(hq: Workstation, lahore: Workstation, tmp_path: Path) -> None:
    out = hq.folder / "no.age"
    key = lahore.age_key
    refusals = [
        (lambda: export_work(hq.session, [ONE], key, out, due="2020-01-01"), Refused, "lies in the past"),
        (lambda: export_work(hq.session, [ONE], key, out, due="tomorrow"), Refused, "not a date"),
        (lambda: export_work(hq.session, [], key, out, office="NOWHERE"), NotFound, "ISB"),
        (lambda: export_work(hq.session, [], key, out, assignee="nobody"), NotFound, "first"),
        (lambda: export_work(hq.session, [], key, out, assignee="first"), Refused, "no open report"),
        (lambda: export_work(hq.session, ["12345"], key, out), NotFound, "12345"),
        (lambda: export_work(hq.session, [], key, out), Refused, "--office"),
        (lambda: export_work(hq.session, [ONE], key, out, office="ISB"), Refused, "--office"),
        (lambda: export_work(hq.session, [ONE], "age1xyz", out), WorldError, "not an age public key"),
        (lambda: export_work(hq.session, [ONE], hq.age_key, out), Refused, "this store itself"),
        (lambda: export_results(hq.session, "0" * 32, key, out), NotFound, "No work package"),
    ]
    for act, kind, said in refusals:
        with pytest.raises(kind, match=said):
            act()
    assert not list(hq.folder.glob("no.age*")) and list_work(hq.session) == () and list_outgoing(hq.session) == ()


def test_held_back_reports_stay(hq: Workstation, lahore: Workstation, tmp_path: Path) -> None:
    child = tmp_path / "child" / "900000009"
    child.mkdir(parents=True)
    (child / "r.json").write_bytes(le_json(900000009).replace(b'"screenName"', b'"age": "15", "screenName"'))
    hq.takes_in(child.parent)
    with pytest.raises(Refused, match="may be a child"):
        hq.sends(lahore, "900000009")
    assert "may be a child" in str(preview_work(hq.session, ["900000009"]).refused)
    confirm_child_lane(hq.session, "900000009")
    hand_over(hq, lahore, "900000009")
    with pytest.raises(Refused, match="may be a child"):  # the receiver's lead looks for themselves
        lahore.answers(hq, row(lahore).package_id)
    assert "may be a child" in str(preview_results(lahore.session, row(lahore).package_id).refused)
    destruction.clear_person(hq.session, ONE, "the account was stolen")
    with pytest.raises(Refused, match="was cleared"):
        hq.sends(lahore, ONE, file="b.age")
    destruction.place_hold(hq.session, TWO, "undercover")
    with pytest.raises(Refused, match="held as undercover"):
        hq.sends(lahore, TWO, file="c.age")


def test_one_unconfirmed_report_of_the_child_lane_does_not_hold_back_the_results_of_the_others(
    hq: Workstation, lahore: Workstation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = "900000009"
    (tmp_path / "child" / child).mkdir(parents=True)
    source = le_json(int(child)).replace(b'"screenName"', b'"age": "15", "screenName"')
    (tmp_path / "child" / child / "r.json").write_bytes(source)
    hq.takes_in(tmp_path / "child")
    confirm_child_lane(hq.session, child)
    package = hand_over(hq, lahore, ONE, child)
    for number in (ONE, child):
        decisions.decide(lahore.session, number, status="in_progress", note=f"read {number}")
    seen = preview_results(lahore.session, package)
    assert seen.reports == (ONE,) and [each.report for each in seen.held_back] == [child] and seen.refused is None
    with monkeypatch.context() as narrow:
        narrow.setattr(limits, "MAX_PACKAGE_REPORT", 100)
        assert "is too long" in str(preview_results(lahore.session, package).refused)
    sent = export_results(lahore.session, package, hq.age_key, lahore.folder / "one.age")
    assert [each.report for each in sent.held_back] == [child] and "may be a child" in str(sent.held_back[0].reason)
    came = hq.takes_in(lahore.folder / "one.age").package
    assert came is not None and came.without_results == (child,)
    assert (show(hq).status, show(hq, child).status) == ("in_progress", "new") and notes(hq, child) == []
    confirm_child_lane(lahore.session, child)
    hq.takes_in(lahore.answers(hq, package, "two.age"))
    assert show(hq, child).status == "in_progress" and notes(hq, child) == [("first at Lahore", f"read {child}")]
    sound(hq, lahore)


def test_notices_travel_and_are_shown_with_who_issued_them(hq: Workstation, lahore: Workstation) -> None:
    preservation.record_notice(hq.session, ONE, issued="2026-10-05", to_whom="Lantern Chat", number=None)
    package = hand_over(hq, lahore, ONE)
    (there,) = show(lahore).notices
    assert (there.to_whom, there.by, there.elsewhere) == ("Lantern Chat", "first at Headquarters", True)
    preservation.record_notice(lahore.session, ONE, issued="2026-10-07", to_whom="Jazz", number="N-7")
    preservation.record_court_informed(lahore.session, ONE, told="2026-10-08")
    hq.takes_in(lahore.answers(hq, package))
    found = [(n.to_whom, n.number, n.by, n.court_informed, n.elsewhere) for n in show(hq).notices]
    assert found == [
        ("Lantern Chat", None, "first", None, False), ("Jazz", "N-7", "first at Lahore", "2026-10-08", True),
    ]  # fmt: skip
    case = cases.open_case(hq.session, [ONE])
    said = [(entry.who, str(entry.what)) for entry in load_diary(hq.session, case.number).entries]
    assert ("first at Lahore", "Preservation notice number N-7 issued to Jazz (PECA s. 31)") in said


def test_media_need_the_right_and_a_second_person(hq: Workstation, lahore: Workstation) -> None:
    add_person(hq.session.store, "hina", [Role.LEAD], "eight blue kites")
    add_person(hq.session.store, "amna", [Role.ANALYST], "nine red carts")
    with pytest.raises(Refused, match="consent of a second person"):
        hq.sends(lahore, ONE, with_media=True)
    with pytest.raises(Refused, match="can't consent"):
        hq.sends(lahore, ONE, with_media=True, consent=Consent("amna", "nine red carts"))
    sent, path = hq.sends(lahore, ONE, with_media=True, consent=Consent("hina", "eight blue kites"))
    assert sent.second_person is not None and sent.second_person.startswith("hina (user since")
    assert lahore.takes_in(path).media.new == 1


def test_a_document_that_also_speaks_of_another_report_takes_no_stranger_along(
    hq: Workstation, lahore: Workstation, tmp_path: Path
) -> None:
    both = tmp_path / "both"
    both.mkdir()
    (both / "two.json").write_bytes(b"[" + le_json(900000021) + b"," + le_json(900000022) + b"]")
    hq.takes_in(both)
    if len(list_queue_rows(hq.session, QueueFilter())) != 5:
        pytest.skip("a list of reports is no document")
    with pytest.raises(Refused, match="900000022, which would leave with it"):
        hq.sends(lahore, "900000021")
    hand_over(hq, lahore, "900000021", "900000022")
    assert {r.report_id for r in list_queue_rows(lahore.session, QueueFilter())} == {"900000021", "900000022"}


# -- who may open it --------------------------------------------------------------------------------------------------------


def test_an_unknown_sender_is_named_by_fingerprint_and_nothing_is_stored(hq: Workstation, lahore: Workstation) -> None:
    _, path = hq.sends(lahore, ONE)
    distrust_key(lahore.session, "Headquarters")
    head = lahore.session.store.read_head()
    with pytest.raises(InputError, match=hq.session.store.fingerprint):
        lahore.takes_in(path)
    assert lahore.session.store.read_head() == head and list_work(lahore.session) == ()
    trust_key(lahore.session, str(path.with_name("work.age.pem")), "HQ")
    assert lahore.takes_in(path).reports.new == 1


def test_each_way_to_misuse_the_file_has_its_own_sentence(hq: Workstation, lahore: Workstation, karachi: Workstation) -> None:
    _, path = hq.sends(lahore, ONE)
    data = path.read_bytes()
    with pytest.raises(InputError, match="sealed for another workstation"):
        karachi.takes_in(path)
    identity = pyrage.x25519.Identity.from_str(bytes(lahore.session.store.keys.ring.keys.age).decode())
    anew = lahore.folder / "anew.age"
    anew.write_bytes(pyrage.encrypt(pyrage.decrypt(data, [identity]), [pyrage.x25519.Recipient.from_str(karachi.age_key)]))
    with pytest.raises(InputError, match="made for another workstation and sealed anew"):
        karachi.takes_in(anew)
    keys = [pyrage.x25519.Recipient.from_str(key) for key in (karachi.age_key, lahore.age_key)]
    anew.write_bytes(pyrage.encrypt(pyrage.decrypt(data, [identity]), keys))
    with pytest.raises(InputError, match="several keys"):
        lahore.takes_in(anew)
    bad = lahore.folder / "bad.age"
    bad.write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    with pytest.raises(InputError, match="altered or damaged"):
        lahore.takes_in(bad)
    for cut in (120, 60):
        bad.write_bytes(data[:cut])
        with pytest.raises(InputError, match="not complete"):
            lahore.takes_in(bad)
    bad.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="its end is missing"):
        lahore.takes_in(bad)
    with pytest.raises(Refused, match="by itself"):
        lahore.takes_in(path, bad)
    assert list_work(lahore.session) == ()
    lahore.takes_in(path)
    with pytest.raises(Refused, match=r"was imported on \d{4}-"):
        lahore.takes_in(path)
    with pytest.raises(Refused, match="made at this workstation itself"):
        own = make_own(hq, lahore)
        lahore.takes_in(own)
    sound(lahore)


@pytest.mark.parametrize(
    ("limit", "least", "said"),
    [
        ("MAX_PACKAGE_REPORTS", 1, "at most 1"),
        ("MAX_PACKAGE_REPORT", 100, "is too long"),
        ("MAX_PACKAGE_MEMBERS", 3, "too many files"),
        ("MAX_SIGNED_FILE", limits.MAX_PACKAGE_MANIFEST, "more than 16 MB"),
    ],
)
def test_what_no_other_workstation_takes_in_is_not_written(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch, limit: str, least: int, said: str
) -> None:
    """It was sealed and entered, and the one to whom it went could not import it. The preview did not say so."""
    monkeypatch.setattr(limits, limit, least)
    with pytest.raises(WorldError, match=said):
        export_work(hq.session, [ONE, TWO], lahore.age_key, hq.folder / "no.age")
    assert not list(hq.folder.glob("no.age*")) and list_work(hq.session) == () and list_outgoing(hq.session) == ()
    try:
        refused = str(preview_work(hq.session, [ONE, TWO]).refused)
    except Refused as error:
        refused = str(error)
    assert said in refused


def make_own(hq: Workstation, lahore: Workstation) -> Path:
    """A package that Lahore made for headquarters, sealed anew for Lahore."""
    hand = lahore.folder / "own.age"
    export_work(lahore.session, [ONE], hq.age_key, hand)
    identity = pyrage.x25519.Identity.from_str(bytes(hq.session.store.keys.ring.keys.age).decode())
    plain = pyrage.decrypt(hand.read_bytes(), [identity])
    lines = plain.replace(hq.age_key.encode(), lahore.age_key.encode())
    hand.write_bytes(pyrage.encrypt(lines, [pyrage.x25519.Recipient.from_str(lahore.age_key)]))
    # the signature no longer holds, so sign the manifest again with Lahore's key
    from tests.jobs.package_forging import sign_anew

    hand.write_bytes(sign_anew(lines, lahore))
    return hand


# -- what comes back --------------------------------------------------------------------------------------------------------


def test_what_only_one_side_changed_is_taken_over(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore)
    decisions.decide(lahore.session, ONE, status="on_hold", reason="waiting for an operator", note="asked Jazz", assignee="first")
    decisions.decide(hq.session, TWO, status="in_progress", note="kept here")
    assert row(lahore).state == "received"
    merged = hq.takes_in(lahore.answers(hq, package)).package
    assert merged is not None and merged.conflicts == () and merged.kind == "results" and merged.sender == "Lahore"
    assert (show(hq).status, show(hq).assignee) == ("on_hold", "first at Lahore")
    assert show(hq, TWO).status == "in_progress" and show(hq, THREE).status == "new"
    assert notes(hq) == [("first at Lahore", "asked Jazz")]
    (queued,) = [r for r in list_queue_rows(hq.session, QueueFilter(assignees=("first at Lahore",)))]
    assert queued.report_id == ONE and queued.assignee == "first at Lahore"
    assert (row(hq).state, row(hq).with_, row(hq).conflicts, row(lahore).state) == ("merged", "Lahore", 0, "returned")
    sound(hq, lahore)


def test_conflicts_keep_both_values_until_a_lead_resolves_them(hq: Workstation, lahore: Workstation) -> None:
    add_person(hq.session.store, "amna", [Role.ANALYST], "nine red carts")
    package = hand_over(hq, lahore)
    for number, status in ((ONE, "in_progress"), (TWO, "on_hold")):
        decisions.decide(lahore.session, number, status=status, note="there", assignee="first")
        decisions.decide(hq.session, number, status="referred", note="here", assignee="amna")
    hq.takes_in(lahore.answers(hq, package))
    assert row(hq).state == "merged" and row(hq).conflicts == 4
    assert show(hq).status == "referred" and show(hq).assignee == "amna"
    found = {(c.report_id, c.field): (c.here, c.there, c.resolved) for c in list_conflicts(hq.session, package)}
    assert found[ONE, "status"] == ("referred", "in_progress", False)
    assert found[ONE, "assignee"] == ("amna", "first at Lahore", False)
    with pytest.raises(NotFound, match="no open conflict"):
        resolve_conflict(hq.session, THREE, "status", "here", "r")
    with pytest.raises(Refused, match="reason"):
        resolve_conflict(hq.session, ONE, "status", "here", " ")
    with pytest.raises(Refused, match="choose from: here, there"):
        resolve_conflict(hq.session, ONE, "status", "both", "r")
    taken = resolve_conflict(hq.session, ONE, "status", "there", "the office spoke with the family")
    kept = resolve_conflict(hq.session, TWO, "status", "here", "the referral is out already")
    assert (taken.resolved, taken.taken, kept.taken, kept.resolved_by) == (True, "there", "here", "first")
    assert show(hq).status == "in_progress" and show(hq, TWO).status == "referred"
    assert len([c for c in list_conflicts(hq.session) if c.resolved]) == 2 and row(hq).conflicts == 2
    with pytest.raises(NotFound, match="no open conflict"):
        resolve_conflict(hq.session, ONE, "status", "here", "again")
    hq.takes_in(lahore.answers(hq, package, "second.age"))
    assert row(hq).conflicts == 2, "a resolved conflict does not come back with the same value"
    decisions.decide(lahore.session, TWO, status="closed", reason="worked to the end")
    hq.takes_in(lahore.answers(hq, package, "third.age"))
    assert show(hq, TWO).status == "referred" and row(hq).conflicts == 3
    entries = [json.loads(text) for (text,) in hq.session.store.read().all("SELECT json FROM audit_entry")]
    assert [e["about"]["taken"] for e in entries if e["kind"] == "work conflict resolved"] == ["there", "here"]
    sound(hq)


def test_cases_stages_and_numbers_come_back(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore)
    case = cases.open_case(lahore.session, [ONE, TWO]).number
    cases.set_number(lahore.session, case, "FIR", "12/2026")
    cases.set_stage(lahore.session, case, "FIR")
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).case == show(hq, TWO).case is not None and show(hq, THREE).case is None
    there = cases.show_case(hq.session, show(hq).case or "")
    assert there.stage == "FIR" and [(n.kind, n.value, n.by) for n in there.numbers] == [("FIR", "12/2026", "first at Lahore")]
    cases.set_stage(lahore.session, case, "challan")
    cases.set_stage(hq.session, there.number, "trial")
    cases.set_number(lahore.session, case, "FIR", "13/2026")
    hq.takes_in(lahore.answers(hq, package, "b.age"))
    assert {(c.report_id, c.field, c.here, c.there) for c in list_conflicts(hq.session)} == {
        (number, "stage", "trial", "challan") for number in (ONE, TWO)
    }
    assert [n.value for n in cases.show_case(hq.session, there.number).numbers] == ["12/2026", "13/2026"]
    sound(hq)


def test_bands_conflict_and_a_lowering_waits_for_a_lead(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore)
    corrections.correct_band(lahore.session, ONE, "A", "contact goes on")
    corrections.correct_band(lahore.session, TWO, "E", "an old picture")
    before = show(hq, TWO).score.band
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).score.band == "A"
    assert show(hq, TWO).score.band == before, "what another store lowers counts once a lead here has agreed"
    (waiting,) = corrections.load_corrections(hq.session, corrections.list_correction_ids(hq.session, waiting=True)).values()
    assert waiting.by == "first at Lahore" and waiting.report_id == TWO
    corrections.correct_band(hq.session, THREE, "A", "here")
    corrections.correct_band(lahore.session, THREE, "B" if show(lahore, THREE).score.band != "B" else "A", "there")
    hq.takes_in(lahore.answers(hq, package, "b.age"))
    if show(lahore, THREE).score.band != "A":
        assert [(c.report_id, c.field, c.here) for c in list_conflicts(hq.session)] == [(THREE, "band", "A")]
        resolve_conflict(hq.session, THREE, "band", "there", "they know the family")
    sound(hq)


def test_a_report_whose_band_headquarters_set_is_answered(hq: Workstation, lahore: Workstation) -> None:
    corrections.correct_band(hq.session, ONE, "A", "the school called")
    package = hand_over(hq, lahore)
    decisions.decide(lahore.session, ONE, status="in_progress")
    hq.takes_in(lahore.answers(hq, package))
    assert (show(hq).status, show(hq).score.band) == ("in_progress", "A")
    assert len(corrections.list_corrections(hq.session, ONE)) == 1, "what came from here is no correction of theirs"
    corrections.undo_correction(hq.session, corrections.list_corrections(hq.session, ONE)[0].id)
    band = show(hq).score.band
    hq.takes_in(lahore.answers(hq, package, "again.age"))
    assert show(hq).score.band == band != "A" and list_conflicts(hq.session) == (), "they changed no band"
    corrections.undo_correction(lahore.session, corrections.list_corrections(lahore.session, ONE)[0].id)
    hq.takes_in(lahore.answers(hq, package, "undone.age"))
    assert show(hq).score.band == band
    sound(hq)


def test_a_report_that_the_sender_would_not_take_in_holds_back_no_other(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore, ONE, TWO)
    decisions.decide(lahore.session, ONE, status="in_progress")
    cases.open_case(lahore.session, [TWO])
    with lahore.session.store.batch() as batch:
        batch.execute("UPDATE case_stage SET stage = 'a stage of a later version'")
        batch.note("test changed", files=1)
    preview = preview_results(lahore.session, package)
    assert (preview.refused, preview.reports, [held.report for held in preview.held_back]) == (None, (ONE,), [TWO])
    assert "has a grade, stage or register that is not known here" in str(preview.held_back[0].reason)
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).status == "in_progress"
    with lahore.session.store.batch() as batch:
        batch.execute("DELETE FROM work_package_report WHERE number = ?", (ONE,))
        batch.note("test changed", files=1)
    with pytest.raises(Refused, match="would not take it in"):
        lahore.answers(hq, package, "none.age")


@pytest.fixture
def third(karachi: Workstation, lahore: Workstation) -> Workstation:
    """Makes the two offices known to each other: lahore hands on what headquarters sent."""
    karachi.knows(lahore)
    lahore.knows(karachi)
    return karachi


def test_a_report_goes_on_to_a_third_workstation_without_its_graded_media(
    hq: Workstation, lahore: Workstation, third: Workstation
) -> None:
    grade_file(hq.session, ONE, show(hq).files[0].sha256 or "", "adult")
    hand_over(hq, lahore, ONE)
    hand_over(lahore, third, ONE)
    assert show(third).report_id == ONE and show(lahore).files[0].sha256 is None
    sound(third)


def test_a_report_goes_round_workstations_with_long_names(tmp_path: Path) -> None:
    """Each adds how it names the one before: the name of whoever noted something grows at each step."""
    names = ("Cybercrime Headquarters Islamabad", "Cybercrime Circle Lahore Model Town", "Cybercrime Circle Karachi Clifton")
    stations = [make_workstation(tmp_path / name[-6:].strip(), name) for name in names]
    try:
        for station in stations:
            station.knows(*[each for each in stations if each is not station])
        stations[0].takes_in(write_reports(tmp_path / "in", ONE))
        add_note(stations[0].session, ONE, "the school called")
        for step in range(4):
            hand_over(stations[step % 3], stations[(step + 1) % 3], ONE, file=f"work{step}.age")
        authors = {note.user for station in stations for note in show(station).notes}
        assert authors >= {"first", f"first at {names[0]}"} and all(name.startswith("first") for name in authors)
        assert max(map(len, authors)) > 64, authors
    finally:
        for station in stations:
            station.session.close()


def test_a_band_that_a_third_workstation_set_goes_on_with_the_answer(
    tmp_path: Path, hq: Workstation, lahore: Workstation, third: Workstation
) -> None:
    third.takes_in(write_reports(tmp_path / "in", ONE))
    package = hand_over(hq, lahore, ONE)
    corrections.correct_band(third.session, ONE, "A", "they know the child")
    hand_over(third, lahore, ONE)
    assert show(lahore).score.band == "A"
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).score.band == "A" or [c.field for c in list_conflicts(hq.session)] == ["band"]
    assert preview_results(lahore.session, package).refused is None
    sound(hq)


@pytest.mark.parametrize("odd", ["\u200f17/2026\u200f", "two\nlines", "a\x00b", "\u202e62/71", "x" * 1_500])
def test_no_word_of_a_list_or_register_keeps_a_report_here(
    tmp_path: Path, hq: Workstation, lahore: Workstation, odd: str
) -> None:
    """Lists come from elsewhere, and stores of earlier versions hold whatever was typed."""
    media = {"MediaID": 1, "Category": odd, "SHA256": (show(hq).files[0].sha256 or "").upper(), "MediaSize": 1}
    (tmp_path / "list.json").write_text(json.dumps({"@odata.context": "x", "value": [media]}))
    add_list(hq.session, tmp_path / "list.json", name=odd, kind="known", profile="US")
    number = cases.open_case(hq.session, [ONE]).number
    with hq.session.store.batch() as batch:
        batch.execute("INSERT INTO case_number SELECT id, 'FIR', ?, '2026-11-01T00:00:00Z', 1 FROM case_file", (odd,))
        batch.note("test changed", files=1)
    assert [each.value for each in cases.show_case(hq.session, number).numbers] == [odd]
    package = hand_over(hq, lahore, ONE)
    decisions.decide(lahore.session, ONE, status="in_progress")
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).status == "in_progress" and list_conflicts(hq.session) == ()
    sound(hq)


def test_a_file_deep_in_zips_of_long_names_goes_to_an_office(tmp_path: Path, hq: Workstation, lahore: Workstation) -> None:
    data, name = jpeg(7), "y" * 1_000 + ".jpg"
    for depth in range(6):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr(name, data)
        data, name = inner.getvalue(), "z" * 1_000 + f"{depth}.zip"
    folder = tmp_path / "deep" / ONE
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(int(ONE)))
    (folder / "d.zip").write_bytes(data)
    hq.takes_in(tmp_path / "deep")
    hand_over(hq, lahore, ONE, with_media=True)
    assert {file.sha256 for file in show(lahore).files} == {file.sha256 for file in show(hq).files}
    sound(lahore)


def test_a_second_results_file_adds_only_what_is_new_and_an_older_one_changes_no_status(
    hq: Workstation, lahore: Workstation
) -> None:
    package = hand_over(hq, lahore, ONE)
    decisions.decide(lahore.session, ONE, status="in_progress", note="first note")
    first = lahore.answers(hq, package, "first.age")
    decisions.decide(lahore.session, ONE, status="on_hold", note="second note")
    second = lahore.answers(hq, package, "second.age")
    newest = hq.takes_in(second).package
    assert newest is not None and newest.added == 2 and show(hq).status == "on_hold"
    older = hq.takes_in(first).package
    assert older is not None and older.added == 0 and show(hq).status == "on_hold"
    with pytest.raises(Refused, match="was imported on"):
        hq.takes_in(second)
    decisions.decide(lahore.session, ONE, status="new", note="third note")
    third = hq.takes_in(lahore.answers(hq, package, "third.age")).package
    assert third is not None and third.added == 1 and third.conflicts == ()
    assert show(hq).status == "new", "a status that was taken back there is taken back here"
    assert sorted(note or "" for _, note in notes(hq)) == ["first note", "second note", "third note"]
    assert row(hq).results == 3


def test_undone_decisions_come_back_as_undone(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore, ONE)
    made = decisions.decide(lahore.session, ONE, status="in_progress", note="a slip")
    hq.takes_in(lahore.answers(hq, package))
    decisions.undo_decision(lahore.session, made)
    hq.takes_in(lahore.answers(hq, package, "b.age"))
    assert [each.undone for each in show(hq).decisions if each.elsewhere] == [True] and show(hq).status == "new"


def test_two_offices_work_on_one_report(hq: Workstation, lahore: Workstation, karachi: Workstation) -> None:
    one, two = hand_over(hq, lahore), hand_over(hq, karachi, file="b.age")
    decisions.decide(lahore.session, ONE, status="in_progress", note="in Lahore")
    decisions.decide(karachi.session, ONE, status="on_hold", note="in Karachi")
    hq.takes_in(lahore.answers(hq, one))
    hq.takes_in(karachi.answers(hq, two))
    assert show(hq).status == "in_progress"
    assert sorted(notes(hq)) == [("first at Karachi", "in Karachi"), ("first at Lahore", "in Lahore")]
    (conflict,) = list_conflicts(hq.session)
    assert (conflict.here, conflict.there, conflict.with_) == ("in_progress", "on_hold", "Karachi")
    assert {r.with_: r.conflicts for r in list_work(hq.session)} == {"Lahore": 0, "Karachi": 1}
    hand_over(hq, karachi, ONE, file="c.age")  # what Lahore did is passed on, under the names of both stores
    assert ("first at Lahore at Headquarters", "in Lahore") in notes(karachi)
    sound(hq, lahore, karachi)


def at(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """Files that are written now say this hour."""
    monkeypatch.setattr(send, "now", lambda: f"2026-11-27T{hour:02}:00:00Z")


def test_a_report_in_two_packages_to_one_office_is_no_conflict(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hand_over(hq, lahore, ONE), hand_over(hq, lahore, ONE, file="again.age")
    case = cases.open_case(lahore.session, [ONE]).number
    cases.set_stage(lahore.session, case, "enquiry", note="begun")
    at(monkeypatch, 10)
    early, enquiry = lahore.answers(hq, first, "early.age"), lahore.answers(hq, second, "enquiry.age")
    cases.set_stage(lahore.session, case, "FIR", note="written")
    at(monkeypatch, 11)
    fir = lahore.answers(hq, second, "fir.age")
    hq.takes_in(enquiry)
    hq.takes_in(fir)
    assert hq.takes_in(early).package.conflicts == ()  # type: ignore[union-attr]  # an older file rolls nothing back
    assert stage(hq) == "FIR"
    cases.set_stage(lahore.session, case, "challan", note="handed in")
    at(monkeypatch, 12)
    assert hq.takes_in(lahore.answers(hq, first, "last.age")).package.conflicts == ()  # type: ignore[union-attr]
    assert stage(hq) == "challan" and list_conflicts(hq.session) == ()


def test_a_value_comes_back_although_another_package_took_it_away_meanwhile(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hand_over(hq, lahore, ONE), hand_over(hq, lahore, ONE, file="again.age")
    for hour, (package, status) in enumerate([(first, "in_progress"), (second, "on_hold"), (first, "in_progress")], 10):
        decisions.decide(lahore.session, ONE, status=status)  # type: ignore[arg-type]
        at(monkeypatch, hour)
        hq.takes_in(lahore.answers(hq, package, f"{hour}.age"))
        assert show(hq).status == status
    assert list_conflicts(hq.session) == ()


def test_what_an_office_states_after_its_clock_was_put_right_counts(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the year 2099 made all later ones outdated: what they stated was passed over, without a conflict."""
    first, second = hand_over(hq, lahore, ONE), hand_over(hq, lahore, ONE, file="again.age")
    for year, package, status in (("2099", first, "in_progress"), ("2126", second, "on_hold")):
        decisions.decide(lahore.session, ONE, status=status)  # type: ignore[arg-type]
        with monkeypatch.context() as clock:
            if year == "2099":
                clock.setattr(send, "now", lambda: "2099-01-01T00:00:00Z")
            path = lahore.answers(hq, package, f"{year}.age")
        hq.takes_in(path)
        assert show(hq).status == status
    assert list_conflicts(hq.session) == ()


def test_what_an_office_states_counts_although_its_clock_fell_behind(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A computer whose battery is empty starts in an old year: what its office stated then was passed over, without a conflict."""
    first, second, third = (hand_over(hq, lahore, ONE, file=f"{n}.age") for n in range(3))
    made: list[tuple[str, Path]] = []
    for year, package, status in (("2025", first, "in_progress"), ("2020", second, "on_hold"), ("2021", third, "in_progress")):
        decisions.decide(lahore.session, ONE, status=status)  # type: ignore[arg-type]
        with monkeypatch.context() as clock:
            clock.setattr(send, "now", lambda year=year: f"{year}-01-01T00:00:00Z")
            made.append((status, lahore.answers(hq, package, f"{year}.age")))
    for status, path in made:
        hq.takes_in(path)
        assert show(hq).status == status
    assert list_conflicts(hq.session) == ()


def test_an_open_conflict_gets_the_newest_value_from_any_package(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hand_over(hq, lahore, ONE), hand_over(hq, lahore, ONE, file="again.age")
    decisions.decide(hq.session, ONE, status="referred", reason="not in Pakistan")
    for hour, (package, status) in enumerate([(first, "in_progress"), (second, "on_hold")], 10):
        decisions.decide(lahore.session, ONE, status=status)  # type: ignore[arg-type]
        at(monkeypatch, hour)
        hq.takes_in(lahore.answers(hq, package, f"{hour}.age"))
    (conflict,) = list_conflicts(hq.session)
    assert (conflict.here, conflict.there) == ("referred", "on_hold")
    resolve_conflict(hq.session, ONE, "status", "there", "the office works on it")
    assert show(hq).status == "on_hold"


def test_what_headquarters_changed_between_two_packages_is_known_to_an_office_that_answered_the_second(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hand_over(hq, lahore, ONE)
    decisions.decide(hq.session, ONE, status="on_hold")
    second = hand_over(hq, lahore, ONE, file="again.age")
    at(monkeypatch, 10)
    hq.takes_in(lahore.answers(hq, second, "nothing.age"))
    decisions.decide(lahore.session, ONE, status="in_progress")
    at(monkeypatch, 11)
    hq.takes_in(lahore.answers(hq, first, "news.age"))
    assert show(hq).status == "in_progress" and list_conflicts(hq.session) == ()


def test_a_band_in_a_second_package_is_a_conflict_once(
    hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrections.correct_band(hq.session, ONE, "B", "read at headquarters")
    at(monkeypatch, 10)
    hand_over(hq, lahore, ONE)
    at(monkeypatch, 11)
    corrections.correct_band(hq.session, ONE, "A", "more came")
    hand_over(hq, lahore, ONE, file="again.age")
    assert list_conflicts(lahore.session) == () and show(lahore).score.band == "A"


def test_the_reports_of_a_package_and_the_known_workstations_are_listed(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore, ONE, TWO)
    decisions.decide(lahore.session, ONE, status="in_progress")
    hq.takes_in(lahore.answers(hq, package))
    decisions.decide(hq.session, TWO, status="on_hold")
    found = [(each.report_id, each.status, each.status_there) for each in list_work_reports(hq.session, package)]
    assert found == [(ONE, "in_progress", "in_progress"), (TWO, "on_hold", "new")]
    own, other = list_workstations(hq.session)
    assert own.own and own.age_key == hq.age_key
    assert (other.name, other.fingerprint, other.age_key) == ("Lahore", lahore.session.store.fingerprint, lahore.age_key)
    hq.sends(lahore, THREE, file="next.age")
    assert [row.with_ for row in list_work(hq.session)] == ["Lahore", "Lahore"], "a package is named before results come back"
    with hq.session.store.batch() as batch:
        newest = batch.value("SELECT max(id) FROM work_package")
        batch.execute("UPDATE work_package SET age_key = 'age1new', fingerprint = ? WHERE id = ?", (other.fingerprint, newest))
    assert list_workstations(hq.session)[1].age_key == "age1new", "the newest key is the one that opens packages"


def test_sending_is_stopped_before_anything_is_written(hq: Workstation, lahore: Workstation) -> None:
    seen: list[Progress] = []
    preview_work(hq.session, NUMBERS, on_progress=seen.append)
    assert [each.done for each in seen if each.unit == "reports"] == [0, 1, 2]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        hq.sends(lahore, ONE, cancel=token)
    package = hand_over(hq, lahore, ONE, file="later.age")
    with pytest.raises(Cancelled):
        export_results(lahore.session, package, hq.age_key, lahore.folder / "r.age", cancel=token)
    assert not (hq.folder / "work.age").exists() and not (lahore.folder / "r.age").exists()
    assert len(list_work(hq.session)) == 1


def test_equal_names_are_never_one_person(hq: Workstation, lahore: Workstation) -> None:
    package = hand_over(hq, lahore, ONE)
    decisions.decide(lahore.session, ONE, status="in_progress", assignee="first")
    hq.takes_in(lahore.answers(hq, package))
    assert show(hq).assignee == "first at Lahore"
    assert (
        hq.session.store.read().value("SELECT assignee FROM queue JOIN report r ON r.id = report_id WHERE number = ?", (ONE,)) < 0
    )
    assert [r.report_id for r in list_queue_rows(hq.session, QueueFilter(assignees=("first",)))] == []


def test_what_was_destroyed_does_not_come_back(hq: Workstation, lahore: Workstation) -> None:
    add_person(hq.session.store, "hina", [Role.LEAD], "eight blue kites")
    add_person(lahore.session.store, "hina", [Role.LEAD], "eight blue kites")
    package = hand_over(hq, lahore)
    decisions.decide(lahore.session, ONE, status="in_progress", note="worked on it")
    decisions.decide(lahore.session, TWO, status="in_progress", note="worked on it too")
    results = lahore.answers(hq, package)
    destroy(hq, ONE)
    came = hq.takes_in(results).package
    assert came is not None and came.destroyed == (ONE,) and came.reports == 2
    assert ONE not in {r.report_id for r in list_queue_rows(hq.session, QueueFilter())}
    assert hq.session.store.read().value("SELECT count(*) FROM work_entry WHERE body LIKE '%worked on it\"%'") == 0
    destroy(lahore, TWO)
    again = lahore.answers(hq, package, "b.age")
    told = hq.takes_in(again).package
    assert told is not None and told.without_results == (TWO,) and told.destroyed == (ONE,)
    _, path = hq.sends(lahore, TWO, THREE, file="c.age")
    back = lahore.takes_in(path)
    assert back.package is not None and back.package.destroyed == (TWO,) and back.package.reports == 1
    assert [str(each.reason) for each in back.skipped] == ["speaks of a report that was destroyed by order"]
    assert TWO not in {r.report_id for r in list_queue_rows(lahore.session, QueueFilter())}
    sound(hq, lahore)


def test_results_of_another_workstation_or_for_no_package_are_refused(
    hq: Workstation, lahore: Workstation, karachi: Workstation
) -> None:
    package = hand_over(hq, lahore, ONE)
    with pytest.raises(Refused, match="results go back to that one alone"):
        export_results(lahore.session, package, karachi.age_key, lahore.folder / "r.age")
    lahore.knows(karachi)
    karachi.knows(lahore)
    other = hand_over(lahore, karachi, ONE, file="other.age")
    results = karachi.answers(lahore, other)
    with pytest.raises(InputError, match="sealed for another"):
        hq.takes_in(results)
    assert hq.takes_in(lahore.answers(hq, package)).package is not None


def test_the_list_says_what_is_overdue(hq: Workstation, lahore: Workstation, monkeypatch: pytest.MonkeyPatch) -> None:
    package = hand_over(hq, lahore, ONE, due="2099-01-01")
    monkeypatch.setattr("triage.jobs.exchange.work_list.now", lambda: "2099-01-02T12:00:00Z")
    assert row(hq).state == row(lahore).state == "overdue"
    results = lahore.answers(hq, package)
    assert row(lahore).state == "returned" and row(hq).state == "overdue"
    hq.takes_in(results)
    assert row(hq).state == "merged"


def test_a_report_that_the_receiver_knows_already_keeps_what_was_done_there(
    hq: Workstation, lahore: Workstation, tmp_path: Path
) -> None:
    lahore.takes_in(write_reports(tmp_path / "own", ONE))
    decisions.decide(lahore.session, ONE, status="in_progress", note="our own")
    decisions.decide(hq.session, ONE, note="from headquarters")
    sent, path = hq.sends(lahore, ONE)
    came = lahore.takes_in(path)
    assert (came.reports.new, came.reports.unchanged) == (0, 1) and show(lahore).status == "in_progress"
    assert len(notes(lahore)) == 2 and len(show(lahore).versions) == 1
    hq.takes_in(lahore.answers(hq, sent.package_id))
    assert ("first at Lahore", "our own") in notes(hq), "a decision from before is told too"
