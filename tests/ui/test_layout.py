"""Every page fits every size of screen in both languages: nothing is cut, sticks out, overlaps, or ends in empty space."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.layout_faults import find_faults
from tests.ui.screens import settle
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.widgets import label
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.page_list import PAGES
from triage.ui.text.i18n import Language

SIZES = ((1024, 700), (1366, 768), (1440, 900), (1920, 1080))
CASE = "C-2026-0001"


@pytest.fixture(params=["en", "ur"])
def window(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    language: Language = request.param
    theme.apply(app, "dark", language)
    made = MainWindow(api, runner)
    qtbot.addWidget(made)
    made.show()
    made.start()
    settle(runner)
    yield made
    theme.apply(app, "dark", "en")


def look(window: MainWindow, runner: Runner, name: str) -> list[str]:
    """Returns the faults of what is shown, at every size."""
    found = []
    for size in SIZES:
        window.resize(QSize(*size))
        settle(runner)
        found += [f"{name} at {size[0]} x {size[1]}: {fault}" for fault in find_faults(window)]
    return found


def test_the_queue_and_a_report_fit(window: MainWindow, runner: Runner) -> None:
    faults = look(window, runner, "queue")
    window.open_report(MAIN)
    settle(runner)
    faults += look(window, runner, "report")
    assert faults == []


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_a_page_fits(window: MainWindow, runner: Runner, name: str) -> None:
    window.show_desk(name, CASE if name == "case" else "")
    settle(runner)
    assert look(window, runner, name) == []


# The finder itself


def shown(qtbot: QtBot, part: QWidget, width: int, height: int) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    part.setParent(host)
    host.resize(width, height)
    host.show()
    return host


def test_cut_words_are_found(app: QApplication, qtbot: QtBot) -> None:
    for part in (label("Preserve what expires soon"), QPushButton("Preserve what expires soon")):
        host = shown(qtbot, part, 400, 100)
        part.resize(40, 30)
        assert any(fault.startswith("cut") for fault in find_faults(host))
        part.resize(300, 30)
        assert find_faults(host) == []


def test_wrapped_words_that_are_cut_below_are_found(app: QApplication, qtbot: QtBot) -> None:
    part = label("one two three four five six seven eight nine ten", wrap=True)
    host = shown(qtbot, part, 400, 100)
    part.resize(80, 20)
    assert any(fault.startswith("cut below") for fault in find_faults(host))


def test_what_sticks_out_is_found(app: QApplication, qtbot: QtBot) -> None:
    part = QLabel("here")
    host = shown(qtbot, part, 200, 100)
    part.setGeometry(180, 10, 60, 20)
    assert any(fault.startswith("sticks out") for fault in find_faults(host))


def test_overlaps_are_found(app: QApplication, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    line = QHBoxLayout(host)
    one, other = QLabel("one"), QLabel("other")
    line.addWidget(one)
    line.addWidget(other)
    host.resize(300, 60)
    host.show()
    assert find_faults(host) == []
    other.setGeometry(one.geometry())
    assert any(fault.startswith("overlap") for fault in find_faults(host))


def test_an_empty_end_is_found(app: QApplication, qtbot: QtBot) -> None:
    from triage.ui.kit.widgets import scrolled

    inner = QWidget()
    column = QVBoxLayout(inner)
    column.addWidget(QLabel("all there is"))
    column.addStretch(1)
    inner.setMinimumHeight(900)
    host = QWidget()
    qtbot.addWidget(host)
    QVBoxLayout(host).addWidget(scrolled(inner))
    host.resize(400, 300)
    host.show()
    assert any("empty pixels" in fault for fault in find_faults(host))
