"""Lines of a mark and a sentence, links that read as words, and pills."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from triage.ui.kit.widgets import LabelKind, label, tip
from triage.ui.text.i18n import shown, trn

Line = tuple[str, str, str, str]
"""Mark, sentence, muted remark, tooltip."""


class Lines(QWidget):
    """A narrow column of marks (points, days) and beside each a sentence with a muted remark under it."""

    MARK = 40

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, self.MARK)
        self._grid.setColumnStretch(1, 1)

    def add_folded(self, lines: Sequence[Line], first: int) -> None:
        """The first so many, and a press that shows the rest in their place."""
        for line in lines[:first]:
            self.add(*line)
        rest = lines[first:]
        if rest:
            more = LinkButton(trn("Show {n} more", "Show {n} more", len(rest)), lambda: unfold())
            self._grid.addWidget(more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeading)

        def unfold() -> None:
            more.hide()
            for line in rest:
                self.add(*line)

    def add(self, said: str, sentence: str, beside: str = "", told: str = "", kind: LabelKind = "") -> None:
        """`kind` dresses the mark; `told` is the tooltip of the line."""
        at = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        marked = label(said, kind or "strong")
        self._grid.addWidget(marked, at, 0, top | Qt.AlignmentFlag.AlignTrailing)
        line = label(sentence, wrap=True, selectable=True)
        self._grid.addWidget(line, at, 1, top)
        if told:
            tip(line, told)
        if beside:
            self._grid.addWidget(label(beside, "small", wrap=True), at + 1, 1, top)
        self._grid.setRowMinimumHeight(self._grid.rowCount(), 2)


def pill(text: str) -> QLabel:
    made = label(text, "pill")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class LinkButton(QPushButton):
    """A press that reads as a word in a line: low, without a frame, in the accent's colour."""

    def __init__(self, text: str, on: Callable[[], None]) -> None:
        super().__init__()
        self.say(text)
        self.setProperty("kind", "link")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: on())

    def say(self, text: str) -> None:
        self.setText(shown(text).replace("&", "&&"))
        self.setAccessibleName(shown(text))
