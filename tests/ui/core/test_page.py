"""A page of the desktop has the keys as long as it is shown, also while the part that takes them first is hidden."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner


class PageWithField(DeskPage):
    """Gives the keys to a field of its body, as pages give them to their table."""

    keys_of = "shift"

    def __init__(self, api: FakeApi, runner: Runner) -> None:
        super().__init__(api, runner, "Shift")  # type: ignore[arg-type]
        self.field = QLineEdit()
        QVBoxLayout(self.body).addWidget(self.field)

    def focus(self) -> None:
        self.field.setFocus()


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> PageWithField:
    """In a window, to the right of a field that stands for the rail, which has the keys."""
    window, beside, made = QWidget(), QLineEdit(), PageWithField(api, runner)
    qtbot.addWidget(window)
    line = QHBoxLayout(window)
    line.addWidget(beside)
    line.addWidget(made)
    window.show()
    beside.setFocus()
    made.host = window  # type: ignore[attr-defined]  # nothing else keeps the window alive
    return made


def test_an_empty_page_has_the_keys_and_hands_them_on_to_what_comes(page: PageWithField) -> None:
    """On a page without rows every key did nothing: the rail had them."""
    page.take_focus()
    assert page.window().focusWidget() is page
    page.show_body()
    assert page.window().focusWidget() is page.field
