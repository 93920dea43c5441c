"""Defines the button of saved views, and the dialogs that save one and choose columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from triage.model.queue_views import QueueView
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.state import OPEN_WORK, QueueState, usual_columns
from triage.ui.text.i18n import is_rtl, isolated, tr, word

MAX_NAME = 60  # characters of the name of a view


class ViewsButton(KeyButton):
    """Shows which view is chosen, and offers the saved ones. `said` carries a sentence."""

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, state: QueueState) -> None:
        super().__init__("", find_key("queue", "views").cap)
        self._api, self._runner, self._state = api, runner, state
        self.clicked.connect(self.show_menu)
        state.filtered.connect(self.show_name)
        self.show_name()

    def show_name(self) -> None:
        """Shows the name of the view, and whether its filter or order was changed since."""
        state = self._state
        if not state.view:
            self.set_words(tr("Views"))
        elif state.is_changed():
            self.set_words(tr("View: {name}, changed", name=_shorten(state.view)))
        else:
            self.set_words(tr("View: {name}", name=_shorten(state.view)))

    def show_menu(self) -> None:
        """Reads the saved views and offers them."""
        self._runner.ask(self._api.queue_views, self._offer, owner=self, failed=self.said.emit, about="views")

    def save(self) -> None:
        """Asks for the name under which the view is saved."""
        SaveViewDialog(self._api, self._runner, self._state, parent=self.window(), done=self._saved).open()

    def build_menu(self, views: dict[str, QueueView]) -> QMenu:
        """Builds the menu of views."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("All open reports"), self._show_all)
        for name, view in views.items():
            action = menu.addAction(isolated(name), lambda name=name, view=view: self._use(name, view))
            action.setCheckable(True)
            action.setChecked(name == self._state.view)
        menu.addSeparator()
        menu.addAction(tr("Save this view ({key})", key=find_key("queue", "save_view").cap), self.save)
        if views:
            deleting = menu.addMenu(tr("Delete a view"))
            for name in views:
                deleting.addAction(isolated(name), lambda name=name: self._delete(name))
        return menu

    def _offer(self, views: dict[str, QueueView]) -> None:
        menu = self.build_menu(views)
        menu.popup(self.mapToGlobal(QPoint(self.width() if is_rtl() else 0, self.height() + 2)))
        menu.setActiveAction(menu.actions()[0])

    def _show_all(self) -> None:
        self._state.name_view("")
        self._state.set_filter(OPEN_WORK)
        self.show_name()

    def _use(self, name: str, view: QueueView) -> None:
        self._state.use_view(name, view)
        self.show_name()

    def _saved(self, name: str) -> None:
        self._state.name_view(name)
        self.show_name()
        self.said.emit(tr("View {name} is saved, for you alone.", name=isolated(name)))

    def _delete(self, name: str) -> None:
        def deleted(_: object) -> None:
            if self._state.view == name:
                self._state.name_view("")
                self.show_name()
            self.said.emit(tr("View {name} is deleted.", name=isolated(name)))

        self._runner.do(
            lambda _progress, _cancel: self._api.delete_queue_view(name), deleted, changes=None, owner=self, failed=self.said.emit
        )


def build_sort_menu(state: QueueState, parent: QWidget) -> QMenu:
    """Builds the menu of columns to sort by."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for column in COLUMNS:
        if column.sort is not None:
            action = menu.addAction(word(column.sorted_by), partial(state.sort_by, column.sort))
            action.setCheckable(True)
            action.setChecked(column.sort == state.order.column)
    menu.addSeparator()
    turned = replace(state.order, descending=not state.order.descending)
    menu.addAction(tr("The other way round"), partial(state.set_filter, state.filter, turned))
    return menu


def _shorten(name: str) -> str:
    return name if len(name) <= 24 else name[:23] + "…"


class SaveViewDialog(FormDialog):
    """Asks for the name of a view and saves it."""

    def __init__(self, api: Api, runner: Runner, state: QueueState, *, parent: QWidget, done: Callable[[str], None]) -> None:
        title = tr("Save this view")
        super().__init__(runner, title, parent=parent, done=lambda _: done(self.name.text().strip()), record=tr("Save"))
        self._api, self._view = api, state.to_view()
        says = tr("A view keeps filter, order and columns. It lies in the store, encrypted, and only you see it.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.name = QLineEdit(state.view)
        self.name.setMaxLength(MAX_NAME)
        self.name.setPlaceholderText(tr("Name of the view"))
        self.name.setAccessibleName(tr("Name of the view"))
        self.name.selectAll()
        self.form.addWidget(self.name)
        self.name.setFocus()

    def work(self) -> Callable[[], None] | None:
        """Returns the call that saves the view, or None and says that the name is missing."""
        name = self.name.text().strip()
        if not name:
            self.problem.setText(tr("Give the view a name."))
            return None
        return lambda: self._api.save_queue_view(name, self._view)


class ColumnsDialog(QDialog):
    """Lets a person choose the columns; a tick takes effect at once."""

    def __init__(self, state: QueueState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Columns"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(tr("Columns"), "title"))
        says = tr("Drag the border of a heading for its width. A table that is too wide scrolls to the side.")
        whole.addWidget(label(says, "muted", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        self.boxes: dict[str, QCheckBox] = {}
        for n, column in enumerate(each for each in COLUMNS if not each.fixed):
            box = QCheckBox(word(column.header))
            box.setChecked(column.key in state.columns)
            box.toggled.connect(self._changed)
            self.boxes[column.key] = box
            grid.addWidget(box, n // 2, n % 2)
        whole.addLayout(grid)
        self.usual = KeyButton(tr("Usual columns"), kind="quiet", on=self._reset)
        whole.addLayout(row(self.usual, None, KeyButton(tr("Done"), tr("Esc"), kind="primary", on=self.accept)))
        self.resize(420, 0)

    def _changed(self) -> None:
        chosen = tuple(key for key, box in self.boxes.items() if box.isChecked())
        if chosen:
            self._state.set_columns(chosen)

    def _reset(self) -> None:
        self._state.widths = {}
        for key, box in self.boxes.items():
            box.setChecked(key in usual_columns())
        self._state.set_columns(usual_columns())
        self._state.arranged.emit()
