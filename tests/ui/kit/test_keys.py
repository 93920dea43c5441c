from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.model.users import Right, Role
from triage.ui.kit import keys
from triage.ui.shell.keys_overlay import KeysOverlay
from triage.ui.shell.page_list import PAGES, SCREENS, list_pages


@pytest.mark.parametrize("screen", keys.KEYS)
def test_no_key_means_two_things(screen: keys.Screen) -> None:
    entries = list(keys.KEYS[screen]) + ([] if screen == "everywhere" else list(keys.KEYS["everywhere"]))
    sequences = [sequence for entry in entries for sequence in entry.keys] + [page.shortcut for page in PAGES if page.shortcut]
    used = [QKeySequence(sequence).toString() for sequence in sequences]
    assert all(used)
    assert len(used) == len(set(used))
    assert len({entry.action for entry in entries}) == len(entries)


def test_what_a_key_does_is_the_same_on_every_screen() -> None:
    """J is next and Esc is back wherever they are used."""
    for sequence, action in (("J", "next"), ("K", "previous"), ("A", "assign"), ("D", "decide"), ("Ctrl+Z", "undo")):
        for screen, entries in keys.KEYS.items():
            for entry in entries:
                assert entry.action == action or sequence not in entry.keys, screen


@pytest.mark.parametrize("screen", keys.KEYS)
def test_overlay_lists_every_key(app: QApplication, qtbot: QtBot, screen: keys.Screen) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)
    window.resize(900, 700)
    window.show()
    overlay = KeysOverlay(window, screen, PAGES)
    said = {label.text() for label in overlay.findChildren(keys_label())}
    assert {entry.describe_key for entry in keys.KEYS[screen]} <= said
    assert {entry.describe_key for entry in keys.KEYS["everywhere"]} <= said
    qtbot.keyClick(overlay, "x")
    assert overlay.isHidden()


def test_what_closes_gives_the_focus_to_no_widget_that_is_gone(app: QApplication, qtbot: QtBot) -> None:
    window, field = QWidget(), QLineEdit()
    qtbot.addWidget(window)
    field.setParent(window)
    window.show()
    field.setFocus()
    overlay = KeysOverlay(window, "everywhere", PAGES)
    shiboken6.delete(field)
    overlay.end()


@pytest.mark.parametrize("role", Role)
def test_the_overlay_lists_only_pages_that_the_roles_open(app: QApplication, qtbot: QtBot, role: Role) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    api = FakeApi(roles=frozenset({role}))
    overlay = KeysOverlay(window, "everywhere", list_pages(api))
    listed = [label.text() for label in overlay.findChildren(keys_label())]
    shortcuts = [text for text in listed if text in {page.cap for page in PAGES if page.shortcut}]
    assert shortcuts == sorted(shortcuts), "Ctrl 9 stood between Ctrl 4 and Ctrl 5"
    said = set(listed)
    refused = [page for page in PAGES if page.shortcut and page.right is not None and not api.may(page.right)]
    assert not said & {f"Go to: {page.words}" for page in refused}
    assert "Go to: Wellbeing" in said and ("Go to the queue" in said) == api.may(Right.READ_REPORT)


def test_every_screen_has_a_name() -> None:
    assert set(SCREENS) == set(keys.KEYS)


def keys_label() -> type:
    from PySide6.QtWidgets import QLabel

    return QLabel
