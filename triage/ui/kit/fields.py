"""Lines to fill in, with their names above them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from triage.ui.kit.widgets import label
from triage.ui.text.i18n import shown


class Field(QLineEdit):
    """A line to fill in, with its name above it: put its `holder` into a layout."""

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(shown(hint))
        self.setMaxLength(300)
        self.holder = named(name, self)

    def said(self) -> str | None:
        """What was filled in, or None."""
        return self.text().strip() or None


def named(name: str, field: QWidget) -> QWidget:
    """A field with its name above it, for eyes and for screen readers."""
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


def side_by_side(*parts: QWidget) -> QHBoxLayout:
    """Of one width."""
    line = QHBoxLayout()
    line.setSpacing(16)
    for part in parts:
        line.addWidget(part, 1)
    return line
