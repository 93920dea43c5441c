"""Opens the dialogs for what leaves the store and for what papers say, from one menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from triage.model.users import Right
from triage.model.verification import Written
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.leaving.about_dialogs import AgencyDialog, ProfileDialog
from triage.ui.leaving.tool_export_dialog import ToolExportDialog
from triage.ui.leaving.viewing_log_dialog import ViewingLogDialog
from triage.ui.queue.export_dialog import ExportDialog
from triage.ui.queue.page import QueuePage
from triage.ui.text.i18n import Safe, ltr, tr


class Exporting:
    """Builds the menu Export and opens its dialogs over the window."""

    def __init__(self, api: Api, runner: Runner, window: QWidget, queue: QueuePage, say: Callable[[str], None]) -> None:
        self._api, self._runner, self._window, self._queue, self._say = api, runner, window, queue, say

    def build_menu(self) -> QMenu:
        """Builds the menu. What the roles do not allow is listed with that reason."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add(menu, tr("This queue"), self.export_queue, Right.EXPORT_QUEUE)
        self._add(menu, tr("For other tools"), self.export_for_tools, Right.EXPORT_TOOLS)
        self._add(menu, tr("Form for supervised viewings"), self.write_viewing_log, Right.PACKET)
        menu.addSeparator()
        self._add(menu, tr("About you, for papers"), self.show_profile)
        self._add(menu, tr("The agency and its policy"), self.show_agency)
        return menu

    def _add(self, menu: QMenu, words: Safe, on: Callable[[], None], right: Right | None = None) -> None:
        """Adds an entry, which is off when the roles do not allow it."""
        allowed = right is None or self._api.may(right)
        action = menu.addAction(words if allowed else tr("{what} (your roles do not allow it)", what=words))
        action.setEnabled(allowed)
        action.triggered.connect(on)

    def show_menu(self, under: QWidget) -> None:
        """Shows the menu beside a button."""
        menu = self.build_menu()
        menu.popup(under.mapToGlobal(QPoint(0, 0)))
        menu.setActiveAction(menu.actions()[0])

    def export_queue(self) -> None:
        """Opens the export dialog for the current queue."""
        dialog = ExportDialog(self._api, self._runner, self._queue.wanted(), self._queue.model.rowCount(), parent=self._window)
        dialog.said.connect(self._say)
        dialog.open()

    def export_for_tools(self) -> None:
        """Opens the dialog that exports for other tools."""
        dialog = ToolExportDialog(self._api, self._runner, parent=self._window)
        dialog.said.connect(self._say)
        dialog.open()

    def write_viewing_log(self) -> None:
        """Opens the dialog that writes the form for supervised viewings."""
        self._open(ViewingLogDialog(self._api, self._runner, parent=self._window, done=self._say_viewing_log))

    def _say_viewing_log(self, written: Written) -> None:
        """Says where the form was written."""
        self._say(tr("The form is signed: {path}", path=ltr(written.path)))

    def show_profile(self) -> None:
        """Opens the dialog for what papers say of the person."""
        self._open(ProfileDialog(self._api, self._runner, parent=self._window, done=lambda _: self._say(tr("Recorded."))))

    def show_agency(self) -> None:
        """Opens the dialog for what papers say of the agency."""
        self._open(AgencyDialog(self._api, self._runner, parent=self._window, done=lambda _: self._say(tr("Recorded."))))

    def _open(self, dialog: QDialog) -> None:
        """Opens a dialog over the window."""
        dialog.open()
