"""Qt's own parts speak Urdu too: whatever the file dialog and the menus of fields ask to have translated is translated."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from triage.ui.kit import theme
from triage.ui.text.qt_words import PARTS, WORDS, QtWords


class Listener(QTranslator):
    """Writes down what Qt asks for, and answers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def translate(self, context: str, text: str, about: str | None = None, n: int = -1) -> str | None:
        if context in PARTS:
            self.asked.add(text)
        return None

    def isEmpty(self) -> bool:
        return False


def show_parts(qtbot: QtBot) -> list[QFileDialog]:
    """Shows Qt's dialogs that the program uses, and the menus of its fields."""
    made = []
    for mode in (QFileDialog.FileMode.Directory, QFileDialog.FileMode.ExistingFiles, QFileDialog.FileMode.AnyFile):
        dialog = QFileDialog(options=QFileDialog.Option.DontUseNativeDialog)
        qtbot.addWidget(dialog)
        dialog.setFileMode(mode)
        saves = mode == QFileDialog.FileMode.AnyFile
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave if saves else QFileDialog.AcceptMode.AcceptOpen)
        dialog.show()
        made.append(dialog)
    for field in (QLineEdit(), QPlainTextEdit()):
        qtbot.addWidget(field)
        field.createStandardContextMenu().deleteLater()
    question = QMessageBox(QMessageBox.Icon.Question, "", "", QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
    qtbot.addWidget(question)
    QApplication.processEvents()
    return made


def test_all_that_qt_asks_for_is_listed(app: QApplication, qtbot: QtBot) -> None:
    listener = Listener()
    app.installTranslator(listener)
    try:
        show_parts(qtbot)
    finally:
        app.removeTranslator(listener)
    assert len(listener.asked) > 30
    assert {text for text in listener.asked if not re.fullmatch(r"(Ctrl|Alt|Shift)\+\w+", text)} - set(WORDS) == set()


def test_the_file_dialog_is_in_the_language_of_the_window(app: QApplication, qtbot: QtBot) -> None:
    theme.apply(app, "dark", "ur")
    said = {dialog.labelText(each) for dialog in show_parts(qtbot) for each in QFileDialog.DialogLabel}
    theme.apply(app, "dark", "en")
    assert [each for each in said if re.search("[A-Za-z]", each)] == []
    assert "Look in" in show_parts(qtbot)[0].labelText(QFileDialog.DialogLabel.LookIn)


@pytest.mark.parametrize("context", ["QFileDialog", "Other"])
def test_in_english_qt_keeps_its_own_words(app: QApplication, context: str) -> None:
    assert QtWords().translate(context, "&Open") is None
