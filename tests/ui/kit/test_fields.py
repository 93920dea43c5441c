"""A code that people write on paper is shown whole, and a button stands beside its field."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.ui.kit.fields import NamedField, ShownCode
from triage.ui.kit.widgets import KeyButton

KEY = "age1ch509l0htr7gznkwazv7grxycct90n8tp4dj4guvzupzteh5kvjsfzj3mk"


def test_a_code_takes_the_lines_that_it_needs_and_is_copied_without_breaks(qtbot: QtBot) -> None:
    code = ShownCode(KEY)
    qtbot.addWidget(code)
    code.resize(900, code.height())
    code.show()
    one = code.height()
    code.resize(260, one)
    lines = round(code.document().size().height())
    assert lines >= 2 and code.height() == one + (lines - 1) * code.fontMetrics().lineSpacing()
    code.selectAll()
    code.copy()
    assert QApplication.clipboard().text() == KEY


def test_a_button_stands_beside_the_field_and_not_between_it_and_its_name(qtbot: QtBot) -> None:
    """Choose stood half a line above the folder that it asks for."""
    button = KeyButton("Choose")
    field = NamedField("Folder", beside=button)
    qtbot.addWidget(field.holder)
    field.holder.resize(400, 60)
    field.holder.show()
    assert abs(button.geometry().center().y() - field.geometry().center().y()) <= 1
    assert field.geometry().right() < button.geometry().left() and field.width() > 250
