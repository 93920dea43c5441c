"""Shows many lines of text in one widget: marked lines, links, headings. It is quick to fill, and a screen reader reads it.

The text is put in by a cursor, never as markup, so that nothing of a source is read as a tag.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QTextBrowser, QToolTip

from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.text.i18n import is_rtl, shown, shown_block, tr

Ink = Literal["", "strong", "muted", "small", "heading", "good", "warn", "bad", "link", "chip", "chip-grave", "chip-calm"]
Run = tuple[str, Ink]
"""A piece of a line, and how it looks."""
MARK = 48
"""Pixels that the marks of lines take: points, days."""
LINE_SEPARATOR = "\u2028"
NO_BREAK_SPACE = "\u00a0"
FRAME = 2
"""Pixels of the frame that shows the focus, left and right, and above and below."""
CHIP_LINE = 130
"""Per cent of the height of a line, so that chips do not touch those below them."""
_GROUNDS = {
    "chip": ("chip", "on_chip"),
    "chip-grave": ("chip_grave", "on_chip_grave"),
    "chip-calm": ("chip_calm", "on_chip_calm"),
}
_INKS = {"muted": "muted", "small": "muted", "heading": "muted", "link": "accent", "good": "good", "warn": "warn", "bad": "bad"}


class TextWriter:
    """Fills a document line by line. `links` keeps what each link does, and `tips` the tooltip of each block."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._cursor = QTextCursor(document)
        self._formats: dict[Ink, QTextCharFormat] = {}
        self._begun = False
        self.links: list[Callable[[], object]] = []
        self.tips: dict[int, str] = {}
        self._cursor.beginEditBlock()

    def finish(self) -> None:
        """Ends writing."""
        self._cursor.endEditBlock()

    def write_line(self, runs: Iterable[Run], *, tip: str = "", indent: int = 0, gap: int = 2) -> None:
        """Adds a line of runs. `indent` shifts it in pixels, and `gap` stands above it."""
        self._begin(self._block(indent, gap, 0), tip)
        self._write(runs)

    def write_chips(self, chips: Iterable[Run], *, gap: int = 2) -> None:
        """Adds a line of chips, which breaks between them."""
        block = QTextBlockFormat(self._block(0, gap, 0))
        block.setLineHeight(CHIP_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        self._begin(block, "")
        self._write(chips)

    def write_marked(
        self, mark: Run, runs: Iterable[Run], beside: Iterable[Run] = (), *, tip: str = "", width: int = MARK
    ) -> None:
        """Adds a line with a mark at its edge, and a remark below the sentence.

        In Urdu the mark begins the sentence: Qt has no hanging lines from right to left.
        """
        if is_rtl():
            self._begin(self._block(0, 5, 0), tip)
            self._write([mark, ("  ", "")])
        else:
            self._begin(self._block(width, 3, -width), tip)
            self._write([mark, ("\t", "")])
        self._write(runs)
        under = list(beside)
        if under:
            self._cursor.insertText(LINE_SEPARATOR)
            self._write(under)

    def write_heading(self, text: str) -> None:
        """Adds a heading within the text."""
        said = shown(text)
        self.write_line([(said if is_rtl() else said.upper(), "heading")], gap=8)

    def write_link(self, text: str, call: Callable[[], object], *, gap: int = 2) -> None:
        """Adds a line that is one link."""
        self._begin(self._block(0, gap, 0), "")
        self.add_link(text, call)

    def add_link(self, text: str, call: Callable[[], object], *, space: bool = False) -> None:
        """Adds a link to the line that was begun last."""
        if space:
            self._cursor.insertText("  ", self._format(""))
        made = QTextCharFormat(self._format("link"))
        made.setAnchor(True)
        made.setAnchorHref(f"#{len(self.links)}")
        self.links.append(call)
        self._cursor.insertText(shown(text), made)

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Adds runs to the line that was begun last."""
        self._write(runs)

    def _begin(self, block: QTextBlockFormat, tip: str) -> None:
        if self._begun:
            self._cursor.insertBlock(block)
        else:
            self._cursor.setBlockFormat(block)
            self._begun = True
        if tip:
            self.tips[self._cursor.block().blockNumber()] = tip

    def _write(self, runs: Iterable[Run]) -> None:
        for text, ink in runs:
            if text == "\t":
                self._cursor.insertText(text)
            elif ink.startswith("chip"):
                said = shown(text).replace(" ", NO_BREAK_SPACE)
                self._cursor.insertText(f"{NO_BREAK_SPACE}{said}{NO_BREAK_SPACE}", self._format(ink))
                self._cursor.insertText("  ", self._format(""))
            else:
                self._cursor.insertText(shown_block(text).replace("\n", LINE_SEPARATOR), self._format(ink))

    def _block(self, indent: int, gap: int, first: int) -> QTextBlockFormat:
        return make_block(indent, gap, first, rtl=is_rtl())

    def _format(self, ink: Ink) -> QTextCharFormat:
        made = self._formats.get(ink)
        if made is None:
            made = self._formats[ink] = find_format(ink)
        return made


@lru_cache(maxsize=256)
def make_block(indent: int, gap: int, first: int, *, rtl: bool) -> QTextBlockFormat:
    """Returns the form of a line, kept for the next text. Nobody may change it."""
    made = QTextBlockFormat()
    made.setTopMargin(gap)
    side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
    made.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    made.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
    (made.setRightMargin if rtl else made.setLeftMargin)(indent)
    if first:
        made.setTextIndent(first)
        made.setTabPositions([QTextOption.Tab(indent, QTextOption.TabType.LeftTab)])
    return made


def find_format(ink: Ink) -> QTextCharFormat:
    """Returns the look of a run; it is made once for each theme and language."""
    now = theme.current()
    key = (now.name, now.text_px, ink)
    if key not in _formats:
        _formats[key] = make_format(ink)
    return _formats[key]


_formats: dict[tuple[str, int, str], QTextCharFormat] = {}


def make_format(ink: Ink) -> QTextCharFormat:
    """Returns the look of a run in the theme in force."""
    now = theme.current()
    made = QTextCharFormat()
    small = ink in ("small", "heading") or ink.startswith("chip")
    bold = ink in ("strong", "heading", "good", "warn", "bad")
    made.setFont(theme.small_font(bold=bold) if small else theme.font(bold=bold))
    if ink in ("good", "warn", "bad"):
        made.setFontWeight(QFont.Weight.DemiBold)
    made.setForeground(now.colour(_INKS.get(ink, "text")))
    if ink in _GROUNDS:
        ground, on = _GROUNDS[ink]
        made.setBackground(now.colour(ground))
        made.setForeground(now.colour(on))
    return made


class TextView(QTextBrowser):
    """Shows a filled document as high as its text. Links are reached by Tab and pressed by Enter.

    `copied` carries what is to be copied: the page records it before it reaches the clipboard.
    """

    copied = Signal(str)

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._links: list[Callable[[], object]] = []
        self._tips: dict[int, str] = {}
        self._measured: dict[int, int] = {}
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "plain")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.document().setDocumentMargin(0)
        self.document().setUndoRedoEnabled(False)
        self.document().setDefaultFont(theme.font())
        self.anchorClicked.connect(self._press)
        if name:
            self.setAccessibleName(name)

    def fill(self, write: Callable[[TextWriter], object]) -> None:
        """Replaces the text by what `write` writes."""
        document = self.document()
        document.setLayoutEnabled(False)  # until it is measured: else it is laid out once more, for the width of the text before
        document.clear()
        writer = TextWriter(document)
        write(writer)
        writer.finish()
        self._links, self._tips = writer.links, writer.tips
        self._measured.clear()

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels of the text at a width."""
        found = self._measured.get(width)
        if found is None:
            document = self.document()
            document.setTextWidth(max(40, width - FRAME))
            document.setLayoutEnabled(True)
            found = self._measured[width] = 0 if document.isEmpty() else math.ceil(document.size().height()) + FRAME
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lays out a text that nobody measured, and paints it."""
        self.document().setLayoutEnabled(True)
        super().paintEvent(event)

    def list_lines(self) -> list[str]:
        """Returns the lines of the text."""
        found = self.toPlainText().replace(NO_BREAK_SPACE, " ").split("\n")
        return [line for line in found if line]

    def find_link(self, text: str) -> Callable[[], object] | None:
        """Returns what the first link with these words does, or None."""
        block = self.document().begin()
        while block.isValid():
            for part in block:  # type: ignore[attr-defined]
                fragment = part.fragment()
                if fragment.charFormat().isAnchor() and fragment.text() == text:
                    return self._links[int(fragment.charFormat().anchorHref()[1:])]
            block = block.next()
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hands a copy to the page. Other keys that do nothing here go to the page."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and not event.modifiers():
            event.ignore()
            return
        super().keyPressEvent(event)

    def copy_selection(self) -> None:
        """Announces the selected text, so that the page records and copies it."""
        said = self.textCursor().selectedText()
        if said:
            self.copied.emit(said.replace("\u2029", "\n").replace(LINE_SEPARATOR, "\n"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Shows a menu that copies the selection."""
        if self.textCursor().hasSelection():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Copy"), self.copy_selection)
            menu.popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves the wheel to the page."""
        event.ignore()

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of the line below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def list_tips(self) -> Sequence[str]:
        """Returns all tooltips."""
        return list(self._tips.values())

    def _show_tip(self, at: QPoint, where: QPoint) -> None:
        said = self._tips.get(self.cursorForPosition(at).blockNumber())
        if said:
            QToolTip.showText(where, escape_tooltip(said), self)
        else:
            QToolTip.hideText()

    def _press(self, link: QUrl) -> None:
        at = int(link.fragment() or -1)
        if 0 <= at < len(self._links):
            self._links[at]()
