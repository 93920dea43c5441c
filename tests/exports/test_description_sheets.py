"""Description sheets and the form for viewings: fixed neutral words, every exhibit, no picture."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pypdfium2
import pytest

from tests.exports.conftest import NUMBER
from triage.errors import Refused
from triage.exports.description_sheets import _URDU, make_sheets
from triage.exports.pdf_documents import HeadingBlock, Rows
from triage.jobs.leaving.packet import create_packet, load_packet
from triage.jobs.leaving.verify import verify_file, verify_packet
from triage.jobs.leaving.viewing_log import write_viewing_log
from triage.jobs.session import Session
from triage.model.casework import Grade
from triage.model.handover import Handover
from triage.model.verification import Written


def read_pdf(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        assert not [o for page in document for o in page.get_objects() if o.type == 3], "an image"
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"[\s\ufffe\u00ad\u200e]", "", text)


def test_each_file_has_a_sheet_in_two_languages(desk: Session) -> None:
    packet = load_packet(desk, [1, 2], second_person="", second_officer=None, handover=Handover(), cleared=None)
    blocks = list(make_sheets(packet))
    sheets = [block for block in blocks if isinstance(block, HeadingBlock)]
    assert len(sheets) == sum(len(report.show.files) for report in packet.reports) == 2
    tables = [block.rows for block in blocks if isinstance(block, Rows) and block.head[0] == ""]
    first, absent = ({row[0].split("\n")[0]: row[1:] for row in table} for table in tables)
    assert first["Exhibit"][0] == f"{NUMBER}-F1" and first["Kind"] == ("image (image/jpeg)", "تصویر")
    assert first["Viewed by the provider"] == ("yes", "ہاں") and first["Grade"] == ("not graded", "درجہ نہیں دیا گیا")
    assert absent["Exhibit"] == ("not received", "موصول نہیں ہوئی")


def test_every_grade_has_its_urdu() -> None:
    assert {grade.value for grade in Grade} <= set(_URDU)


def test_the_sheets_are_part_of_the_packet(desk: Session, tmp_path: Path) -> None:
    create_packet(desk, [NUMBER], tmp_path / "p", descriptions=True)
    assert verify_packet(tmp_path / "p").valid
    text = read_pdf(tmp_path / "p" / "data" / "descriptions.pdf")
    assert f"{NUMBER}-F1" in text and "Descriptionofafile" in text
    assert "descriptions.pdf" in (tmp_path / "p" / "README.txt").read_text("utf-8")


def test_the_form_lists_every_exhibit_and_is_signed(desk: Session, made: Written, tmp_path: Path) -> None:
    written = write_viewing_log(desk, Path(made.path), tmp_path / "v.pdf", handover=Handover(handed_to="the malkhana"))
    assert written.rows == 1 and verify_file(tmp_path / "v.pdf").valid
    text = read_pdf(tmp_path / "v.pdf")
    for words in (f"{NUMBER}-F1", made.signature_key, made.manifest_sha256 or "", "Supervisingofficer"):
        assert words in text
    row = desk.store.read().first("SELECT kind, handed_to FROM outgoing ORDER BY id DESC LIMIT 1")
    assert row == ("viewing_log", "the malkhana")


@pytest.mark.parametrize("name", ["data/report.json", "data/files.csv"])
def test_a_packet_that_was_touched_gets_no_form(desk: Session, made: Written, tmp_path: Path, name: str) -> None:
    packet = Path(shutil.copytree(made.path, tmp_path / "packet"))
    (packet / name).write_text("another story")
    with pytest.raises(Refused, match="can't be used"):
        write_viewing_log(desk, packet, tmp_path / "v.pdf")
    assert not (tmp_path / "v.pdf").exists()
