"""Victim identification: series, clues in words, the recorded state, and what the ICSE sheet takes from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.test_cases import unlock_as
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.leaving.export_graded import export_icse
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.jobs.victim_id import candidates, clues, identification, series
from triage.model.casework import Grade
from triage.model.handover import Receipt
from triage.model.match_way import MatchWay
from triage.model.users import Role
from triage.model.victim_id import ClueKind, VictimState
from triage.store.queries import audit_log, media_matches, victim_series

ONE, TWO = "900000881", "900000882"
WORDS = "Green school tie with a boat badge"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """Two reports with two pictures each; the second ones are the same in both."""

    def fill(session: Session, folder: Path) -> None:
        for n, number in enumerate((ONE, TWO)):
            report = folder / "in" / number
            report.mkdir(parents=True)
            (report / "r.json").write_bytes(le_json(int(number)))
            (report / f"{number}.jpg").write_bytes(jpeg(n))
            (report / "same.jpg").write_bytes(jpeg(7))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def sha(session: Session, report: str, name: str) -> str:
    return next(file.sha256 or "" for file in load_report_view(session, report).files if file.name == name)


def test_a_series_holds_files_and_counts_their_reports(filled: Session) -> None:
    found = series.open_series(filled, ONE, [sha(filled, ONE, "same.jpg")])
    assert (found.row.number[:2], found.row.media, found.row.reports, found.row.state) == ("V-", 1, 2, VictimState.NOT_KNOWN)
    found = series.add_to_series(filled, found.row.number, ONE, sha(filled, ONE, f"{ONE}.jpg"))
    assert found.row.media == 2 and [file.copies for file in found.files] == [1, 2]
    found = series.take_from_series(filled, found.row.number, sha(filled, ONE, f"{ONE}.jpg"))
    assert found.row.media == 1
    with pytest.raises(NotFound):
        series.take_from_series(filled, found.row.number, sha(filled, ONE, f"{ONE}.jpg"))
    with pytest.raises(NotFound):
        series.open_series(filled, ONE, [sha(filled, TWO, f"{TWO}.jpg")])
    with pytest.raises(Refused):
        series.open_series(filled, ONE, [])
    assert [row.number for row in series.list_series(filled)] == [found.row.number]


def test_near_copies_and_files_beside_are_proposed_with_the_reason(filled: Session) -> None:
    ids = {name: filled_id(filled, name) for name in (f"{ONE}.jpg", f"{TWO}.jpg")}
    with filled.store.batch() as batch:
        media_matches.save_match(batch, *ids.values(), MatchWay(hash_kind="pdq", distance=14))
    found = series.open_series(filled, ONE, [sha(filled, ONE, f"{ONE}.jpg")])
    said = {each.file.name: (str(each.why), each.possible) for each in found.candidates}
    assert said == {f"{TWO}.jpg": ("Near copy, 14 bits apart", False), "same.jpg": (str(candidates.BESIDE), False)}


def filled_id(session: Session, name: str) -> int:
    with session.reading() as db:
        return int(db.value("SELECT media_item_id FROM file WHERE name = ?", (name,)))


def test_clues_are_found_and_the_audit_log_holds_no_word_of_them(filled: Session) -> None:
    number = series.open_series(filled, ONE, [sha(filled, ONE, "same.jpg")]).row.number
    found = clues.record_clue(filled, number, ClueKind.CLOTHING.value, f"  {WORDS} ", sha256=sha(filled, ONE, "same.jpg"))
    assert [(clue.words, clue.sha256 is not None) for clue in found.clues] == [(WORDS, True)]
    hits = clues.search_clues(filled, "BOAT school")
    assert [(hit.what, hit.name, hit.words) for hit in hits] == [("clue", number, WORDS)]
    assert [(hit.what, hit.name) for hit in clues.search_clues(filled, f"user_{TWO}")] == [("report", TWO)]
    assert clues.search_clues(filled, "  ") == ()
    with filled.reading() as db:
        logged = [json.loads(text) for (text,) in db.all("SELECT json FROM audit_entry")]
        assert audit_log.list_entries_about(db, 1, ())
    kinds = [entry["kind"] for entry in logged]
    assert {"series opened", "clue recorded"} <= set(kinds)
    assert not any(word in json.dumps(logged).casefold() for word in ("school", "boat badge"))
    found = clues.withdraw_clue(filled, number, found.clues[0].id)
    assert found.clues == () and clues.search_clues(filled, "boat") == ()
    with pytest.raises(NotFound):
        clues.withdraw_clue(filled, number, 1)


@pytest.mark.parametrize(
    ("kind", "words"), [("place", "  "), ("face", "words"), ("place", "x" * 2001)], ids=["no words", "no such kind", "too long"]
)
def test_a_clue_that_says_nothing_is_refused(filled: Session, kind: str, words: str) -> None:
    number = series.open_series(filled, ONE, [sha(filled, ONE, "same.jpg")]).row.number
    with pytest.raises(Refused):
        clues.record_clue(filled, number, kind, words)
    with pytest.raises(NotFound):
        clues.record_clue(filled, number, "place", "a red gate", sha256=sha(filled, TWO, f"{TWO}.jpg"))


def test_a_state_needs_a_source_and_a_later_one_counts(filled: Session) -> None:
    number = series.open_series(filled, ONE, [sha(filled, ONE, "same.jpg")]).row.number
    with pytest.raises(Refused):
        identification.record_victim_state(filled, number, "identified", "  ")
    with pytest.raises(Refused):
        identification.record_victim_state(filled, number, "yes", "ICSE")
    identification.record_victim_state(filled, number, "identified", "ICSE", note="by another country")
    found = identification.record_victim_state(filled, number, "not identified", "officer of the desk")
    assert found.row.state is VictimState.NOT_IDENTIFIED
    assert [(entry.state.value, entry.source) for entry in found.states] == [
        ("identified", "ICSE"), ("not identified", "officer of the desk"),
    ]  # fmt: skip


def test_the_icse_sheet_names_series_and_state(filled: Session, tmp_path: Path) -> None:
    same, own = sha(filled, ONE, "same.jpg"), sha(filled, ONE, f"{ONE}.jpg")
    for each in (same, own):
        grade_file(filled, ONE, each, Grade.ABUSE.value)
    number = series.open_series(filled, ONE, [same]).row.number
    identification.record_victim_state(filled, number, "identified", "ICSE")

    def read(name: str) -> dict[str, list[str]]:
        export_icse(filled, tmp_path / name)
        lines = [line.split(";") for line in (tmp_path / name).read_text().splitlines()]
        assert lines[0][5] == "Victim identified" and lines[0][7] == "Series name"
        return {line[0]: [line[5], line[7]] for line in lines[1:]}

    md5 = {file.sha256: file.md5 for file in load_report_view(filled, ONE).files}
    assert read("1.csv") == {md5[same]: ["True", number], md5[own]: ["", ""]}
    other = series.open_series(filled, ONE, [same]).row.number
    assert read("2.csv")[md5[same]] == ["", number], "two series that differ say nothing"
    identification.record_victim_state(filled, other, "identified", "ICSE")
    assert read("3.csv")[md5[same]] == ["True", number]


@pytest.mark.usefixtures("short_papers")
def test_what_is_destroyed_leaves_no_clue(filled: Session, tmp_path: Path) -> None:
    number = series.open_series(filled, ONE, [sha(filled, ONE, f"{ONE}.jpg")]).row.number
    clues.record_clue(filled, number, "place", "a red gate")
    identification.record_victim_state(filled, number, "identified", "ICSE")
    kept = series.open_series(filled, TWO, [sha(filled, TWO, "same.jpg")]).row.number
    clues.record_clue(filled, kept, "place", "a blue gate")
    add_person(filled.store, "second", [Role.LEAD], "eight blue kites")
    destruction.destroy_report(
        filled, ONE, reason="keeping period over", order="rule 7", second=Consent("second", "eight blue kites"),
        certificate=tmp_path / "certificate.json",
    )  # fmt: skip
    found = series.show_series(filled, number)
    assert (found.row.media, found.clues, found.states) == (0, (), ())
    assert [hit.words for hit in clues.search_clues(filled, "gate")] == ["a blue gate"]
    with filled.reading() as db:
        assert victim_series.next_series_number(db, number[2:6]) > kept


def test_an_auditor_reads_and_records_nothing(filled: Session) -> None:
    number = series.open_series(filled, ONE, [sha(filled, ONE, "same.jpg")]).row.number
    with unlock_as(filled, "second", "auditor") as auditor:
        for act in (
            lambda: series.list_series(auditor),
            lambda: series.show_series(auditor, number),
            lambda: clues.search_clues(auditor, "gate"),
            lambda: clues.record_clue(auditor, number, "place", "a gate"),
            lambda: identification.record_victim_state(auditor, number, "identified", "ICSE"),
        ):
            with pytest.raises(Refused):
                act()
