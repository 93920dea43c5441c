"""The frame of a page: a bar with a title and buttons, and below it the content, or one sentence when there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.widgets import ElidedLabel, KeyButton, label, row
from triage.ui.text.i18n import Safe, tr

MESSAGE_WIDTH = 560
WHOLE_TITLE = 1_000
"""More pixels than a title needs: what stands beside it gives way, never the title."""
REPORT = "report"
"""Stands for the report's own page in `page_asked`, which is no page of the desk."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """Describes a page of the desktop beside the queue.

    `words` stand in the rail and the palette, `title` in the window and above the keys. Without `right` every role may open the
    page. `shown_with` names the page of the rail that stays lit while this page is shown; such a page is only reached from there.
    `under` names that page for one which the palette offers too.
    A `training` page is shown in a store that was made for training, and in no other.
    """

    name: str
    words: str
    title: str
    make: Callable[[Api, Runner], DeskPage]
    right: Right | None = None
    shortcut: str = ""
    in_rail: bool = False
    shown_with: str = ""
    under: str = ""
    training: bool = False

    @property
    def lit(self) -> str:
        """Returns the name of the page of the rail that stays lit while this page is shown."""
        return self.shown_with or self.under or self.name

    @property
    def cap(self) -> str:
        """Returns the shortcut as it is printed on keys."""
        return self.shortcut.replace("+", " ")


class DeskPage(QWidget):
    """A page of the main window. Subclasses fill `body` and implement `reload`, which the window calls when it shows the page.

    Signals:
        closed: The person goes back to the page before.
        said: A sentence for the notice line.
        open_asked: Report number and SHA-256 of a file, or "" for the report's first page.
        case_asked: Number of a case to open.
        decide_asked: Number of a report to decide on, and its present status.
        page_asked: Name of another page to show, and what to choose there, or "".
        import_asked: Path of a file to import, with its receipt.
    """

    closed = Signal()
    said = Signal(str)
    open_asked = Signal(str, str)
    case_asked = Signal(str)
    decide_asked = Signal(str, str)
    page_asked = Signal(str, str)
    import_asked = Signal(str)
    keys_of: Screen

    def __init__(self, api: Api, runner: Runner, title: str) -> None:
        super().__init__()
        self.api, self.runner = api, runner
        self.bar = QHBoxLayout()
        self.bar.setContentsMargins(16, 0, 16, 0)
        self.bar.setSpacing(8)
        self.name = ElidedLabel(title, "title", snug=True)
        self.name.least = WHOLE_TITLE
        self.beside = ElidedLabel("", "small", snug=True)
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
        self.states.currentChanged.connect(lambda _: self._hand_focus_on())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(holder)
        whole.addWidget(self.states, 1)
        self.message.say(tr("Reading …"))

    def bind(self, calls: dict[str, Callable[[], object]]) -> None:
        """Binds actions of this page's keys to calls."""
        for action, call in calls.items():
            keys.bind(self, self.keys_of, action, call)

    def add_button(self, action: str, text: str, on: Callable[[], None], *, kind: str = "") -> KeyButton:
        """Adds a button to the bar, with its key printed on it."""
        made = KeyButton.for_action(self.keys_of, action, text, kind=kind, on=on)
        self.bar.addWidget(made)
        return made

    def add_way_back(self) -> KeyButton:
        """Adds the button that closes the page: to the queue, or for who reads no reports to the page of administration."""
        words = tr("Go to the queue") if self.api.may(Right.READ_REPORT) else tr("Administration")
        return self.add_button("back", words, self.closed.emit)

    def reload(self) -> None:
        """Reads anew what the page shows."""
        raise NotImplementedError

    def read(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Reads what the page shows, for `reload`. What an earlier `read` of this page still brings is dropped."""
        self.runner.ask(work, then, owner=self, failed=self.failed, about="page")

    def choose(self, what: str) -> None:
        """Chooses what a page about one thing shows, such as the case of this number; the next `reload` reads it."""
        raise NotImplementedError

    def screen_now(self) -> Screen:
        """Returns the name of the screen whose keys apply now."""
        return self.keys_of

    def step(self, step: int) -> str | None:
        """Returns the number of the report after or before the current one, for J and K; None when the page lists none."""
        return None

    def on_changed(self, changed: Changed) -> None:
        """Reads anew when reports changed while the page is shown."""
        if changed.all_reports or changed.reports:
            self.reload()

    def conceal(self) -> None:
        """Blurs open media and waits until the view is recorded. Pages without media do nothing."""

    def focus(self) -> None:
        """Gives the keys to the part that takes them first."""
        self.setFocus()

    def take_focus(self) -> None:
        """Takes the keys when the page is shown. While the part that takes them first is hidden, the page itself has them."""
        self.focus()
        focused = self.window().focusWidget()
        if focused is None or not self.isAncestorOf(focused) or not focused.isVisible():
            self.setFocus()

    def _hand_focus_on(self) -> None:
        """Gives the keys to the part that takes them first, now that it may be shown, unless another part has them."""
        if self.isVisible() and self.window().focusWidget() is self:
            self.take_focus()

    def show_body(self) -> None:
        """Shows the content."""
        self.states.setCurrentWidget(self.body)

    def failed(self, sentence: str) -> None:
        """Shows an error: on the notice line over content, else in the middle of the page."""
        if self.states.currentWidget() is self.body:
            self.said.emit(sentence)
        else:
            self.message.say(sentence, failed=True)
            self.states.setCurrentWidget(self.message)


class PageStack(QStackedWidget):
    """Shows one of many pages and takes any size: a page in its wide arrangement, even a hidden one, must not hold it wide.

    Each page arranges itself anew when it becomes smaller, and scrolls what does not fit.
    """

    def minimumSizeHint(self) -> QSize:
        """Returns that no size is too small."""
        return QSize(0, 0)


class EmptyState(QWidget):
    """Says one sentence and the next step while the page reads, when it failed, and when there is nothing."""

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
        """Shows a sentence and the next step; after a failure also the button "Try again"."""
        self.title.setText(title)
        self.next.setText(next_step)
        self.again.setVisible(failed)


def _centred(kind: str) -> QLabel:
    made = label("", kind, wrap=True)  # type: ignore[arg-type]
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made
