"""Defines the bar that asks for the acknowledgement of new band A reports."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from triage.model.views import QueueRow
from triage.ui.kit.widgets import BandBlock, ElidedLabel, KeyButton, label, measure_width
from triage.ui.text import words
from triage.ui.text.i18n import ltr, tr, trn

LEAST_WORDS = 150  # pixels; on a narrow window the words take two lines


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
        self._words = label("", "strong", wrap=True)
        self._detail = ElidedLabel("", "muted")
        self.button = KeyButton.for_action("queue", "acknowledge", "", kind="primary", on=self.take_report)
        self._all = KeyButton(tr("Show band A"), on=self.shown_asked.emit)
        for part in (BandBlock("A"), self._words, self._detail):
            line.addWidget(part)
        line.setStretchFactor(self._words, 8)
        line.setStretchFactor(self._detail, 1)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
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
        self._words.setMinimumWidth(min(LEAST_WORDS, whole))
        self._words.setMaximumWidth(whole)
        incident = words.incident(row.incident_type)
        self._detail.setText(tr("first: {report}, {incident}", report=ltr(row.report_id), incident=incident))
        self.button.set_words(tr("Take {report}", name=user, report=ltr(row.report_id)))

    def take_report(self) -> None:
        """Asks to take the report that is shown."""
        if self.report_id is not None:
            self.acknowledged.emit(self.report_id)
