"""Asks which entries of the audit log are wanted: kind, person, days, report, text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.keeping.audit_reading import AuditFilter
from triage.ui.audit.kind_words import GROUPS
from triage.ui.kit.fields import label_field
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.listing import set_start_margin
from triage.ui.kit.widgets import KeyButton
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, searchable, tr, word

BESIDE_HINT = 30
"""Pixels of a field that its frame takes beside the hint."""


class FilterRow(QWidget):
    """Shows the fields of the filter. `changed` says that another filter is wanted, `said` what is wrong with one."""

    changed = Signal()
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.kind, self.user = QComboBox(), QComboBox()
        self.kind.setMaxVisibleItems(30)
        self.kind.addItem(tr("all kinds"), ())
        for title, kinds in GROUPS:
            self.kind.addItem(word(title), kinds)
            for each in kinds:
                self.kind.addItem(f"    {word(each)}", (each,))
        self.user.addItem(tr("everybody"), "")
        self.since, self.until, self.report, self.about = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        for field, hint in (
            (self.since, ltr("2026-11-01")),
            (self.until, ltr("2026-11-30")),
            (self.report, tr("its number")),
            (self.about, tr("id, hash, word")),
        ):
            field.setPlaceholderText(hint)
            field.returnPressed.connect(self.changed)
        self.kind.activated.connect(lambda _: self.changed.emit())
        self.user.activated.connect(lambda _: self.changed.emit())
        self.clear_button = KeyButton.for_action("audit", "clear", tr("Clear"), kind="quiet", on=self.reset)
        line = FlowLayout(8)
        parts: tuple[tuple[Safe, QWidget, int], ...] = (
            (tr("What"), self.kind, 160),
            (tr("Who"), self.user, 120),
            (tr("From day"), self.since, 120),
            (tr("To day"), self.until, 120),
            (tr("Report"), self.report, 104),
            (tr("Of what"), self.about, 120),
        )
        for name, part, width in parts:
            typed = part.placeholderText() if isinstance(part, QLineEdit) else ""
            part.setFixedWidth(max(width, part.fontMetrics().horizontalAdvance(typed) + BESIDE_HINT))
            line.addWidget(label_field(name, part))
        whole = QVBoxLayout(self)
        set_start_margin(whole, 8, 4)
        whole.addLayout(line)

    def show_users(self, names: Sequence[str]) -> None:
        """Lists the users; the chosen one stays chosen."""
        chosen = self.user.currentData()
        while self.user.count() > 1:
            self.user.removeItem(1)
        for name in names:
            self.user.addItem(searchable(name), name)
        self.user.setCurrentIndex(max(0, self.user.findData(chosen)))

    def reset(self) -> None:
        """Clears all fields."""
        self.kind.setCurrentIndex(0)
        self.user.setCurrentIndex(0)
        for field in (self.since, self.until, self.report, self.about):
            field.clear()
        self.changed.emit()

    def read(self) -> AuditFilter | None:
        """Returns the filter, or None when a day can't be read; `said` then says so. Days are those of Pakistan."""
        bounds = []
        for field, more in ((self.since, 0), (self.until, 1)):
            text = field.text().strip()
            try:
                bounds.append("" if not text else _format_midnight(date.fromisoformat(text) + timedelta(days=more)))
            except (ValueError, OverflowError):
                self.said.emit(tr("Write a day as {example}.", example=ltr("2026-11-28")))
                field.setFocus()
                return None
        return AuditFilter(
            kinds=tuple(self.kind.currentData()),
            user=self.user.currentData(),
            since=bounds[0],
            before=bounds[1],
            report=self.report.text().strip(),
            about=self.about.text().strip(),
        )


def _format_midnight(day: date) -> str:
    """Returns the beginning of a day in Pakistan as a stored time."""
    return datetime.combine(day, time(), times.PKT).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
