"""Provides text fields with their names above them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from triage.ui.kit.widgets import label
from triage.ui.text.i18n import shown


class NamedField(QLineEdit):
    """Is a text field of at most 300 characters with a name; add its `holder` to a layout."""

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(shown(hint))
        self.setMaxLength(300)
        self.holder = label_field(name, self)

    def get_text(self) -> str | None:
        """Returns the entered text without surrounding spaces, or None when the field is blank."""
        return self.text().strip() or None


def shown_code(text: str) -> QLineEdit:
    """Returns a line that shows a long code from its beginning, and from which it can be copied whole."""
    made = QLineEdit(shown(text))
    made.setReadOnly(True)
    made.setCursorPosition(0)
    made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return made


def label_field(name: str, field: QWidget) -> QWidget:
    """Returns a widget that shows the name above the field, also for screen readers."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    above = label(name, "small")
    above.setBuddy(field)
    field.setAccessibleName(name)
    column.addWidget(above)
    column.addWidget(field)
    return holder


def lay_side_by_side(*parts: QWidget) -> QHBoxLayout:
    """Returns a row in which all widgets have the same width."""
    line = QHBoxLayout()
    line.setSpacing(16)
    for part in parts:
        line.addWidget(part, 1)
    return line
