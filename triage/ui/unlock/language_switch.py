"""Defines the two buttons that choose the language before anything is unlocked."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.ui.kit.widgets import KeyButton
from triage.ui.text.i18n import Language, language

NAMES: dict[Language, str] = {"en": "English", "ur": "اردو"}
"""Each in its own language, since nobody can be asked to read another one first."""


class LanguageSwitch(QWidget):
    """Offers the languages; `asked` carries the chosen one."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.buttons: dict[Language, KeyButton] = {}
        for code, name in NAMES.items():
            button = KeyButton(name, kind="quiet", on=partial(self.asked.emit, code))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setEnabled(code != language())
            self.buttons[code] = button
            line.addWidget(button)
