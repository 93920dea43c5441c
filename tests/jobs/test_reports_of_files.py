"""Every report that stands in a file is a report of the store, or is set aside with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.importers.pdf_pages import ABROAD, pdf
from tests.jobs.bundles import REPORT, le_json
from tests.jobs.listed import list_quarantined
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.load import load_documents
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.import_counts import DocumentCounts
from triage.model.views import ImportResult
from triage.store.queries import reports


def import_file(session: Session, folder: Path, name: str, data: bytes) -> ImportResult:
    """Imports one file by itself."""
    (folder / name).write_bytes(data)
    return import_bundles(session, [folder / name], receipt=Receipt(received_from="desk"))


def count_document(result: ImportResult) -> tuple[int, int, int]:
    """Returns how many reports the one document holds, and how many of them were read and quarantined."""
    (counts,) = result.documents
    assert isinstance(counts, DocumentCounts)
    return counts.reports_in, counts.read, counts.quarantined


def make_report(name: str, number: str | None = None) -> dict[str, Any]:
    """Returns a report in which one account stands."""
    report: dict[str, Any] = json.loads(le_json(900_000_001))
    report["reportId"] = number
    report["reportedInformation"]["reportedPeople"] = {"reportedPersons": [{"screenName": name}]}
    return report


def find_accounts(session: Session, number: str) -> list[str]:
    """Returns the accounts that a report names."""
    with session.reading() as db:
        report_id = reports.find_report(db, number)
        assert report_id is not None
        return [each.value for document in load_documents(db, report_id) for each in document.identifiers]


def test_reports_without_a_number_in_one_file_are_reports_of_their_own(session: Session, tmp_path: Path) -> None:
    inside = make_report("kite_inside")
    listed = [make_report("kite_first"), make_report("kite_second"), make_report("kite_third", "900000003") | {"copy": inside}]
    data = json.dumps([*listed, {"note": "precious"}, "words"]).encode()

    first = import_file(session, tmp_path, "all.json", data)

    assert (first.reports.new, count_document(first)) == (4, (6, 4, 2))
    accounts = {tuple(find_accounts(session, number)) for number in first.report_ids}
    assert accounts == {("kite_first",), ("kite_second",), ("kite_third",), ("kite_inside",)}
    assert find_accounts(session, "900000003") == ["kite_third"]
    rows = list_quarantined(session)
    assert {Path(row.path).name for row in rows} == {"all.json#$[3]", "all.json#$[4]"}
    assert {row.reason.key for row in rows} == {"This part of a list of reports is no report that Triage can read."}

    again = import_file(session, tmp_path, "all.json", data)
    assert (again.reports.new, again.reports.updated, again.reports.unchanged) == (0, 0, 4)
    assert session.store.check().valid


def test_a_report_without_a_number_is_known_in_another_list(session: Session, tmp_path: Path) -> None:
    """It is named by what it says: the same report in other company is the same report."""
    first = import_file(session, tmp_path, "a.json", json.dumps([make_report("kite_a"), make_report("kite_b")]).encode())
    other = import_file(session, tmp_path, "b.json", json.dumps([make_report("kite_c"), make_report("kite_b")]).encode())
    assert (first.reports.new, other.reports.new) == (2, 1)
    with session.reading() as db:
        assert reports.count_reports(db) == 3


def test_a_destroyed_report_without_a_number_does_not_come_back(session: Session, tmp_path: Path) -> None:
    listed = [make_report("kite_a"), make_report("kite_b")]
    first = import_file(session, tmp_path, "a.json", json.dumps(listed).encode())
    gone = next(number for number in first.report_ids if find_accounts(session, number) == ["kite_b"])

    class Destroyed:
        """Knows the tombstone of one report."""

        def __init__(self, _: Session) -> None: ...

        def __contains__(self, text: str) -> bool:
            return text == gone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.jobs.intake.import_bundles.Tombstones", Destroyed)
        again = import_file(session, tmp_path, "a.json", json.dumps([*listed, make_report("kite_c")]).encode())
    assert (again.reports.new, len(again.skipped)) == (1, 1)
    assert "destroyed by order" in str(again.skipped[0].reason)


def test_complaints_and_cases_without_a_number_are_set_aside(session: Session, tmp_path: Path) -> None:
    complaints = [{"complaintNumber": "LHR-1", "description": "a"}, {"description": "grave"}, {"complaintNumber": "///"}]
    result = import_file(session, tmp_path, "complaints.json", json.dumps(complaints).encode())
    assert (result.report_ids, count_document(result)) == (("C-LHR-1",), (3, 1, 2))
    rows = b"Complaint number,Received,Child name\nLHR-2,2026-01-01,Amal\n,2026-01-01,Bilal\n"
    result = import_file(session, tmp_path, "complaints.csv", rows)
    assert (result.report_ids, count_document(result)) == (("C-LHR-2",), (2, 1, 1))
    rows = b"case number,kind,value\nK-1,ip,203.0.113.5\n,ip,203.0.113.6\n---,ip,203.0.113.7\n"
    result = import_file(session, tmp_path, "cases.csv", rows)
    assert (len(result.report_ids), count_document(result)) == (1, (3, 1, 2))
    assert len({str(row.reason) for row in list_quarantined(session)}) == 3


def test_a_report_inside_an_xml_report_is_set_aside(session: Session, tmp_path: Path) -> None:
    inner = REPORT.partition("?>")[2].replace("kite_flyer", "kite_inside")
    outer = REPORT.replace("<somethingNew>kept</somethingNew>", f"<somethingNew><copies>{inner}</copies></somethingNew>")
    result = import_file(session, tmp_path, "report.xml", outer.encode())
    assert (result.reports.new, count_document(result)) == (1, (2, 1, 1))
    (row,) = list_quarantined(session)
    assert "inside another report" in str(row.reason)
    (number,) = result.report_ids
    assert "kite_inside" not in find_accounts(session, number)


def test_two_reports_in_one_pdf_are_two_reports(session: Session, tmp_path: Path) -> None:
    second = [[line.replace("900000001", "900000002") if isinstance(line, str) else line for line in page] for page in ABROAD]
    result = import_file(session, tmp_path, "both.pdf", pdf([*ABROAD, *second]))
    assert (set(result.report_ids), count_document(result)) == ({"900000001", "900000002"}, (2, 2, 0))
    with session.reading() as db:
        own, other = (load_documents(db, reports.find_report(db, number) or 0)[0] for number in sorted(result.report_ids))
    assert [each.value for each in own.identifiers] == [each.value for each in other.identifiers]
    assert other.facts[0].sources[0].at == f"page {1 + len(ABROAD)}"
