"""The part of the house of cards for papers of cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.message import Message
from triage.model.diary import CaseDiary, DiaryEntry
from triage.model.handover import Handover
from triage.model.source_report import SourceIdentifier, SourceItem, SourceReport, SourceSection
from triage.model.users import Officer, Profile, Right

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi


def a_draft(case: str) -> SourceReport:
    item = SourceItem(
        report_id="900144218", provider="Paper Boat", incident_type="Online Enticement", incident_time=None, received=None,
        exhibits=(("E1", "ab" * 32), ("E2", "cd" * 32)), identifiers=(SourceIdentifier(kind="email", value="a@example.invalid",
        port=None, time=None),), files=7, files_present=6, annotations=(), children=1, place="here?", place_reasons=(), linked=(),
        deadlines=(),
    )  # fmt: skip
    return SourceReport(
        case=case, numbers=(), officer=Officer(user="khi-04", profile=Profile(), agency_name="", agency_address="", clock_source=""),
        offices=("Karachi",), items=(item,), sections=(SourceSection(section="PECA 2016 s.22", title="Child sexual abuse content", reasons=(), certainty="may apply"),),
        notices=(), missing=("full name", "source report number"), first=None,
    )  # fmt: skip


def a_diary(case: str, entries: int = 60) -> CaseDiary:
    made = tuple(
        DiaryEntry(
            when="2026-11-20T06:00:00Z", who="khi-04", report="900144218", what=Message("Request {request} sent", request=at)
        )
        for at in range(entries)
    )
    return CaseDiary(
        case=case, opened="2026-11-02T05:00:00Z", officer="khi-04", stage="FIR", numbers=(), reports=("900144218",), entries=made
    )


class FakePapers:
    """Mixed into FakeApi."""

    calls: list[tuple[Any, ...]]

    def preview_source_report(self: FakeApi, number: str) -> SourceReport:
        self._require(Right.CASE_PAPERS)
        return a_draft(number)

    def export_source_report(self: FakeApi, number: str, out: Path, *, handover: Handover) -> SourceReport:
        self._require(Right.CASE_PAPERS)
        self.calls.append(("source report", number, out, handover))
        return a_draft(number)

    def load_diary(self: FakeApi, number: str) -> CaseDiary:
        self._require(Right.READ_REPORT)
        return a_diary(number)

    def export_diary(self: FakeApi, number: str, out: Path, *, handover: Handover) -> CaseDiary:
        self._require(Right.CASE_PAPERS)
        self.calls.append(("diary", number, out, handover))
        return a_diary(number)
