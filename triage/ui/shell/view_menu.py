"""The menu View: one section for each preference of the desktop, and one's own passphrase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from triage.message import Message
from triage.model.settings import Setting
from triage.ui.core.api import Api
from triage.ui.core.preferences import SETTINGS, Preferences
from triage.ui.core.runner import Runner
from triage.ui.text.i18n import tr, tr_message
from triage.ui.unlock.passphrase_dialog import OwnPassphraseDialog


class ViewMenu:
    """Builds the menu View. A choice calls `chosen` with the new preferences."""

    def __init__(
        self,
        api: Api,
        runner: Runner,
        window: QWidget,
        now: Preferences | None,
        chosen: Callable[[Preferences], None],
        say: Callable[[str], None],
    ) -> None:
        self._api, self._runner, self._window, self._chosen, self._say = api, runner, window, chosen, say
        self._now = now or Preferences()

    def build_menu(self) -> QMenu:
        """Builds the menu. The choices in force are ticked."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for setting in SETTINGS:
            menu.addSeparator()
            menu.addAction(tr_message(setting.label)).setEnabled(False)
            for value, words in setting.choices.items():
                self._add(menu, setting, value, words)
        menu.addSeparator()
        menu.addAction(tr("Change my passphrase")).triggered.connect(self.change_passphrase)
        return menu

    def _add(self, menu: QMenu, setting: Setting, value: Any, words: Message | str) -> None:
        """Adds a choice."""
        wanted = replace(self._now, **{setting.field: value})
        action = menu.addAction(tr_message(words) if isinstance(words, Message) else words)
        action.setCheckable(True)
        action.setChecked(wanted == self._now)
        action.triggered.connect(lambda: self._chosen(wanted))

    def show_menu(self, under: QWidget) -> None:
        """Shows the menu beside a button."""
        self.build_menu().popup(under.mapToGlobal(QPoint(0, 0)))

    def change_passphrase(self) -> None:
        """Opens the dialog in which the user changes their own passphrase."""
        OwnPassphraseDialog(self._api, self._runner, parent=self._window, done=self._say).open()
