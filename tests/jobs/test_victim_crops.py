"""Crops of victim identification: hostile rectangles, what a view of one records, and who has to agree before one leaves."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.decode.client import MediaPool
from triage.errors import Refused, WrongPassphrase
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.export_series import export_series_sheet, preview_series_sheet
from triage.jobs.reading.media import reveal
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.state.account import list_own_views
from triage.jobs.victim_id import clues, series
from triage.model.handover import Receipt
from triage.model.media import ImageCrop, RevealStep
from triage.model.users import Role

ONE = "900000881"
CROP = ImageCrop(1_000, 1_000, 4_000, 3_000)
WORDS = "eight blue kites"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        report = folder / "in" / ONE
        report.mkdir(parents=True)
        (report / "r.json").write_bytes(le_json(int(ONE)))
        (report / "a.jpg").write_bytes(jpeg(1))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def the_file(session: Session) -> str:
    return next(file.sha256 or "" for file in load_report_view(session, ONE).files if file.name == "a.jpg")


def open_with_crop(session: Session) -> str:
    number = series.open_series(session, ONE, [the_file(session)]).row.number
    clues.record_clue(session, number, "place", "a red gate", sha256=the_file(session), crop=CROP)
    return number


@pytest.mark.parametrize(
    ("numbers", "at_ms", "named"),
    [
        ((0, 0, 10_001, 100), None, True),
        ((-1, 0, 500, 500), None, True),
        ((500, 0, 100, 900), None, True),
        ((0, 0, 10_000, 10_000), None, True),
        ((0, 0, 50, 5_000), None, True),
        ((0, 0, 900.5, 900), None, True),
        ((0, 0, True, 900), None, True),
        ((0, 0, 900, 900), 5, True),
        ((0, 0, 900, 900), None, False),
    ],
)
def test_a_rectangle_that_is_no_crop_is_refused(
    filled: Session, numbers: tuple[int, int, int, int], at_ms: int | None, named: bool
) -> None:
    number = series.open_series(filled, ONE, [the_file(filled)]).row.number
    sha256 = the_file(filled) if named else None
    with pytest.raises(Refused):
        clues.record_clue(filled, number, "place", "a gate", sha256=sha256, crop=ImageCrop(*numbers), crop_at_ms=at_ms)
    assert series.show_series(filled, number).clues == ()


def test_a_view_of_a_crop_is_recorded_and_leaves_the_file_unseen(filled: Session) -> None:
    open_with_crop(filled)
    with MediaPool(1) as pool, reveal(filled, ONE, the_file(filled), RevealStep.GREY, pool, window=CROP) as view:
        pixels = view.render()
        assert max(pixels.width, pixels.height) <= 800
    assert [view.step for view in list_own_views(filled)] == [RevealStep.GREY]
    with filled.reading() as db:
        logged = db.value("SELECT json FROM audit_entry WHERE json LIKE '%media revealed%'")
        assert '"crop":[1000,1000,4000,3000]' in logged
        assert db.value("SELECT count(*) FROM media_seen") == 0
    with pytest.raises(Refused), reveal(filled, ONE, the_file(filled), RevealStep.BLURRED, pool, window=CROP):
        pass


def test_a_crop_leaves_only_when_a_second_person_agrees(filled: Session, tmp_path: Path) -> None:
    number = open_with_crop(filled)
    add_person(filled.store, "second", [Role.EXAMINER], WORDS)
    add_person(filled.store, "reader", [Role.ANALYST], WORDS)
    out = tmp_path / "sheet.pdf"
    for consent, error in (
        (None, Refused),
        (Consent("second", "wrong words"), WrongPassphrase),
        (Consent("first", "green boats"), Refused),
        (Consent("reader", WORDS), Refused),
    ):
        with pytest.raises(error):
            export_series_sheet(filled, number, out, with_crops=True, consent=consent)
    assert not out.exists()
    assert preview_series_sheet(filled, number).rows == 1
    made = export_series_sheet(filled, number, out, with_crops=True, consent=Consent("second", WORDS))
    assert (made.crops, made.clues, made.left_out) == (1, 1, ())
    page = pypdfium2.PdfDocument(out)[0]
    images = [each for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    text = page.get_textpage().get_text_bounded()
    assert len(images) == 1 and "second" in text and "a red gate" in text and ONE not in text
    plain = export_series_sheet(filled, number, tmp_path / "plain.pdf")
    assert plain.crops == 0
    page = pypdfium2.PdfDocument(tmp_path / "plain.pdf")[0]
    assert not [each for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
