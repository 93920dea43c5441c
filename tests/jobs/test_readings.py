"""What the reader found in a report is stored, rests on its texts and on the reader, and goes with the report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.invented import MAKERS
from tests.jobs.conftest import MakeStore
from tests.jobs.test_boilerplate import THREAT, bundle
from tests.jobs.test_order import everything
from tests.people import add_person
from triage.intents import reader
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import assess as assessing
from triage.jobs.judging import readings
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.queries import judgement
from triage.store.queries import readings as reading_rows

pytestmark = pytest.mark.usefixtures("short_papers")

CHAT = "Anna: hello\nBen: where do you live?\nBen: send the picture or i show your family everything\nAnna: please no"
NUMBERS = (900000811, 900000812, 900000813)


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        for number, chat in zip(NUMBERS, ("", CHAT, "nothing of note"), strict=True):
            import_bundles(session, [bundle(folder, number, THREAT, chat=chat)], receipt=Receipt())

    return make_store(fill)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often the texts of a report are read, wherever."""
    counted: list[int] = []

    def count(texts: object) -> reader.Reading:
        counted.append(1)
        return reader.read_texts(texts)  # type: ignore[arg-type]

    for name, module in list(sys.modules.items()):
        if name.startswith("triage.") and module is not reader and vars(module).get("read_texts") is reader.read_texts:
            monkeypatch.setattr(module, "read_texts", count)
    return counted


def make_stale(session: Session, *, scores_only: bool) -> None:
    with session.store.batch() as batch:
        (judgement.mark_scores_stale if scores_only else judgement.mark_all_stale)(batch)


def forget(session: Session) -> None:
    with session.store.batch() as batch:
        batch.execute("UPDATE report_digest SET reading_basis = NULL, reading = NULL")


@pytest.mark.parametrize("scores_only", [True, False])
def test_judged_by_stored_readings_is_as_read_anew_and_reads_nothing(
    filled: Session, reads: list[int], scores_only: bool
) -> None:
    make_stale(filled, scores_only=scores_only)
    assess(filled)
    stored = everything(filled)
    assert reads == []
    forget(filled)
    make_stale(filled, scores_only=scores_only)
    assess(filled)
    assert len(reads) == len(NUMBERS)
    assert everything(filled) == stored, "the reading made anew is stored, too"
    assert any(b"family" in row[3] for row in stored["report_digest"] if isinstance(row[3], bytes))


def test_a_new_report_is_read_once(session: Session, tmp_path: Path, reads: list[int]) -> None:
    import_bundles(session, [bundle(tmp_path, NUMBERS[0], THREAT, chat=CHAT)], receipt=Receipt())
    assert len(reads) == 1


def test_an_import_stores_the_reading_that_judging_would_make(session: Session, tmp_path: Path, reads: list[int]) -> None:
    kinds: tuple[tuple[str, ...], ...] = (("xml",), ("json", "xml", "pdf"), ("pdf",))
    for n, some in enumerate(kinds):
        folder = tmp_path / "in" / str(n)
        folder.mkdir(parents=True)
        for name, data in (file for kind in some for file in MAKERS[kind](n).items()):
            (folder / name).write_bytes(data)
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    stored = everything(session)
    choices = 6  # of three documents each alone and each pair: their texts are read too, since the gravest counts
    assert len(stored["report_digest"]) == len(kinds) and len(reads) == len(kinds) + choices
    with session.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("DELETE FROM report_digest")
    assess(session)
    assert len(reads) == 2 * (len(kinds) + choices)
    assert everything(session) == stored


def test_another_edition_of_the_reader_reads_anew_once(
    filled: Session, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "_edition_of_reader", lambda: b"another")
    for expected in (len(NUMBERS), len(NUMBERS)):
        make_stale(filled, scores_only=True)
        assess(filled)
        assert len(reads) == expected


def test_a_changed_text_is_read_anew(filled: Session, tmp_path: Path, reads: list[int]) -> None:
    import_bundles(filled, [bundle(tmp_path / "later", NUMBERS[0], "Nothing more is known.")], receipt=Receipt())
    assert reads
    with filled.reading() as db:
        assert len(reading_rows.load_readings(db, range(1, 9))) == len(NUMBERS)


def test_a_kill_between_keys_and_cards_loses_nothing(filled: Session, reads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(filled)
    forget(filled)
    with filled.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("UPDATE report_digest SET digest = x'00'")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(assessing.judgement, "save_cards", die)
        with pytest.raises(KeyboardInterrupt):
            assess(filled, workers=0)
    assess(filled, workers=0)
    assert everything(filled) == before


def test_a_destroyed_report_takes_its_reading_with_it(filled: Session) -> None:
    add_person(filled.store, "second", [Role.LEAD], "eight blue kites")
    out = filled.store.directory.parent / "certificate.json"
    number = str(NUMBERS[1])
    assert b"show your family" in repr(everything(filled)["report_digest"]).encode()
    destroy_report(
        filled, number, reason="kept long enough", order="7", second=Consent("second", "eight blue kites"), certificate=out
    )
    held = repr(everything(filled)["report_digest"])
    assert "show your family" not in held
    assert len(everything(filled)["report_digest"]) == len(NUMBERS) - 1


def test_a_card_by_the_stored_location_is_as_one_by_a_location_found_anew(filled: Session) -> None:
    before = everything(filled)
    make_stale(filled, scores_only=True)
    assess(filled)
    by_stored = everything(filled)
    with filled.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("UPDATE score_card SET location_basis = NULL, location = x'', score = x''")
    assess(filled)
    assert everything(filled) == by_stored == before
