"""What the pages of the desk share: a bar with a title and buttons, and under it content, or what there is instead of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.keys import Screen
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import Safe, is_rtl, tr

MESSAGE_WIDTH = 560


class DeskPage(QWidget):
    """`closed` goes back where one came from, `open_asked(report, sha256)` opens a report, with a SHA-256 at this file of it;
    `case_asked(number)` opens a case. Content goes into `body`; `reload` is called whenever the page is shown."""

    closed = Signal()
    said = Signal(str)
    open_asked = Signal(str, str)
    case_asked = Signal(str)
    keys_of: Screen

    def __init__(self, api: Api, runner: Runner, title: str) -> None:
        super().__init__()
        self.api, self.runner = api, runner
        self.bar = QHBoxLayout()
        self.bar.setContentsMargins(16, 0, 16, 0)
        self.bar.setSpacing(8)
        self.name = label(title, "title")
        self.beside = label("", "small")
        self.bar.addWidget(self.name)
        self.bar.addWidget(self.beside)
        self.bar.addStretch(1)
        holder = QWidget()
        holder.setProperty("kind", "bar")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        holder.setFixedHeight(52)
        holder.setLayout(self.bar)
        self.body = QWidget()
        self.message = EmptyState(self.reload)
        self.states = QStackedWidget()
        self.states.addWidget(self.message)
        self.states.addWidget(self.body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(holder)
        whole.addWidget(self.states, 1)
        self.message.say(tr("Reading …"))

    def bind(self, calls: dict[str, Callable[[], object]]) -> None:
        for action, call in calls.items():
            keys.bind(self, self.keys_of, action, call)

    def add_button(self, action: str, text: str, on: Callable[[], None], *, kind: str = "") -> KeyButton:
        """Into the bar, with its key printed on it."""
        made = KeyButton.for_action(self.keys_of, action, text, kind=kind, on=on)
        self.bar.addWidget(made)
        return made

    def reload(self) -> None:
        raise NotImplementedError

    def step(self, step: int) -> str | None:
        """The report after or before the current one, for J and K on its page; None when the page holds no reports."""
        return None

    def on_changed(self, changed: Changed) -> None:
        """Something in the store changed while this page is shown."""
        if changed.all_reports or changed.reports:
            self.reload()

    def conceal(self) -> None:
        """Of a page that opens media: blur them, and wait until the look is recorded."""

    def focus(self) -> None:
        """Where keys go when the page is shown."""
        self.setFocus()

    def show_body(self) -> None:
        self.states.setCurrentWidget(self.body)

    def failed(self, sentence: str) -> None:
        """What is shown stays; a page that shows nothing yet says it in its middle."""
        if self.states.currentWidget() is self.body:
            self.said.emit(sentence)
        else:
            self.message.say(sentence, failed=True)
            self.states.setCurrentWidget(self.message)


def aside(layout: QLayout, top: int) -> None:
    """Room around what stands beside the middle, at the outer edge: Qt does not mirror margins."""
    edge = (16, 0) if is_rtl() else (0, 16)
    layout.setContentsMargins(edge[0], top, edge[1], 16)


class EmptyState(QWidget):
    """While something is read, when it can't be, and when there is nothing: one sentence, and the next step."""

    def __init__(self, again: Callable[[], None]) -> None:
        super().__init__()
        self.title, self.next = _centred("title"), _centred("muted")
        self.again = KeyButton(tr("Try again"), on=again)
        words = QWidget()
        words.setFixedWidth(MESSAGE_WIDTH)
        inner = QVBoxLayout(words)
        inner.setSpacing(12)
        inner.addWidget(self.title)
        inner.addWidget(self.next)
        buttons = row(None, self.again, None)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addLayout(row(None, words, None))
        column.addLayout(buttons)
        column.addStretch(3)

    def say(self, title: Safe | str, next_step: Safe | str = "", *, failed: bool = False) -> None:
        self.title.setText(title)
        self.next.setText(next_step)
        self.again.setVisible(failed)


def _centred(kind: str) -> QLabel:
    made = label("", kind, wrap=True)  # type: ignore[arg-type]
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made
