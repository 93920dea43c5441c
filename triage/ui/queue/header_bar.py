"""Defines the bar above the queue: search, views, what is new, columns and export."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys, theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import KeyButton, cap, set_tooltip
from triage.ui.queue.state import QueueState
from triage.ui.queue.views_menu import ViewsButton
from triage.ui.requests.making_dialogs import describe_no_right
from triage.ui.text import times
from triage.ui.text.i18n import is_rtl, number, tr

SEARCH_SETTLE_MS, SEARCH_WIDTH = 250, 250


class HeaderBar(QWidget):
    """Holds the search field and the buttons of the page; on a narrow window it takes a second line.

    Signals:
        searched: The words to search, after a pause in typing or on Enter.
        left: The person pressed Enter in the search field.
    """

    searched = Signal(str)
    left = Signal()

    def __init__(self, api: Api, runner: Runner, state: QueueState) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.search = SearchField()
        self.views = ViewsButton(api, runner, state)
        self.fresh = KeyButton("")
        self.new = KeyButton.for_action("queue", "new", "")
        self.columns = KeyButton.for_action("queue", "columns", tr("Columns"))
        self.export = KeyButton.for_action("queue", "export", tr("Export"))
        self.ask_preserve = KeyButton.for_action("queue", "ask_preserve", tr("Ask to keep"), kind="primary")
        self.export.setEnabled(api.may(Right.EXPORT_QUEUE))
        if not api.may(Right.EXPORT_QUEUE):
            set_tooltip(self.export, tr("Only a lead may export queues."))
        self.ask_preserve.setEnabled(api.may(Right.CASE_PAPERS))
        if not api.may(Right.CASE_PAPERS):
            set_tooltip(self.ask_preserve, describe_no_right())
        line = FlowLayout(8)
        for part in (self.search, self.views, self.fresh, self.new, self.columns, self.export, self.ask_preserve):
            line.addWidget(part)
        for part in (self.fresh, self.new, self.ask_preserve):
            part.hide()
        inner = QVBoxLayout(self)
        inner.setContentsMargins(16, 9, 16, 9)
        inner.addLayout(line)

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_SETTLE_MS)
        self._typing.timeout.connect(self._search)
        self.search.textEdited.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self.search_now)

    def search_now(self) -> None:
        """Searches at once, and leaves the field."""
        self._search()
        self.left.emit()

    def stop_typing(self) -> None:
        """Forgets what was typed but not searched yet."""
        self._typing.stop()

    def _search(self) -> None:
        self._typing.stop()
        self.searched.emit(self.search.text().strip())

    def offer_fresh(self, count: int) -> None:
        """Offers the reports that came since the queue was read."""
        self.fresh.set_words(tr("Show {n} new", n=count))
        self.fresh.setVisible(count > 0)

    def show_new(self, count: int, since: str) -> None:
        """Shows how many reports are new since the person was last here."""
        self.new.set_words(tr("{n} new since {time}", n=number(count), time=times.moment(since)))
        self.new.show()


class SearchField(QLineEdit):
    """Is the search field of the queue."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Search reports, identifiers, text"))
        self.setAccessibleName(tr("Search reports, identifiers, text"))
        self.setMaxLength(200)
        self._cap = cap(keys.find_key("queue", "search").cap)
        room = self._cap.sizeHint().width() + 4
        self.setTextMargins(*((room, 0, 0, 0) if is_rtl() else (0, 0, room, 0)))  # Qt does not mirror margins
        words = QFontMetrics(theme.font()).horizontalAdvance(self.placeholderText())
        self.setFixedWidth(max(SEARCH_WIDTH, words + room + 32))
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addStretch(1)
        line.addWidget(self._cap)

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from opening the current report."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in enter:
            event.accept()
            return True
        return super().event(event)

    def take_focus(self) -> None:
        """Takes the focus and selects the text."""
        self.setFocus()
        self.selectAll()
