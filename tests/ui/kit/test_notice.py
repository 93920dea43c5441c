"""The notice shows a sentence, and an empty one takes it back."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from triage.ui.kit.notice import Notice


def test_an_empty_sentence_takes_back_what_is_shown(app: QApplication, qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(600, 400)
    over.show()
    notice = Notice(over)
    notice.show_sentence("Do step 4 first.")
    assert notice.text() == "Do step 4 first."
    notice.show_sentence("")
    assert notice.text() == "" and not notice.isVisible()
