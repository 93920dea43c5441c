"""The gallery is reached from the rail, a report, a case and the grades page, each with its own files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle, wait_active
from triage.model.gallery import FileFacet, GalleryFilter, GalleryScope, Grouping
from triage.ui.core.runner import Runner
from triage.ui.gallery.page import GalleryPage
from triage.ui.shell.main_window import MainWindow


@pytest.fixture
def window(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(api, runner)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    wait_active(made)
    made.start()
    settle(runner)
    yield made
    made.drop_everything()


def gallery(window: MainWindow, runner: Runner) -> GalleryPage:
    settle(runner)
    page = window.pages.currentWidget()
    assert isinstance(page, GalleryPage)
    return page


def test_from_the_rail(window: MainWindow, runner: Runner) -> None:
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    page = gallery(window, runner)
    assert page.scope == GalleryScope() and page.grid.hasFocus() and page.grid.count()
    assert window.size().width() == 1366, "it fits"


def test_from_a_report_and_back_to_the_file(window: MainWindow, runner: Runner) -> None:
    window.open_report(MAIN)
    settle(runner)
    QTest.keyClick(window.report.view, Qt.Key.Key_G)  # type: ignore[union-attr]
    page = gallery(window, runner)
    assert page.scope == GalleryScope("report", MAIN) and page.grouping is Grouping.SERIES
    page.grid.go_to(page.grid.shown.order.find_cell(2))  # type: ignore[union-attr,arg-type]
    settle(runner)
    QTest.keyClick(page.grid, Qt.Key.Key_O)
    settle(runner)
    assert window.report is not None and window.report.media is not None, "the file is open in its report"


def test_from_a_case_and_back(window: MainWindow, runner: Runner) -> None:
    number = window.api.load_cases([3])[3].number
    window.show_desk("case", number)
    settle(runner)
    QTest.keyClick(window.pages.currentWidget(), Qt.Key.Key_G)
    page = gallery(window, runner)
    assert page.scope == GalleryScope("case", number) and page.grouping is Grouping.REPORT
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    settle(runner)
    assert window.pages.currentWidget() is window.desk.page("case")


def test_from_the_grades_that_wait(window: MainWindow, runner: Runner) -> None:
    window.show_desk("grades")
    settle(runner)
    QTest.keyClick(window.pages.currentWidget(), Qt.Key.Key_G)
    page = gallery(window, runner)
    assert page.scope == GalleryScope("waiting"), "a part of a large store would show those of its own reports only"
    assert page.wanted.values(FileFacet.STATE) == {"second grade"} and page.grid.count() == 0


def test_a_large_store_is_shown_in_parts(window: MainWindow, runner: Runner, api: FakeApi) -> None:
    """The filter goes with the person from part to part, and Esc from another scope returns to the part."""
    api.reports_at_once = 4
    window.show_desk("gallery")
    assert window.desk.page("gallery").parts.next.isHidden(), "nobody knows yet whether there is a next part"
    page = gallery(window, runner)

    def press(key: Qt.Key) -> None:
        QTest.keyClick(page.grid, key, Qt.KeyboardModifier.ShiftModifier)
        settle(runner)

    def state() -> tuple[int, bool, bool]:
        return page.scope.start, page.parts.earlier.isEnabled(), page.parts.next.isEnabled()

    assert "1 to 4 of 9" in page.counts.toolTip() and page.parts.next.isVisible()
    assert state() == (0, False, True)
    page.set_filter(GalleryFilter().toggle(FileFacet.STATE, "unseen"))
    settle(runner)
    wanted = page.wanted
    press(Qt.Key.Key_K)
    assert state() == (0, False, True), "there is none before the first"
    press(Qt.Key.Key_J)
    assert state() == (4, True, True) and page.wanted == wanted
    press(Qt.Key.Key_J)
    press(Qt.Key.Key_J)
    assert state() == (8, True, False) and "9 to 9 of 9" in page.counts.toolTip(), "there is none behind the last"
    page.show_scope(GalleryScope("report", MAIN))
    assert not page.parts.next.isVisible()
    settle(runner)
    assert not page.parts.next.isVisible(), "a report is shown whole"
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    settle(runner)
    assert state() == (8, True, False) and page.wanted == wanted
    press(Qt.Key.Key_K)
    assert state() == (4, True, True)


def test_two_presses_while_a_part_is_read_go_on_by_one(window: MainWindow, runner: Runner, api: FakeApi) -> None:
    api.reports_at_once = 2
    window.show_desk("gallery")
    page = gallery(window, runner)
    page.parts.go_on()
    assert page.parts.next.isVisible() and not page.parts.next.isEnabled(), "it stays in its place while the part is read"
    page.parts.go_on()
    settle(runner)
    assert page.scope.start == 2 and page.parts.next.isEnabled()


def test_nothing_is_open_when_the_window_locks(window: MainWindow, runner: Runner, qtbot: QtBot) -> None:
    window.show_desk("gallery")
    page = gallery(window, runner)
    QTest.keyPress(page.grid, Qt.Key.Key_2)
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    qtbot.waitUntil(page.viewer.stage.is_revealing)
    window.desk.conceal()
    assert not page.viewer.stage.is_revealing() and page.viewer.revealers[0].held_pixels() is None


@pytest.mark.parametrize("name", ["gallery", "possible"])
def test_a_hidden_page_opens_nothing(window: MainWindow, runner: Runner, api: FakeApi, name: str) -> None:
    """A page with media that was shown once still hears the window's keys; another page's keys must not reveal there."""
    window.show_desk(name)
    settle(runner)
    window.show_queue()
    settle(runner)
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_Space):
        QTest.keyPress(window, key)
        QTest.keyRelease(window, key)
    settle(runner)
    assert not [call for call in api.calls if call[0] == "reveal"]
