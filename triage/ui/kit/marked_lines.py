"""Provides lists of marked lines, link buttons and pills."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from triage.ui.kit.enter_button import EnterButton
from triage.ui.kit.widgets import LabelKind, label, set_tooltip
from triage.ui.text.i18n import shown, trn

MarkedLine = tuple[str, str, str, str]
"""Mark, sentence, muted remark, tooltip."""


class MarkedLines(QWidget):
    """Shows lines with a mark (points or days), a sentence and a muted remark."""

    MARK = 40

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, self.MARK)
        self._grid.setColumnStretch(1, 1)

    def add_folded(self, lines: Sequence[MarkedLine], first: int) -> None:
        """Adds the first `first` lines, and a link that adds the rest."""
        for line in lines[:first]:
            self.add_line(*line)
        rest = lines[first:]
        if rest:
            more = LinkButton(trn("Show {n} more", "Show {n} more", len(rest)), lambda: unfold())
            self._grid.addWidget(more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeading)

        def unfold() -> None:
            """Replaces the link by the remaining lines."""
            more.hide()
            for line in rest:
                self.add_line(*line)

    def add_line(self, said: str, sentence: str, beside: str = "", told: str = "", kind: LabelKind = "") -> None:
        """Adds a line.

        `kind` sets the look of the mark, `told` is the tooltip of the line.
        """
        at = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        marked = label(said, kind or "strong")
        self._grid.addWidget(marked, at, 0, top | Qt.AlignmentFlag.AlignTrailing)
        line = keep_whole(label(sentence, wrap=True, selectable=True))
        self._grid.addWidget(line, at, 1, top)
        if told:
            set_tooltip(line, told)
        if beside:
            self._grid.addWidget(keep_whole(label(beside, "small", wrap=True)), at + 1, 1, top)
        self._grid.setRowMinimumHeight(self._grid.rowCount(), 2)


class _WholeText(QObject):
    """Gives a wrapped label the height of its text whenever its width changes: layouts of layouts measure it by another width."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Raises the least height of the label after it was resized."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QLabel):
            needed = watched.heightForWidth(watched.width())
            if needed > 0 and needed != watched.minimumHeight():
                watched.setMinimumHeight(needed)
        return False


def keep_whole(wrapped: QLabel) -> QLabel:
    """Makes a wrapped label as high as its text at every width, and returns it."""
    wrapped.installEventFilter(_WholeText(wrapped))
    return wrapped


def make_pill(text: str) -> QLabel:
    """Builds a small rounded label."""
    made = label(text, "pill")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class LinkButton(EnterButton, QPushButton):
    """Looks like a link within a line of text."""

    def __init__(self, text: str, on: Callable[[], None]) -> None:
        super().__init__()
        self.set_words(text)
        self.setProperty("kind", "link")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: on())

    def set_words(self, text: str) -> None:
        """Sets the text of the link."""
        self.setText(shown(text).replace("&", "&&"))
        self.setAccessibleName(shown(text))
