"""The pages of docs/formats name the fields that the writers write, and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields as list_dataclass_fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.source_trees import ROOT
from triage.exports import feedback, packet_tables, work_report
from triage.exports.hash_files import ICSE_HEADER
from triage.exports.queue_columns import HEADERS, NOTE
from triage.exports.request_annex import COLUMNS as ANNEX_COLUMNS
from triage.exports.statistic_tables import DIMENSIONS
from triage.exports.timeline_files import COLUMNS as TIMELINE_COLUMNS
from triage.exports.vics_file import CATEGORIES, VICS_VERSIONS, VicsVersion, format_vics
from triage.exports.work_package import WorkManifest, WorkMember
from triage.importers.update_file import UpdateContent
from triage.model.graded import FilePlace, GradedCase, GradedFile
from triage.model.packet import NotDone, PacketNotice
from triage.model.verification import Written

CODE = re.compile(r"`([^`\n]+)`")
COLUMN_TABLES = {
    "statistics": ("column of `statistics.csv`", ("table", *DIMENSIONS, "count")),
    "queue-sheet": ("column", (*HEADERS, NOTE, "Rules")),
    "timeline": ("column", TIMELINE_COLUMNS),
    "packet": ("column", packet_tables._FILE_COLUMNS),
    "update": ("field", UpdateContent.__struct_fields__),
}
"""Page -> the heading of the first column of its table, and the fields that the writer or reader has."""
FORMS = {
    "state": work_report.StateForm,
    "state.band": work_report.BandForm,
    "state.case": work_report.CaseForm,
    "state.case.stage": work_report.StageForm,
    "state.case.numbers": work_report.NumberForm,
    "card": work_report.CardForm,
    "card.factors": work_report.FactorForm,
    "receipts": work_report.ReceiptForm,
    "sources": work_report.SourceForm,
    "files": work_report.FileForm,
    "decisions": work_report.DecisionForm,
    "notes": work_report.NoteForm,
    "grades": work_report.GradeForm,
    "corrections": work_report.CorrectionForm,
    "notices": work_report.NoticeForm,
    "list_matches": work_report.ListMatchForm,
}
"""What the JSON of a report in a work package holds, by the name on the page."""


def read_page(name: str) -> str:
    return (ROOT / "docs" / "formats" / f"{name}.md").read_text("utf-8")


def read_table(name: str, heading: str) -> list[tuple[str, str]]:
    """The first two cells of each row below a heading's first cell."""
    _, found, rest = read_page(name).partition(f"\n| {heading} |")
    assert found, f"{name}.md has no table that begins with {heading}"
    rows = [line.strip("|").split("|") for line in rest.split("\n\n")[0].split("\n")[2:]]
    return [(row[0].strip(), row[1].strip()) for row in rows]


def list_names(cells: Iterable[str]) -> list[str]:
    return [name for cell in cells for name in CODE.findall(cell)]


@pytest.mark.parametrize("page", COLUMN_TABLES)
def test_a_page_lists_the_columns_of_its_file(page: str) -> None:
    heading, written = COLUMN_TABLES[page]
    assert sorted(list_names(first for first, _ in read_table(page, heading))) == sorted(written)


def test_the_page_of_statistics_lists_the_columns_of_feedback() -> None:
    written = [column.header for column in feedback._COLUMNS]
    assert list_names(first for first, _ in read_table("statistics", "column")) == written


def test_pages_that_show_a_header_show_the_written_one() -> None:
    assert f"\n    {';'.join(ICSE_HEADER)}\n" in read_page("icse")
    assert ", ".join(f"`{name}`" for name in ANNEX_COLUMNS) in read_page("requests")


def test_the_page_of_work_packages_lists_every_field() -> None:
    known = {name.strip("`"): CODE.findall(cell) for name, cell in read_table("work-package", "of a report")}
    assert known == {name: list(form.__struct_fields__) for name, form in FORMS.items()}
    named = set(CODE.findall(read_page("work-package")))
    for form in (WorkManifest, WorkMember, work_report.ReportForm):
        assert set(form.__struct_fields__) <= named, form.__name__
    shown = {each for each in vars(work_report).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)}
    assert {each.__name__ for each in shown if each.__name__.endswith("Form")} == {
        form.__name__ for form in (*FORMS.values(), work_report.ReportForm)
    }


@pytest.mark.parametrize("version", VICS_VERSIONS)
def test_the_page_of_vics_lists_every_field_that_is_written(version: VicsVersion) -> None:
    place = FilePlace(report="1", name="a.jpg", path="in/a.jpg")
    file = GradedFile(
        id=7,
        sha256="a" * 64,
        md5="b" * 32,
        sha1="c" * 40,
        size=3,
        mime="image/jpeg",
        grade=next(iter(CATEGORIES)),
        graded_at="2026-10-01T00:00:00Z",
        for_court=False,
        inherited_from=None,
        pdq=None,
        pdq_quality=None,
        exif=(("Make", "x"),),
        places=(place,),
    )
    case = GradedCase(number="C-1", registers=(), reports=("1",), officer="", rank="", agency="", store="aa")
    (written,) = json.loads(format_vics([file], version, case))["value"]
    (media,) = written["Media"]
    objects = {"a case": written, "Media": media, "CaseMetadata": written["CaseMetadata"][0]}
    objects |= {name: media[name][0] for name in ("AlternativeHashes", "Exifs", "MediaFiles")}
    table = {name.strip("`"): set(CODE.findall(cell)) for name, cell in read_table("vics", "object")}
    lacking = {"MimeType", "DateUpdated", "SelfGenerated", "PrecategorizationSource"} if version == "1.3" else set()
    assert table.keys() == objects.keys()
    for name, each in objects.items():
        assert {key for key in each if "odata." not in key} == table[name] - (lacking if name == "Media" else set()), name


def test_the_page_of_packets_lists_what_a_packet_holds(made: Written) -> None:
    data = Path(made.path) / "data"
    report_json = json.loads((data / "report.json").read_bytes())
    row = next(line for line in read_page("packet").split("\n") if line.startswith("| `data/report.json`"))
    assert set(report_json) <= set(CODE.findall(row))
    added = [report["packet"] for report in report_json["reports"]]
    table = {name.strip("`"): CODE.findall(cell) for name, cell in read_table("packet", "key")}
    assert all(list(each) == list(table) for each in added)
    for key in ("sources", "files", "receipts", "versions"):
        assert {name for each in added for entry in each[key] for name in entry} == set(table[key]), key
    for key, kind in (("notices", PacketNotice), ("not_done", NotDone)):
        assert [each.name for each in list_dataclass_fields(kind)] == table[key]


def test_the_page_of_packets_lists_the_fields_of_custody_and_of_the_bag(made: Written) -> None:
    rows = list_rows(Path(made.path) / "data" / "custody.jsonl")
    assert {name for row in rows for name in row} == set(list_names(first for first, _ in read_table("packet", "field")))
    tags = {line.partition(":")[0] for line in (Path(made.path) / "bag-info.txt").read_text("utf-8").splitlines()}
    (stated,) = [cell for name, cell in read_table("packet", "file") if name == "`bag-info.txt`"]
    assert tags | {"Cleared"} == set(CODE.findall(stated))


def list_rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().splitlines():
        yield json.loads(line)
