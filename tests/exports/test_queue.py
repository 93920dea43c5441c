"""Queues for other desks: in order, without formulas, signed, and saying what was not stated."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.exports.conftest import FORMULA
from triage.errors import WorldError
from triage.exports import signature
from triage.exports.queue import COLUMNS
from triage.exports.verify import verify_file
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.views import QueueFilter

HEADERS = tuple(column.header for column in COLUMNS)
ENDINGS = ("csv", "json", "pdf", "xlsx")


@pytest.fixture(scope="module")
def written(desk: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("queues")
    for ending in ENDINGS:
        assert export_queue(desk, QueueFilter(), folder / f"queue.{ending}").rows == 2
    return {ending: folder / f"queue.{ending}" for ending in ENDINGS}


@pytest.fixture(scope="module")
def order(desk: Session) -> list[str]:
    return [row.report_id for row in list_queue_rows(desk, QueueFilter())]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_xlsx_holds_no_formula_and_the_right_order(written: dict[str, Path], order: list[str]) -> None:
    book = openpyxl.load_workbook(written["xlsx"], data_only=False)
    rows = list(book["Queue"].iter_rows())
    assert tuple(cell.value for cell in rows[0]) == HEADERS
    assert [row[1].value for row in rows[1:]] == order
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert FORMULA in [cell.value for cell in cells], "as text it is verbatim"
    numbers = [row[3].value for row in rows[1:]]
    assert all(isinstance(value, int | float) for value in numbers)
    by = HEADERS.index("Duplicate of")
    assert [row[by].value for row in rows[1:]] == ["none", "none"]
    assert None not in [cell.value for row in rows for cell in row], "no cell is left to be guessed at"


def test_csv_disarms_formulas_and_says_not_stated(written: dict[str, Path], order: list[str]) -> None:
    rows = table(written["csv"])
    assert written["csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["Report"] for row in rows] == order
    assert [int(row["Order"]) for row in rows] == [1, 2]
    assert not [v for row in rows for v in row.values() if v[:1] in ("=", "+", "-", "@", "\t", "\r")]
    formula = next(row for row in rows if row["Report"] == "900000002")
    assert formula["Provider"] == f"'{FORMULA}"
    assert formula["Incident type"] == "not stated"
    other = next(row for row in rows if row["Report"] == "900000001")
    assert (other["Provider"], other["Assigned to"], other["Received estimated"]) == ("not stated", "nobody", "estimated")
    assert not [v for row in rows for v in row.values() if v == ""]


def test_json_is_the_rows(written: dict[str, Path], desk: Session) -> None:
    document = json.loads(written["json"].read_bytes())
    assert [row["report_id"] for row in document["queue"]] == [row.report_id for row in list_queue_rows(desk, QueueFilter())]
    assert document["about"]["fingerprint"] == desk.store.fingerprint
    assert document["queue"][0]["assignee"] is None


def test_pdf_names_the_key_and_the_reports(written: dict[str, Path], order: list[str], desk: Session) -> None:
    with pypdfium2.PdfDocument(written["pdf"]) as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert desk.store.fingerprint in text
    assert text.index(order[0]) < text.index(order[1])
    assert "suspect" not in text.lower() and "not stated" in text


@pytest.mark.parametrize("ending", ENDINGS)
def test_signatures_hold_for_us_and_for_openssl(
    written: dict[str, Path], ending: str, desk: Session, tool: Callable[[str], str]
) -> None:
    path = written[ending]
    result = verify_file(path)
    assert (result.valid, result.signature_key) == (True, desk.store.fingerprint)
    command = signature.__doc__ or ""
    line = next(line for line in command.splitlines() if line.startswith("openssl"))
    done = subprocess.run([tool("openssl"), *line.replace("FILE", path.name).split()[1:]], cwd=path.parent, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_changed_export_does_not_verify(written: dict[str, Path], tmp_path: Path) -> None:
    for ending in ("", ".sig", ".pem"):
        (tmp_path / f"q.csv{ending}").write_bytes(signature.path_beside(written["csv"], ending).read_bytes())
    copy = tmp_path / "q.csv"
    assert verify_file(copy).valid
    for path in (copy, signature.path_beside(copy, ".sig")):
        before = path.read_bytes()
        path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
        result = verify_file(copy)
        assert not result.valid and result.signature_key is not None
        path.write_bytes(before)
    signature.path_beside(copy, ".pem").write_bytes(b"no key")
    assert tuple(map(str, verify_file(copy).problems)) == ("The signing key is no public key in PEM form.",)
    signature.path_beside(copy, ".pem").unlink()
    assert tuple(map(str, verify_file(copy).problems)) == ("q.csv.pem is missing.",)


def test_another_ending_and_another_place(desk: Session, tmp_path: Path) -> None:
    with pytest.raises(WorldError, match=r"\.xlsx, \.csv, \.json or \.pdf"):
        export_queue(desk, QueueFilter(), tmp_path / "queue.docx")
    (tmp_path / "file").write_text("")
    with pytest.raises(WorldError, match="Can't write"):
        export_queue(desk, QueueFilter(), tmp_path / "file" / "queue.csv")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_queue_is_an_export_too(desk: Session, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"empty.{ending}"
    assert export_queue(desk, QueueFilter(search="nothing-like-it"), out).rows == 0
    assert verify_file(out).valid
