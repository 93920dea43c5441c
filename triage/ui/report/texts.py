"""Builds the card of chats and free texts, complete and folded when long."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from triage.model.views import ShowReport, ShowText
from triage.ui.kit import theme
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import Card, KeyButton, cap, label, row, set_tooltip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, shown_block, tr, trn

FOLDED_LINES = 6
MOST_LINES = 40
"""Above so many lines a text scrolls within itself, so that the page stays a page."""


class TextsCard(Card):
    """Shows all texts of a report."""

    def __init__(self, report: ShowReport) -> None:
        lines = sum(_line_count(text.text) for text in report.free_text)
        super().__init__(tr("Chat and free text"), trn("{n} line", "{n} lines", lines) if lines else "")
        self.blocks = [TextBlock(text) for text in report.free_text]
        if any(block.is_long() for block in self.blocks):
            self.head.addWidget(cap(find_key("report", "text").cap))
            self.head.addWidget(label(tr("shows them in full"), "small"))
        for block in self.blocks:
            self.body.addWidget(block)
        if not self.blocks:
            self.body.addWidget(label(tr("The sources contain no chat and no free text."), "muted", wrap=True))

    def has_folded(self) -> bool:
        """Returns whether a text is folded."""
        return any(block.is_folded() for block in self.blocks)

    def fold(self, folded: bool) -> None:
        """Folds or unfolds all texts."""
        for block in self.blocks:
            block.fold(folded)


class TextBlock(QWidget):
    """Shows a text with its source; the text can be selected and copied."""

    def __init__(self, text: ShowText) -> None:
        super().__init__()
        self.text = text
        self.body = WholeText(text.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        lines = trn("{n} line", "{n} lines", _line_count(text.text))
        head = row(label(report_words.of(text.of), "strong"), label(isolated(text.label), "muted"), label(lines, "small"), None)
        where = label(report_words.short_sources(text.sources), "small")
        set_tooltip(where, report_words.full_sources(text.sources))
        head.addWidget(where)
        column.addLayout(head)
        column.addWidget(self.body)
        self._more = KeyButton(Safe(""), kind="quiet", on=lambda: self.fold(not self.is_folded()))
        column.addLayout(row(self._more, None))
        self._more.setVisible(self.is_long())
        self.fold(self.is_long())

    def is_long(self) -> bool:
        """Returns whether the text is folded at first."""
        return _line_count(self.text.text) > FOLDED_LINES or len(self.text.text) > FOLDED_LINES * 160

    def is_folded(self) -> bool:
        """Returns whether the text is folded now."""
        return self.body.folded

    def fold(self, folded: bool) -> None:
        """Folds or unfolds the text; a short text stays unfolded."""
        self.body.set_folded(folded and self.is_long())
        count = _line_count(self.text.text)
        self._more.set_words(trn("Show all ({n} line)", "Show all ({n} lines)", count) if folded else tr("Collapse"))


class WholeText(QPlainTextEdit):
    """Shows plain text as high as its lines, at most 40; each paragraph has its own direction."""

    PAD = 9

    def __init__(self, text: str) -> None:
        super().__init__(shown_block(text))
        self.folded = False
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "inset")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font())

    def set_folded(self, folded: bool) -> None:
        """Limits the height to six lines, or to 40 when unfolded."""
        self.folded = folded
        self._fit()

    def sizeHint(self) -> QSize:
        """Returns a width of 200 pixels and the current height."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adjusts the height to the wrapped lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Sets the height to the lines, with a scroll bar above the limit."""
        most = FOLDED_LINES if self.folded else MOST_LINES
        lines = self._line_heights(most + 1)
        inner = not self.folded and len(lines) > most
        always, never = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(always if inner else never)
        height = round(sum(lines[:most])) + 2 * self.PAD
        if height != self.height():
            self.setFixedHeight(height)

    def _line_heights(self, most: int) -> list[float]:
        """Returns the heights in pixels of the first lines as they are wrapped now."""
        heights: list[float] = []
        block = self.document().firstBlock()
        while block.isValid() and len(heights) < most:
            self.blockBoundingRect(block)  # lays it out
            layout = block.layout()
            heights += [layout.lineAt(i).height() for i in range(min(layout.lineCount(), most - len(heights)))]
            block = block.next()
        return heights


def _line_count(text: str) -> int:
    """Returns the number of lines."""
    return text.count("\n") + 1
