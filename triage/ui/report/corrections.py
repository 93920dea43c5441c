"""Corrects the score card of the report that a page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from triage.jobs.casework.corrections import CorrectionView
from triage.model.judgement import CardCorrection
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.correct_dialogs import BandDialog, CorrectFactorDialog
from triage.ui.report.score import ScoreCalls
from triage.ui.text.i18n import Safe, ltr, mark, tr, word

if TYPE_CHECKING:
    from triage.ui.report.page import ReportPage


_NOT_COUNTED = (mark("not judged yet"), mark("not known: the score card is damaged"))
"""States of a correction that no card shows yet."""


class Corrections:
    """Opens the dialogs, and undoes or confirms corrections."""

    def __init__(self, api: Api, runner: Runner, page: ReportPage) -> None:
        self._api, self._runner, self._page = api, runner, page

    def calls(self) -> ScoreCalls | None:
        """Returns what the buttons of the score card do; None for a person who may not decide."""
        if not self._api.may(Right.DECIDE):
            return None
        own, lead = self._api.user.name, self._api.may(Right.ASSIGN)

        def may_undo(correction: CardCorrection) -> bool:
            return lead or correction.by == own

        def may_confirm(correction: CardCorrection) -> bool:
            return lead and correction.by != own and correction.state == "waits for a lead"

        return ScoreCalls(self.correct_factor, self.correct_band, self.undo, self.confirm, may_undo, may_confirm)

    def correct_factor(self) -> None:
        """Opens the dialog for one factor."""
        if self._page.report is not None and self._page.may_decide():
            CorrectFactorDialog(self._api, self._runner, self._page.report, parent=self._page, done=self._made).open()

    def correct_band(self) -> None:
        """Opens the dialog for the band."""
        if self._page.report is not None and self._page.may_decide():
            BandDialog(self._api, self._runner, self._page.report, parent=self._page, done=self._made).open()

    def undo(self, correction_id: int) -> None:
        """Takes back a correction."""
        said = tr("{report}: correction undone.", report=ltr(self._page.report_id))
        self._do(lambda: self._api.undo_correction(correction_id), said)

    def confirm(self, correction_id: int) -> None:
        """Agrees to a correction that another person asked for."""
        said = tr("{report}: correction confirmed.", report=ltr(self._page.report_id))
        self._do(lambda: self._api.confirm_correction(correction_id), said)

    def _do(self, work: Callable[[], Any], said: Safe) -> None:
        self._runner.do(
            lambda _progress, _cancel: work(),
            lambda _: self._page.said.emit(said),
            changes=Changed(reports=frozenset({self._page.report_id})),
            owner=self._page,
        )

    def _made(self, made: CorrectionView) -> None:
        """Announces what was recorded."""
        report = ltr(made.report_id)
        if made.state == "waits for a lead":
            self._page.said.emit(tr("{report}: recorded. It counts when a lead who is not you confirms it.", report=report))
        elif made.state in _NOT_COUNTED:
            self._page.said.emit(tr("{report}: recorded. Its effect: {state}.", report=report, state=word(made.state)))
        else:
            self._page.said.emit(tr("{report}: correction recorded.", report=report))
