"""What the fake of the desktop's calls answers about corrections of score cards, and about the order of two reports."""

from __future__ import annotations

from typing import Any

from triage.jobs.casework.corrections import CorrectionView
from triage.message import Message
from triage.model.users import Right
from triage.priority import OrderExplanation
from triage.priority.ordering import FactorDifference


def correction(number: int, report_id: str, **said: Any) -> CorrectionView:
    """A correction as the job answers it."""
    base: dict[str, Any] = {
        "rule": None, "verdict": None, "band": None, "value": "", "reason": "read", "by": "khi-04",
        "made": "2026-11-24T09:26:00Z", "needs_second": False, "confirmed": None, "confirmed_by": None, "undone": None,
        "undone_by": None, "state": "applied", "says": "",
    }  # fmt: skip
    return CorrectionView(id=number, report_id=report_id, **{**base, **said})


class FakeCorrections:
    """Mixed into `FakeApi`."""

    calls: list[Any]

    def _require(self, right: Right) -> None:
        raise NotImplementedError

    def correct_factor(self, report_id: str, rule: str, verdict: str, reason: str, *, seen: str | None = None) -> CorrectionView:
        self._require(Right.DECIDE)
        self.calls.append(("correct_factor", report_id, rule, verdict, reason, seen))
        return correction(1, report_id, rule=rule, verdict=verdict, reason=reason)

    def correct_band(self, report_id: str, band: str, reason: str) -> CorrectionView:
        self._require(Right.DECIDE)
        self.calls.append(("correct_band", report_id, band, reason))
        state = "applied" if band < "B" else "waits for a lead"
        return correction(2, report_id, band=band, reason=reason, state=state)

    def confirm_child_lane(self, report_number: str) -> None:
        self._require(Right.ASSIGN)
        self.calls.append(("confirm_child_lane", report_number))

    def confirm_correction(self, correction_id: int) -> CorrectionView:
        self._require(Right.ASSIGN)
        self.calls.append(("confirm_correction", correction_id))
        return correction(correction_id, "900144218")

    def undo_correction(self, correction_id: int) -> CorrectionView:
        self._require(Right.DECIDE)
        self.calls.append(("undo_correction", correction_id))
        return correction(correction_id, "900144218", state="undone")

    def explain_order(self, one: str, other: str) -> OrderExplanation:
        self.calls.append(("explain_order", one, other))
        return OrderExplanation(
            above=one,
            below=other,
            decided_by="band",
            why=Message("Band {above} comes before band {below}.", above="A", below="B"),
            differences=(
                FactorDifference(
                    rule="floor.live",
                    axis="floor",
                    above=20.0,
                    below=None,
                    why=Message("The provider marks live streaming; it may be going on."),
                ),
                FactorDifference(
                    rule="age.young", axis="risk", above=6.5, below=2.0, why=Message("The provider marks live streaming.")
                ),
            ),
        )
