"""Provides text fields with their names above them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from triage.ui.kit.widgets import label, row, set_kind
from triage.ui.text.i18n import shown


class NamedField(QLineEdit):
    """Is a text field of at most 300 characters with a name; add its `holder` to a layout. `beside` stands at its end."""

    def __init__(self, name: str, hint: str = "", *, beside: QWidget | None = None) -> None:
        super().__init__()
        self.setPlaceholderText(shown(hint))
        self.setMaxLength(300)
        self.holder = label_field(name, self, beside)

    def get_text(self) -> str | None:
        """Returns the entered text without surrounding spaces, or None when the field is blank."""
        return self.text().strip() or None


class ShownCode(QPlainTextEdit):
    """Shows a long code whole, on as many lines as it needs: people write it on paper. It is copied without the breaks."""

    def __init__(self, text: str) -> None:
        super().__init__(shown(text))
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self._take_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Takes the height of the lines that the width leaves."""
        super().resizeEvent(event)
        self._take_height()

    def _take_height(self) -> None:
        lines = max(1, round(self.document().size().height()))
        around = self.height() - self.viewport().height()
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + around)


class ShownLines(QPlainTextEdit):
    """Shows lines of a file: at most `seen` at once, and the others by scrolling. `name` is for screen readers."""

    def __init__(self, lines: Sequence[str], seen: int, name: str) -> None:
        super().__init__("\n".join(map(shown, lines)))
        set_kind(self, "inset")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setAccessibleName(name)
        self._seen = seen

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Takes the height of the lines that are seen at once."""
        super().resizeEvent(event)
        lines = min(self._seen, max(1, round(self.document().size().height())))
        around = self.height() - self.viewport().height() + 3 * round(self.document().documentMargin())  # with 2 the bar is shown
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + around)


def label_field(name: str, field: QWidget, beside: QWidget | None = None) -> QWidget:
    """Returns a widget that shows the name above the field, also for screen readers. `beside`, a button, stands at its end."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    above = label(name, "small")
    above.setBuddy(field)
    field.setAccessibleName(name)
    column.addWidget(above)
    line = row(field)
    line.setStretch(0, 1)
    if beside is not None:
        line.addWidget(beside)
    column.addLayout(line)
    return holder


def lay_side_by_side(*parts: QWidget) -> QHBoxLayout:
    """Returns a row in which all widgets have the same width."""
    line = QHBoxLayout()
    line.setSpacing(16)
    for part in parts:
        line.addWidget(part, 1)
    return line
