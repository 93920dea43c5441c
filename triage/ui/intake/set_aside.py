"""Defines the list of files that could not be read."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from triage.jobs.intake.remedies import Remedy, find_remedy
from triage.message import Message
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, clear, label, row, rule, scrolled
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, ltr, mark, tr, trn, word

SHOWN = 40
"""At once: more than a screen holds. Hundreds of rows take seconds to build."""
WHY_WIDTH = 480
"""Of the column of reasons, the same in every row."""


class SetAsidePage(QWidget):
    """Lists the files that were set aside, with the reason and what would help."""

    closed = Signal()
    import_asked = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._rest: list[tuple[str, Message, str | None]] = []
        self._lines = QVBoxLayout()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(24, 20, 24, 24)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(scrolled(content))
        keys.bind(self, "set_aside", "back", self.closed.emit)
        keys.bind(self, "set_aside", "import", self.import_asked.emit)

    def reload(self) -> None:
        """Reads the list again."""
        self._runner.ask(self._api.set_aside, self._show, owner=self, failed=self._failed)

    def on_changed(self, changed: Changed) -> None:
        """Reads the list again when a file was set aside."""
        if changed.set_aside:
            self.reload()

    def _failed(self, sentence: str) -> None:
        """Shows why the list could not be read."""
        clear(self._column)
        self._column.addWidget(label(sentence, "bad", wrap=True))
        self._column.addStretch(1)

    def _show(self, items: Iterable[object]) -> None:
        """Shows the files that were read."""
        clear(self._column)
        rows = [(item.path, item.reason, item.received) for item in items]  # type: ignore[attr-defined]
        self._column.addLayout(
            row(
                label(tr("Set aside"), "title"),
                label(trn("{n} file", "{n} files", len(rows)), "muted"),
                None,
                KeyButton.for_action("set_aside", "back", tr("Go to the queue"), on=self.closed.emit),
                KeyButton.for_action("set_aside", "import", tr("Import"), on=self.import_asked.emit),
            )
        )
        if not rows:
            self._column.addWidget(label(tr("All files could be read."), "muted"))
        else:
            hint = tr("These files could not be read; they are kept. Import them again with what is missing.")
            self._column.addWidget(label(hint, "muted", wrap=True))
            self._rest, self._lines = rows, QVBoxLayout()
            self._column.addLayout(self._lines)
            self._more()
        self._column.addStretch(1)

    def _more(self) -> None:
        """Shows the next 40 files, and a button for the rest."""
        now, self._rest = self._rest[:SHOWN], self._rest[SHOWN:]
        for widget in set_aside_rows(now):
            self._lines.addWidget(widget)
        if self._rest:
            button = KeyButton(trn("Show {n} more", "Show {n} more", len(self._rest)), kind="quiet")
            button.clicked.connect(button.hide)
            button.clicked.connect(self._more)
            self._lines.addLayout(row(button, None))


def set_aside_rows(items: Iterable[tuple[str, Message, str | None]]) -> Iterable[QWidget]:
    """Builds the widgets for files given as (path, reason, time received)."""
    for path, reason, received in items:
        line = QWidget()
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 6, 0, 6)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(label(ltr(path), wrap=True, selectable=True), 0, 0, top)
        why = label(report_words.reason(reason), "warn", wrap=True)
        why.setFixedWidth(WHY_WIDTH)
        grid.addWidget(why, 0, 1, top)
        beside = format_help(reason)
        grid.addWidget(label(beside, "small", wrap=True), 1, 0, top)
        if received is not None:
            grid.addWidget(label(times.pkt(received), "small"), 1, 1)
        yield line
        yield rule()


HELP: dict[Remedy, str] = {
    "password": mark("Ask the sender for the password and import it again with a password file."),
    "other form": mark("It holds images of pages without text. Ask the sender for the JSON or XML, or read it yourself."),
    "stored": mark("It is stored with its hashes and can be matched; ask the sender for another copy."),
    "other copy": mark("Ask the sender for another copy."),
}


def format_help(reason: Message) -> Safe:
    """Returns what a person can do about it."""
    return word(HELP[find_remedy(reason)])
