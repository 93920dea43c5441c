from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_active
from triage.ui.help.window import HelpWindow
from triage.ui.kit import theme


@pytest.fixture
def host(app: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def window(host: QWidget) -> Iterator[HelpWindow]:
    made = HelpWindow("queue", host)
    made.show()
    wait_active(made)
    yield made


def test_it_opens_at_the_section_of_the_screen(window: HelpWindow) -> None:
    assert window.shown_section().title == "Work the queue"
    assert window.view.textCursor().block().text() == "Work the queue"


def test_the_urdu_help_says_which_pages_are_english(app: QApplication, host: QWidget) -> None:
    theme.apply(app, "dark", "ur")
    made = HelpWindow("queue", host)
    listed = [made.contents.item(at).text() for at in range(made.contents.count())]
    made.close()
    english = [line for line in listed if "Privacy" in line]
    assert english and all("انگریزی" in line for line in english)
    assert sum("انگریزی" in line for line in listed) < len(listed) / 2


def test_words_and_keys_find_and_open_a_section_and_go_back(window: HelpWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.search, "undercover")
    titles = [window.contents.item(at).text() for at in range(window.contents.count())]
    assert titles == ["For leads: Deconfliction"]
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.shown_section().title == "Deconfliction"
    assert window.view.marked() >= 1
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.shown_section().title == "Work the queue"


def test_nothing_found_says_what_to_do(window: HelpWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.search, "zzzz")
    assert "fewer words" in window.said.text()


def test_a_link_opens_a_page_of_the_guide_and_nothing_else(window: HelpWindow) -> None:
    window.view.link_chosen.emit("lead.md#cases")
    assert window.shown_section().title == "Cases"
    window.view.link_chosen.emit("https://example.invalid/")
    assert window.shown_section().title == "Cases"
    assert "Nothing was opened" in window.said.text()


def test_no_page_loads_a_resource(window: HelpWindow) -> None:
    assert window.view.loadResource(2, "file:///etc/passwd") is None
    assert "![" not in window.view.page.markdown  # type: ignore[union-attr]


def test_urdu_stands_from_right_to_left(app: QApplication, host: QWidget) -> None:
    theme.apply(app, "dark", "ur")
    made = HelpWindow("queue", host)
    assert made.shown_section().title == "قطار پر کام کریں"
    assert made.view.document().defaultTextOption().textDirection() == Qt.LayoutDirection.RightToLeft
    made.close()
