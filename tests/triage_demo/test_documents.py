"""The provider's XML satisfies NCMEC's own schema; the JSON has the shape that law enforcement gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from triage_demo.feed.bundles import declared, documents
from triage_demo.feed.plan import plan
from triage_demo.feed.records import Report

REPORTS = plan(1, 300, datetime(2026, 11, 20, tzinfo=UTC)).reports
XML = [report for report in REPORTS if report.form == "xml"]
JSON = [report for report in REPORTS if report.form == "json"]


class Blank(dict[str, bytes]):
    """Stands for pictures that nobody has drawn: documents only need their digests."""

    def __missing__(self, picture: str) -> bytes:
        return picture.encode()


def drifts(report: Report) -> bool:
    return bool(report.extra) or "informational" in report.annotations


def test_provider_documents_satisfy_the_official_schema(schema_path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(schema_path))
    checked = 0
    for report in XML:
        for path, data in documents(report, Blank()).items():
            if path.endswith(".xml") and not (drifts(report) and path.endswith("report.xml")):
                assert schema.validate(etree.fromstring(data)), (report.story, path, schema.error_log)
                checked += 1
    assert checked > 400


def test_drift_is_what_the_schema_does_not_know(schema_path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(schema_path))
    drifting = [report for report in XML if drifts(report)]
    assert len(drifting) > 10
    for report in drifting:
        root = etree.fromstring(documents(report, Blank())[f"{report.key}/report.xml"])
        assert not schema.validate(root)


def test_flags_are_empty_or_spelled_out() -> None:
    spelled = {True: 0, False: 0}
    for report in XML:
        root = etree.fromstring(documents(report, Blank())[f"{report.key}/report.xml"])
        for flag in root.iterfind("incidentSummary/reportAnnotations/*"):
            spelled[flag.text == "true"] += 1
    assert spelled[True] and spelled[False]


def test_json_is_readable_and_keeps_the_doubled_plurals() -> None:
    for report in JSON:
        data = documents(report, Blank(), flat=True)[f"{report.key}.json"]
        assert data.startswith(b"\xef\xbb\xbf") == ("bom" in report.quirks)
        said = json.loads(data.decode("utf-8-sig"))
        assert str(said["reportId"]) == report.number
        information = said["reportedInformation"]
        uploaded = (information["uploadedFiles"] or {}).get("uploadedFiles")
        assert len(uploaded if isinstance(uploaded, list) else ()) == len(report.files)
        if report.suspects and "nulls" not in report.quirks:
            assert len(information["reportedPeople"]["reportedPersons"]) == len(report.suspects)


def test_a_planted_mismatch_declares_another_digest() -> None:
    wrong = [(report, file) for report in REPORTS for file in report.files if file.wrong_hash]
    assert wrong
    for _, file in wrong:
        assert all(value != declared(type(file)(**_right(file)), b"x")[kind] for kind, value in declared(file, b"x").items())


def _right(file: object) -> dict[str, object]:
    return {name: getattr(file, name) for name in file.__slots__} | {"wrong_hash": False}  # type: ignore[attr-defined]


def test_the_pdf_says_what_the_plan_says() -> None:
    for report in (report for report in REPORTS if report.form == "pdf" or "pdf too" in report.quirks):
        path = f"CT{report.key}.pdf" if report.form == "pdf" else f"{report.key}.pdf"
        pages = [
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(documents(report, Blank(), flat=True)[path])
        ]
        text = " ".join("".join(pages).split())
        assert all(f"CyberTipline Report {report.number} | Page {n}" in page for n, page in enumerate(pages, 1))
        assert report.incident_type in text and report.provider.name in text
        assert f"Number of uploaded files: {len(report.files)}" in text
        assert all(file.name in text.replace("\ufffe", "-") for file in report.files)
        for someone in report.suspects:
            assert all(mail.value in text for mail in someone.emails)
            assert all(capture.port is None or f"Port: {capture.port}" in text for capture in someone.captures)


@pytest.mark.parametrize("report", [r for r in REPORTS if r.number is None][:1], ids=lambda r: r.key)
def test_without_a_number_there_is_no_response(report: Report) -> None:
    assert list(documents(report, Blank())) == [f"{report.key}/report.xml"]
