"""Builds the menu of theme, language and idle time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from triage.ui.core.preferences import Preferences
from triage.ui.kit.theme import ThemeName
from triage.ui.text.i18n import mark, tr, word

THEMES: dict[ThemeName, str] = {"dark": mark("Dark"), "light": mark("Light"), "contrast": mark("High contrast")}
IDLE_CHOICES = (2, 5, 10, 20, 30)
Chosen = Callable[[ThemeName, str, int], None]


def build_view_menu(parent: QWidget, now: Preferences, chosen: Chosen) -> QMenu:
    """Builds the menu; an entry calls `chosen(theme, language, minutes)`, and current values are ticked."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(words: str, wanted: Preferences) -> None:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(wanted == now)
        action.triggered.connect(lambda: chosen(wanted.theme, wanted.language, wanted.idle_minutes))

    for name, said in THEMES.items():
        add(word(said), replace(now, theme=name))
    menu.addSeparator()
    add("English", replace(now, language="en"))
    add("اردو", replace(now, language="ur"))
    menu.addSeparator()
    for minutes in IDLE_CHOICES:
        add(tr("Lock after {n} minutes", n=minutes), replace(now, idle_minutes=minutes))
    return menu
