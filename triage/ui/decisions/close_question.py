"""Defines the second question before a report of band A or B is closed: it states why the report stands there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from triage.model.damage import DAMAGE
from triage.model.deadlines import is_running
from triage.model.views import ShowFile, ShowReport
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.listing import ScrolledContent
from triage.ui.kit.marked_lines import MarkedLines
from triage.ui.kit.widgets import KeyButton, column, label, row, scrolled
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, ltr, number, signed, tr, tr_message, trn, word

ASKED_BANDS = ("A", "B")
REASONS = 4
"""The strongest reasons are enough to notice a slip; the card of the report has all."""
WIDTH, MOST_FACTS = 560, 440
"""Pixels; more facts than fit on the lowest screen scroll."""
KEY = "Y"
"""Not Enter, which a hand presses twice by itself."""


class CloseQuestion(FittingDialog):
    """Shows the facts of a grave report and asks whether it is to be closed. `confirmed` is emitted on the key Y alone."""

    confirmed = Signal()

    def __init__(self, report: ShowReport, reason: str, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Close this report of band {band}?", band=report.score.band)
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(10)
        whole.addWidget(label(title, "title", wrap=True))
        whole.addWidget(
            label(
                tr("{report} leaves the open reports as: {reason}.", report=ltr(report.report_id), reason=word(reason)), wrap=True
            )
        )
        self._facts = _build_facts(report)
        whole.addWidget(self._facts)
        self.go = KeyButton(tr("Close it"), KEY, kind="primary", on=self._confirm)
        self.back = KeyButton.for_way_back(tr("Go back"), self.reject)
        whole.addLayout(row(None, self.back, self.go))
        self.setMinimumWidth(WIDTH)
        self.back.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Makes the facts as high as they need, and lets them scroll where that is too high for the lowest screen."""
        super().showEvent(event)
        inner = self._facts.widget()
        layout = None if inner is None else inner.layout()
        if layout is not None:
            self._facts.setFixedHeight(min(MOST_FACTS, layout.totalHeightForWidth(WIDTH - 2 * 24) + 4))
            self.adjustSize()

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Confirms on Y; Enter does nothing."""
        if event.text().upper() == KEY and not event.isAutoRepeat():
            self._confirm()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


def _build_facts(report: ShowReport) -> QScrollArea:
    """Builds the reasons of the band and what is still open."""
    facts = [
        label(tr("Why it stands in band {band}", band=report.score.band), "heading"),
        _build_reasons(report),
        label(tr("What is still open"), "heading"),
        *(label(sentence, wrap=True) for sentence in list_open_points(report)),
    ]
    inner = ScrolledContent()
    inner.setLayout(column(*facts, spacing=10))
    area = scrolled(inner)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _build_reasons(report: ShowReport) -> QWidget:
    """Builds the strongest reasons of the band with their points."""
    lines = MarkedLines()
    grave = [factor for factor in report.score.factors if factor.axis in ("risk", "floor") and factor.taken_out is None]
    for factor in sorted(grave, key=lambda each: (each.axis != "floor", -each.points))[:REASONS]:
        points = tr("at least {band}", band=factor.band or "") if factor.axis == "floor" else signed(factor.points)
        lines.add_line(points, report_words.reason(factor.why))
    return lines


def _describe_unjudged(unjudged: int, files: int) -> Safe:
    """Returns how many of the files nobody has looked at."""
    if not unjudged:
        return tr("Every file is known or graded.")
    if files == 1:
        return tr("The only file is neither known nor graded.")
    return trn(
        "{n} of {all} files is neither known nor graded.",
        "{n} of {all} files are neither known nor graded.",
        unjudged,
        all=number(files),
    )


def list_open_points(report: ShowReport) -> list[Safe]:
    """Returns in sentences what nobody has looked at or what still runs."""
    said = []
    unjudged = sum(1 for file in report.files if not _is_judged(file))
    if report.files:
        said.append(_describe_unjudged(unjudged, len(report.files)))
    running = sorted((clock for clock in report.clocks if is_running(clock, times.now())), key=lambda clock: clock.due)
    if running:
        what = word(running[0].name)
        said.append(tr("Next deadline: {what}, {left}.", what=what, left=times.left(running[0].due)))
    said += [tr_message(DAMAGE[part]) for part in report.damaged]
    if report.assignee is None:
        said.append(tr("Nobody has it."))
    if report.links:
        said.append(
            trn(
                "{n} report is linked with it.", "{n} reports are linked with it.", len({link.report_id for link in report.links})
            )
        )
    return said


def _is_judged(file: ShowFile) -> bool:
    """Returns whether a list or a person said what a file is."""
    return file.verdict.known in ("exact", "near") or file.verdict.grade is not None
