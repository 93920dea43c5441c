"""The menu View: one section for each preference of the desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from triage.message import Message
from triage.model.settings import Setting
from triage.ui.core.preferences import SETTINGS, Preferences
from triage.ui.text.i18n import tr_message


def build_view_menu(parent: QWidget, now: Preferences, chosen: Callable[[Preferences], None]) -> QMenu:
    """Builds the menu. The choices in force are ticked, and a choice calls `chosen` with the new preferences."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(setting: Setting, value: Any, words: Message | str) -> None:
        wanted = replace(now, **{setting.field: value})
        action = menu.addAction(tr_message(words) if isinstance(words, Message) else words)
        action.setCheckable(True)
        action.setChecked(wanted == now)
        action.triggered.connect(lambda: chosen(wanted))

    for setting in SETTINGS:
        menu.addSeparator()
        menu.addAction(tr_message(setting.label)).setEnabled(False)
        for value, words in setting.choices.items():
            add(setting, value, words)
    return menu
