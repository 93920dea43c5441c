"""Defines the dialogs that correct a score card: one factor, or the band."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QVBoxLayout, QWidget

from triage.jobs.casework.corrections import CorrectionView
from triage.model.judgement import BANDS, VERDICTS, Band, Factor, Verdict
from triage.model.views import ShowReport
from triage.priority import BAND_RULE
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import label, row
from triage.ui.text import annotation_words, report_words
from triage.ui.text.i18n import Safe, ltr, mark, tr, word

Done = Callable[[CorrectionView], None]

VERDICT_WORDS: dict[Verdict, str] = {
    "agree": mark("Agree"),
    "means nothing": mark("Means nothing here"),
    "cannot tell": mark("Cannot tell"),
}
_MOST_LETTERS = 52  # of a factor in the list, which fit its width; the whole stands below


class CorrectFactorDialog(FormDialog):
    """Asks what a person says of one factor of a score card, and why."""

    def __init__(self, api: Api, runner: Runner, report: ShowReport, *, parent: QWidget, done: Done) -> None:
        super().__init__(
            runner,
            tr("Correct a factor of {report}", report=ltr(report.report_id)),
            parent=parent,
            done=done,
            record=tr("Record"),
        )
        self._api, self._report_id = api, report.report_id
        self.changes = Changed(reports=frozenset({report.report_id}))
        self.factors = tuple(sorted(_correctable(report), key=lambda factor: (factor.axis != "floor", -abs(factor.points))))
        self.verdict: Verdict | None = None
        self.factor = QComboBox()
        self.factor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for factor in self.factors:
            self.factor.addItem(_describe(factor))
        self.factor.currentIndexChanged.connect(self._show_value)
        self.form.addWidget(label_field(tr("Factor"), self.factor))
        self.why = label("", wrap=True)
        self.value = label("", "muted", wrap=True)
        self.form.addWidget(self.why)
        self.form.addWidget(self.value)
        self.factor.installEventFilter(self)
        self._group, column = QButtonGroup(self), QVBoxLayout()
        column.setSpacing(6)
        for number, each in enumerate(VERDICTS, 1):
            button = ChoiceButton(ltr(str(number)), word(VERDICT_WORDS[each]))
            button.clicked.connect(lambda _=False, each=each: self.choose(each))
            self._group.addButton(button)
            column.addWidget(button)
        self.form.addLayout(column)
        self.reason = NamedField(tr("Reason, printed on the card"))
        self.form.addWidget(self.reason.holder)
        said = tr("Taking out a minimum band counts only when another person, a lead, confirms it.")
        self.form.addWidget(label(said, "small", wrap=True))
        self.resize(560, 0)
        self._show_value()

    def choose(self, verdict: Verdict) -> None:
        """Chooses what is said of the factor."""
        self.verdict = verdict
        for button, of in zip(self._group.buttons(), VERDICTS, strict=True):
            button.setChecked(of == verdict)
        self.reason.setFocus()

    def _show_value(self) -> None:
        """Shows the whole reason of the chosen factor, and what it looked at."""
        at = self.factor.currentIndex()
        factor = self.factors[at] if at >= 0 else None
        seen = Safe("") if factor is None else annotation_words.describe_seen(factor)
        self.why.setText(report_words.reason(factor.why) if factor is not None else "")
        self.value.setText(tr("It looked at: {value}", value=seen) if factor is not None else "")

    def work(self) -> Callable[[], CorrectionView] | None:
        """Returns the call that records it, or None and says what is missing."""
        at, verdict, reason = self.factor.currentIndex(), self.verdict, self.reason.get_text()
        if at < 0 or verdict is None or reason is None:
            self.problem.setText(tr("Choose a factor and what you say of it, and enter the reason."))
            return None
        factor, report_id = self.factors[at], self._report_id
        return lambda: self._api.correct_factor(report_id, factor.rule, verdict, reason, seen=str(factor.value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the numbers from the list of factors, which has the focus first and would search its entries for them."""
        is_press = watched is self.factor and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.text().isdecimal():
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses by number while no text is being written."""
        pressed = event.text()
        if pressed.isdecimal() and 1 <= int(pressed) <= len(VERDICTS):
            self.choose(VERDICTS[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class BandDialog(FormDialog):
    """Asks for the band to which a report is raised or lowered, and why."""

    def __init__(self, api: Api, runner: Runner, report: ShowReport, *, parent: QWidget, done: Done) -> None:
        super().__init__(
            runner,
            tr("Set the band of {report}", report=ltr(report.report_id)),
            parent=parent,
            done=done,
            record=tr("Record"),
        )
        self._api, self._report_id = api, report.report_id
        self.changes = Changed(reports=frozenset({report.report_id}))
        self.bands = tuple(band for band in BANDS if band != report.score.band)
        self.band: Band | None = None
        self.form.addWidget(label(tr("Band {band} now.", band=report.score.band), "muted"))
        self._group = QButtonGroup(self)
        buttons = []
        for band in self.bands:
            raises = band < report.score.band
            words = tr("Raise to {band}", band=band) if raises else tr("Lower to {band}", band=band)
            button = ChoiceButton(ltr(band), words)
            button.clicked.connect(lambda _=False, band=band: self.choose(band))
            self._group.addButton(button)
            buttons.append(button)
        self.form.addLayout(row(*buttons[:2], spacing=6))
        self.form.addLayout(row(*buttons[2:], spacing=6))
        self.reason = NamedField(tr("Reason, printed on the card"))
        self.form.addWidget(self.reason.holder)
        said = tr("Lowering below a minimum band counts only when another person, a lead, confirms it.")
        self.form.addWidget(label(said, "small", wrap=True))
        self.resize(560, 0)

    def choose(self, band: Band) -> None:
        """Chooses the band."""
        self.band = band
        for button, of in zip(self._group.buttons(), self.bands, strict=True):
            button.setChecked(of == band)
        self.reason.setFocus()

    def work(self) -> Callable[[], CorrectionView] | None:
        """Returns the call that records it, or None and says what is missing."""
        band, reason, report_id = self.band, self.reason.get_text(), self._report_id
        if band is None or reason is None:
            self.problem.setText(tr("Choose a band, and enter the reason."))
            return None
        return lambda: self._api.correct_band(report_id, band, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses by letter while no text is being written."""
        pressed = event.text().upper()
        band = next((band for band in self.bands if band == pressed), None)
        if band is not None:
            self.choose(band)
        else:
            super().keyPressEvent(event)


def _correctable(report: ShowReport) -> list[Factor]:
    """Returns the factors that come from a rule."""
    return [factor for factor in report.score.factors if factor.rule != BAND_RULE]


def _describe(factor: Factor) -> Safe:
    points = tr("minimum band") if factor.axis == "floor" else report_words.points(factor.points)
    reason = report_words.reason(factor.why)
    short = reason if len(reason) <= _MOST_LETTERS else Safe(reason[:_MOST_LETTERS].rstrip() + "…")
    return tr("{points}: {reason}", points=points, reason=short)
