from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_active
from triage.ui.kit import theme
from triage.ui.shell.go_to_dialog import GoToDialog
from triage.ui.shell.page_list import PAGES


@pytest.fixture
def went() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def palette(app: QApplication, qtbot: QtBot, went: list[tuple[str, str]]) -> Iterator[GoToDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = GoToDialog(
        [page for page in PAGES if not page.shown_with],
        parent=parent,
        show_page=lambda name: went.append(("page", name)),
        show_queue=lambda: went.append(("queue", "")),
        show_lane=lambda name: went.append(("lane", name)),
        open_report=lambda name: went.append(("report", name)),
    )
    made.open()
    wait_active(made)
    yield made
    parent.close()


def lines(palette: GoToDialog) -> list[str]:
    return [palette.found.item(at).text() for at in range(palette.found.count())]


def test_everything_is_listed_before_a_letter_is_typed(palette: GoToDialog) -> None:
    assert len(lines(palette)) == len(set(lines(palette))) > len([page for page in PAGES if not page.shown_with])


def test_letters_and_enter_go_to_a_page(palette: GoToDialog, went: list[tuple[str, str]]) -> None:
    QTest.keyClicks(palette.typed, "became")
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert went == [("page", "funnel")]


def test_the_queue_is_a_page_too(palette: GoToDialog, went: list[tuple[str, str]]) -> None:
    QTest.keyClicks(palette.typed, "queue")
    assert "Ctrl 1" in lines(palette)[0]
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert went == [("queue", "")]


def test_arrows_choose_and_lanes_are_found(palette: GoToDialog, went: list[tuple[str, str]]) -> None:
    QTest.keyClicks(palette.typed, "lane")
    first = lines(palette)
    QTest.keyClick(palette.typed, Qt.Key.Key_Up)
    assert palette.found.currentRow() == len(first) - 1
    QTest.keyClick(palette.typed, Qt.Key.Key_Down)
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert went == [("lane", "all")]


def test_a_number_opens_its_report(palette: GoToDialog, went: list[tuple[str, str]]) -> None:
    QTest.keyClicks(palette.typed, " 900171239 ")
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert went == [("report", "900171239")]


def test_what_nothing_finds_goes_nowhere(palette: GoToDialog, went: list[tuple[str, str]]) -> None:
    QTest.keyClicks(palette.typed, "qqq")
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert went == [] and palette.isVisible()


def test_english_names_are_found_on_urdu_screens(app: QApplication, qtbot: QtBot, went: list[tuple[str, str]]) -> None:
    theme.apply(app, "dark", "ur")
    parent = QWidget()
    qtbot.addWidget(parent)
    made = GoToDialog(
        PAGES,
        parent=parent,
        show_page=lambda name: went.append(("page", name)),
        show_queue=print,
        show_lane=print,
        open_report=print,
    )
    made.typed.setText("requests")
    made.accept()
    assert went == [("page", "requests")]
