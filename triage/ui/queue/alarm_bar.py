"""Defines the bar that asks for the acknowledgement of new band A reports."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from triage.model.views import QueueRow
from triage.ui.kit.widgets import BandBlock, ElidedLabel, KeyButton, measure_width
from triage.ui.text import words
from triage.ui.text.i18n import is_rtl, ltr, tr, trn

DETAIL_FROM = 900  # pixels
BOTH_FROM = 560  # pixels; on a narrower bar the lane of band A does what the button does
LEAST_WORDS = 90  # pixels; on a narrow window the words take more lines


class _WrappedWords(QLabel):
    """Shows words in as many lines as the width asks for. Qt would ask for the height of the narrowest label at any width."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", "strong")
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if is_rtl():
            self.setContentsMargins(6, 0, 0, 0)  # Qt breaks a mixed line some pixels too late

    def minimumSizeHint(self) -> QSize:
        """Returns the size of a short line."""
        return QSize(LEAST_WORDS, self.fontMetrics().height())


class AlarmBar(QFrame):
    """Shows how many new band A reports are unassigned, until each is acknowledged by name.

    `acknowledged` carries a report number; `shown_asked` asks to show band A.
    """

    acknowledged = Signal(str)
    shown_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.report_id: str | None = None
        self.setProperty("kind", "alarm")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 16, 8)
        line.setSpacing(10)
        self._words = _WrappedWords()
        self._detail = ElidedLabel("", "muted")
        self.button = KeyButton.for_action("queue", "acknowledge", "", kind="primary", on=self.take_report)
        self._all = KeyButton(tr("Show band A"), on=self.shown_asked.emit)
        for part in (BandBlock("A"), self._words, self._detail):
            line.addWidget(part)
        line.setStretchFactor(self._words, 80)
        line.setStretchFactor(self._detail, 40)
        line.addStretch(1)
        for button in (self._all, self.button):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        line.addWidget(self._all)
        line.addWidget(self.button)
        self.hide()

    def show_state(self, count: int, row: QueueRow | None, user: str) -> None:
        """Shows the count and the first report, or hides the bar when `row` is None."""
        self.report_id = None if row is None else row.report_id
        self.setVisible(row is not None)
        if row is None:
            return
        self._words.setText(trn("{n} new band A report is unassigned", "{n} new band A reports are unassigned", count))
        whole = measure_width(self._words.text(), bold=True) + 14
        self._words.setMaximumWidth(whole)
        incident = words.incident(row.incident_type)
        self._detail.setText(tr("first: {report}, {incident}", report=ltr(row.report_id), incident=incident))
        self.button.set_words(tr("Take {report}", name=user, report=ltr(row.report_id)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the detail out on a narrow window, since the button names the report too, then the button of the band."""
        super().resizeEvent(event)
        self._all.setVisible(self.width() >= BOTH_FROM)
        self._detail.setVisible(self.width() >= DETAIL_FROM)

    def take_report(self) -> None:
        """Asks to take the report that is shown."""
        if self.report_id is not None:
            self.acknowledged.emit(self.report_id)
