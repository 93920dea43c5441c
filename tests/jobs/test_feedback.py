"""Feedback to NCMEC and providers: the outcome of each report, and nothing about anybody."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.jobs.test_statistics_export import SECRET, write_report
from triage.errors import NotFound, Refused, WorldError
from triage.exports.sheet_cells import disarm_formula
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.leaving.export_feedback import OUTCOMES, export_feedback
from triage.jobs.session import Session
from triage.jobs.state import child_lane
from triage.model.casework import Closing
from triage.model.handover import Receipt

ONE, TWO, THREE, FOUR = (str(900000900 + n) for n in range(4))


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> Session:
    write_report(tmp_path / "in", int(ONE), age="12")
    write_report(tmp_path / "in", int(TWO), esp="=cmd|Kites", received="2026-05-01T10:00:00Z")
    write_report(tmp_path / "in", int(THREE))
    write_report(tmp_path / "in", int(FOUR))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    decide(session, ONE, status="closed", reason="reported user is the victim", note=f"see {SECRET}")
    decide(session, TWO, status="closed", reason="insufficient information")
    number = open_case(session, [THREE]).number
    decide(session, THREE, status="case_opened", reason="case opened")
    assert number
    return session


def read(path: Path) -> dict[str, dict[str, str]]:
    return {row["Report"]: row for row in csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))}


def test_outcomes_are_told_in_few_words(filled: Session, tmp_path: Path) -> None:
    done = export_feedback(filled, tmp_path / "f.csv")
    rows = read(tmp_path / "f.csv")
    assert (done.rows, done.left_out, list(rows)) == (3, (), [ONE, TWO, THREE]), "a report without an outcome is not told of"
    assert rows[ONE]["Outcome"] == "account holder not shown to be the offender"
    assert rows[TWO]["Provider"] == disarm_formula("=cmd|Kites") and rows[TWO]["Outcome"] == "insufficient information"
    assert rows[THREE]["Outcome"] == "case opened" and rows[THREE]["Agency case number"] not in ("", "none")
    text = (tmp_path / "f.csv").read_text(encoding="utf-8-sig")
    assert "Amber" not in text and "victim" not in text and SECRET not in text


def test_a_short_letter_is_one_page(filled: Session, tmp_path: Path) -> None:
    export_feedback(filled, tmp_path / "f.pdf", esp="Lantern Chat")
    with pypdfium2.PdfDocument(tmp_path / "f.pdf") as document:
        (text,) = [page.get_textpage().get_text_bounded() for page in document]
    assert "Lantern Chat" in text and ONE in text and "account holder not shown" in text


def test_every_reason_has_words_for_others() -> None:
    assert set(OUTCOMES) == set(Closing) - {Closing.CLEARED}


def test_one_provider_and_one_period(filled: Session, tmp_path: Path) -> None:
    export_feedback(filled, tmp_path / "f.csv", esp="lantern chat")
    assert list(read(tmp_path / "f.csv")) == [ONE, THREE]
    export_feedback(filled, tmp_path / "g.csv", first="2026-05-01", last="2026-05-31")
    assert list(read(tmp_path / "g.csv")) == [TWO]
    with pytest.raises(NotFound, match="No report is of the provider 'Nobody'; choose one of"):
        export_feedback(filled, tmp_path / "h.csv", esp="Nobody")
    with pytest.raises(Refused, match="Give both days"):
        export_feedback(filled, tmp_path / "h.csv", first="2026-05-01")
    with pytest.raises(WorldError, match=r"\.csv or \.pdf"):
        export_feedback(filled, tmp_path / "h.txt")


def test_what_may_not_leave_is_left_out_and_named(filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    destruction.clear_person(filled, ONE, "the account was stolen")
    plain = child_lane.read_or_none

    def read_flags(reader: Any, stored: bytes, report_id: int) -> Any:
        return (child_lane.FLAG,) if report_id == 2 else plain(reader, stored, report_id)

    monkeypatch.setattr(child_lane, "read_or_none", read_flags)
    done = export_feedback(filled, tmp_path / "f.csv")
    assert list(read(tmp_path / "f.csv")) == [THREE] and done.rows == 1
    assert {each.report_id for each in done.left_out} == {ONE, TWO}
    assert "cleared" in str(done.left_out[0].reason) and "child" in str(done.left_out[1].reason)
