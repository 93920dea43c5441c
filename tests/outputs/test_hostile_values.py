"""Every output of a report whose sender wrote formulas, control characters, direction marks and odd names wherever text is taken.

Each file is read back with a reader that is not ours. What each row of the table needs besides the report, its `prepare` makes.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from tests.cli.conftest import WORDS
from tests.drawn_papers import typeset_footer
from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from tests.outputs.conftest import SECOND_WORDS
from tests.outputs.output import REPORT, Output, World, load_table
from tests.people import add_person
from triage.exports import pdf_documents
from triage.model.users import Role
from triage.store.store import Store

URDU = "یہ تصویر پل کی ہے"
HOSTILE = f"=1+1;=cmd|' /C calc'!A0\t+2\n=3 \u202egpj.exe\u202c \x01 \u200b {URDU} 💥"
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a formula begins."""
TABLE = {output.name: output for output in load_table()}
CELL = 32_767
"""UTF-16 code units of a spreadsheet's cell."""


def write_hostile(folder: Path) -> Path:
    report = folder / REPORT
    report.mkdir(parents=True)
    document = json.loads(le_json(int(REPORT)))
    said = document["reportedInformation"]
    said["reportingEsp"] = {"espName": HOSTILE}
    said["incidentSummary"]["incidentType"] = HOSTILE
    person = said["reportedPeople"]["reportedPersons"][0]
    person |= {"screenName": {"value": HOSTILE}, "displayName": {"value": f"x;{HOSTILE}"}, "additionalInfo": HOSTILE}
    files = [{"filename": "a.jpg", "originalFileName": HOSTILE}, {"filename": f"{HOSTILE}.jpg"}]
    said["uploadedFiles"]["uploadedFiles"] = files
    (report / f"{REPORT}.json").write_text(json.dumps(document), encoding="utf-8")
    (report / "a.jpg").write_bytes(jpeg(1))
    if sys.platform == "linux":
        (report / f"{HOSTILE}.jpg".replace("/", "")).write_bytes(jpeg(2))
        (report / os.fsdecode(b"\xff\xfe-=x.jpg")).write_bytes(jpeg(3))
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with this one report, and the passphrases of its two users."""
    work = tmp_path_factory.mktemp("hostile")
    (work / "words").write_text(WORDS + "\n")
    (work / "second-words").write_text(SECOND_WORDS + "\n")
    write_hostile(work / "bundle")
    with Store.create(work / "store", "first", WORDS, cost=CHEAP).store as store:
        add_person(store, "second", (Role.LEAD, Role.EXAMINER, Role.ADMIN), SECOND_WORDS)
    World(work, work / "store").run_well("import", "bundle", "--received-from", "=1+1")
    shutil.rmtree(work / "bundle")
    (work / "out").mkdir()
    return work


@pytest.mark.parametrize("name", TABLE)
def test_no_output_fails_or_passes_on_what_a_program_would_run(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    output = TABLE[name]
    world = make_world(hostile, tmp_path, monkeypatch, output)
    done = output.run(world, output.prepare(world))
    assert done.code in output.codes, done.err
    for path in sorted(world.left.rglob("*")):
        check = CHECKS.get(path.suffix)
        if path.is_file() and check is not None and "sources" not in path.parts:
            check(path)


def make_world(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: Output) -> World:
    work = Path(shutil.copytree(hostile, tmp_path / "world"))
    output.patch(monkeypatch)
    monkeypatch.setattr(pdf_documents, "_run_typesetter", typeset_footer)
    return World(work, work / "store")


def check_csv(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    separator = ";" if "icse" in path.name else ","
    exact = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    assert len({len(row) for row in exact}) == 1, "each row has all columns"
    for row in exact:
        for cell in row:
            assert cell.isprintable() and not cell.startswith(SIGNS), cell
    for other in ",;\t|":
        for row in csv.reader(io.StringIO(text), delimiter=other):
            assert not [cell for cell in row if cell.lstrip(' \r\n"').startswith(SIGNS)], other


def check_xlsx(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for cell in (cell for page in book for row in page.iter_rows() for cell in row):
        assert cell.data_type in "sn" and cell.hyperlink is None
        if isinstance(cell.value, str):
            require_plain(cell.value)
            assert len(cell.value.encode("utf-16-le")) // 2 <= CELL
            assert cell.quotePrefix or not cell.value.startswith(SIGNS), cell.value


def check_docx(path: Path) -> None:
    document = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for text in texts:
        require_plain(text.replace("\t", " ", 1))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(member))


def check_kmz(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("doc.kml"))
    for text in root.itertext():
        require_plain(text)


def check_json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def check_lines(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        json.loads(line)


def check_text(path: Path) -> None:
    require_plain(path.read_text(encoding="utf-8"))


def require_plain(text: str) -> None:
    assert text.replace("\n", " ").isprintable(), text


CHECKS: dict[str, Callable[[Path], None]] = {
    ".csv": check_csv, ".xlsx": check_xlsx, ".docx": check_docx, ".kmz": check_kmz, ".json": check_json, ".jsonld": check_json, ".jsonl": check_lines,
    ".txt": check_text,
}  # fmt: skip


@cache
def list_endings() -> frozenset[str]:
    return frozenset(Path(output.out).suffix for output in TABLE.values() if not output.folder)


def test_every_ending_of_the_table_is_read_back() -> None:
    assert sorted(list_endings() - set(CHECKS)) == [".age", ".pdf"], "sealed files, and papers, which escape what they print"


def list_cells(path: Path) -> Iterator[str]:
    """Yields all texts of the queue in one of its forms."""
    if path.suffix == ".csv":
        yield from (cell for row in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))) for cell in row)
    else:
        yield from (str(cell.value) for row in openpyxl.load_workbook(path)["All"].iter_rows() for cell in row)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_text_itself_is_still_there(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """Urdu is never escaped, and what is escaped can be read."""
    output = TABLE[f"export queue lantern.{ending}"]
    world = make_world(hostile, tmp_path, monkeypatch, output)
    output.run(world, ())
    (said, *_) = [cell for cell in list_cells(world.left / f"lantern.{ending}") if "cmd" in cell]
    assert URDU in said and "\\u202egpj.exe\\u202c \\u0001 \\u200b" in said and said.endswith("💥")
