"""Every state of the queue fits every size of screen in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.layout_faults import find_faults
from tests.ui.screens import settle
from tests.ui.test_layout import SIZES
from triage.model.queue_views import QueuePlace
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.screenshots.queue_states import show_queue_states
from triage.ui.shell.main_window import MainWindow
from triage.ui.text.i18n import Language


@pytest.fixture(params=["en", "ur"])
def window(app: QApplication, runner: Runner, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    language: Language = request.param
    theme.apply(app, "dark", language)
    api = FakeApi()
    api.queue[4] = replace(api.queue[4], copies=114)
    api.copies = {1004: [replace(api.queue[100 + n], id=5000 + n) for n in range(114)]}
    api.kept_place, api.new_ones = QueuePlace(here="2026-11-23T12:40:00Z"), 31
    made = MainWindow(api, runner)
    qtbot.addWidget(made)
    made.show()
    made.start()
    settle(runner)
    yield made
    made.drop_everything()
    theme.apply(app, "dark", "en")


def look(window: MainWindow, runner: Runner, name: str) -> list[str]:
    found = []
    for size in SIZES:
        window.resize(QSize(*size))
        settle(runner)
        if (window.width(), window.height()) != size:
            found.append(f"{name}: the window does not become {size[0]} x {size[1]}")
        found += [f"{name} at {size[0]} x {size[1]}: {fault}" for fault in find_faults(window)]
    return found


def test_every_state_of_the_queue_fits(window: MainWindow, runner: Runner) -> None:
    """At 1366 x 768 buttons lay outside the screen, and at 1024 x 700 columns were lost without a scroll bar."""
    faults = look(window, runner, "queue")
    for name in show_queue_states(window, lambda: settle(runner)):
        faults += look(window, runner, name)
    queue = window.queue
    queue.state.change(offices=("KHI", "LHR"), flags=("viral", "live"), statuses=("new",), assignees=("",))
    queue.state.name_view("A view with a rather long name")
    queue.bar.views.show_name()
    faults += look(window, runner, "many chips")
    queue.state.change(search="nothing")
    faults += look(window, runner, "empty")
    assert faults == []
