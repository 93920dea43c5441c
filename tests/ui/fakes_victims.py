"""The part of the house of cards for victim identification: invented series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from triage.jobs.consent import Consent
from triage.jobs.victim_id.candidates import BESIDE
from triage.model.case_page import CaseFile
from triage.model.handover import Handover
from triage.model.media import ImageCrop
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right
from triage.model.victim_id import (
    ClueHit,
    SeriesCandidate,
    SeriesRow,
    SeriesView,
    VictimClue,
    VictimState,
    VictimStateEntry,
    WrittenSheet,
)

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

MADE = "2026-11-20T06:00:00Z"


def a_file(at: int) -> CaseFile:
    return CaseFile(sha256=f"{at:064x}", name=f"IMG_{at}.jpg", report="900144218", copies=at, state="graded")


def a_series(at: int = 1) -> SeriesView:
    return SeriesView(
        row=SeriesRow(
            number=f"V-2026-{at:04d}", state=VictimState.NOT_KNOWN, media=2, reports=3, clues=1, opened=MADE, by="khi-04"
        ),
        states=(),
        clues=(VictimClue(id=1, kind="place", words="a red gate", sha256=a_file(1).sha256, added=MADE, by="khi-04"),),
        files=(a_file(1), a_file(2)),
        candidates=(SeriesCandidate(file=a_file(3), why=BESIDE, possible=False),),
        cases=("C-2026-0001",),
    )


class FakeVictims:
    """Mixed into FakeApi."""

    def _begin_victims(self: FakeApi) -> None:
        self.series = {each.row.number: each for each in (a_series(1), a_series(2))}

    def victim_series(self: FakeApi) -> tuple[SeriesRow, ...]:
        self._require(Right.READ_REPORT)
        return tuple(each.row for each in reversed(self.series.values()))

    def victim_view(self: FakeApi, number: str) -> SeriesView:
        return self.series[number]

    def open_series(self: FakeApi, report: str, sha256: Sequence[str]) -> SeriesView:
        self.calls.append(("open_series", report, tuple(sha256)))
        made = a_series(len(self.series) + 1)
        self.series[made.row.number] = made
        return made

    def add_to_series(self: FakeApi, number: str, report: str, sha256: str) -> SeriesView:
        self.calls.append(("add_to_series", number, report, sha256))
        self.series[number] = replace(self.series[number], candidates=())
        return self.series[number]

    def record_clue(
        self: FakeApi,
        number: str,
        kind: str,
        words: str,
        *,
        sha256: str | None = None,
        crop: ImageCrop | None = None,
        crop_at_ms: int | None = None,
    ) -> SeriesView:
        self.calls.append(("record_clue", number, kind, words, sha256, *(() if crop is None else (crop,))))
        clue = VictimClue(id=9, kind=kind, words=words, sha256=sha256, added=MADE, by=self.user.name, crop=crop)
        self.series[number] = replace(self.series[number], clues=(*self.series[number].clues, clue))
        return self.series[number]

    def preview_series_sheet(self: FakeApi, number: str, *, although_cleared: str | None = None) -> OutgoingPreview:
        return OutgoingPreview(rows=sum(clue.crop is not None for clue in self.series[number].clues))

    def export_series_sheet(
        self: FakeApi, number: str, out: Path, *, with_crops: bool, consent: Consent | None, although_cleared: str | None,
        handover: Handover, on_progress: OnProgress, cancel: CancelToken,
    ) -> WrittenSheet:  # fmt: skip
        self.calls.append(("export_series_sheet", number, out, with_crops, consent))
        return WrittenSheet(path=str(out), series=number, clues=1, crops=int(with_crops), left_out=(), signature_key="54f2")

    def withdraw_clue(self: FakeApi, number: str, clue_id: int) -> SeriesView:
        self.calls.append(("withdraw_clue", number, clue_id))
        self.series[number] = replace(self.series[number], clues=())
        return self.series[number]

    def search_clues(self: FakeApi, words: str) -> tuple[ClueHit, ...]:
        found = [
            ClueHit(what="clue", name=number, words=clue.words)
            for number, each in self.series.items()
            for clue in each.clues
            if words.casefold() in clue.words
        ]
        return (*found, ClueHit(what="report", name="900144218", words="")) if found else ()

    def record_victim_state(self: FakeApi, number: str, state: str, source: str, *, note: str | None = None) -> SeriesView:
        self.calls.append(("record_victim_state", number, state, source, note))
        entry = VictimStateEntry(state=VictimState(state), source=source, note=note, recorded=MADE, by=self.user.name)
        found = self.series[number]
        self.series[number] = replace(found, states=(*found.states, entry), row=replace(found.row, state=VictimState(state)))
        return self.series[number]
