"""Shows one page of the guide. It loads nothing: no file, no image, no address."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QShowEvent, QTextBlock, QTextBlockFormat, QTextCursor, QTextDocument, QTextOption, QTextTable
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from triage.ui.help.guide_pages import GuidePage, GuideSection, load_page
from triage.ui.kit import theme

MARGIN, HEADING_GAP = 20, 14  # pixels


class HelpView(QTextBrowser):
    """Shows a page at one of its sections, and says which link was chosen."""

    link_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(lambda url: self.link_chosen.emit(url.toString()))
        self.document().setDocumentMargin(MARGIN)
        self.page: GuidePage | None = None

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Returns nothing: the guide is text only."""
        return None

    def show_section(self, section: GuideSection, words: str = "") -> None:
        """Shows a section at the top of the view, with the words of a search marked."""
        if self.page is None or self.page.path != section.path:
            self._show_page(load_page(section.path))
        self.setTextCursor(QTextCursor(self._heading_block(section.at)))
        self._scroll()
        self._mark(words)

    def _scroll(self) -> None:
        """Puts the heading at which the cursor stands at the top."""
        top = self.document().documentLayout().blockBoundingRect(self.textCursor().block()).top()
        self.verticalScrollBar().setValue(round(top))

    def showEvent(self, event: QShowEvent) -> None:
        """Scrolls again, since lines break anew at the width of the window."""
        super().showEvent(event)
        self._scroll()

    def _show_page(self, page: GuidePage) -> None:
        """Fills the document, in the direction of the page's own language."""
        self.page = page
        direction = Qt.LayoutDirection.RightToLeft if page.is_urdu else Qt.LayoutDirection.LeftToRight
        option = QTextOption()
        option.setTextDirection(direction)
        document = self.document()
        document.setDefaultTextOption(option)
        document.setDefaultFont(theme.font())
        features = QTextDocument.MarkdownFeature
        document.setMarkdown(page.markdown, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
        self._set_gaps()
        if direction == Qt.LayoutDirection.RightToLeft:
            self._align_tables()
        self.setLayoutDirection(direction)

    def _align_tables(self) -> None:
        """Puts tables of an Urdu page on the right."""
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format()
                form.setAlignment(Qt.AlignmentFlag.AlignRight)
                frame.setFormat(form)

    def _set_gaps(self) -> None:
        """Puts room above headings."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() > 0:
                form = QTextBlockFormat()
                form.setTopMargin(HEADING_GAP)
                QTextCursor(block).mergeBlockFormat(form)
            block = block.next()

    def _heading_block(self, at: int) -> QTextBlock:
        """Returns the block of the heading with this number."""
        block = self.document().begin()
        seen = -1
        while block.isValid():
            seen += block.blockFormat().headingLevel() > 0
            if seen == at:
                return block
            block = block.next()
        return self.document().begin()

    def _mark(self, words: str) -> None:
        """Marks each word of a search wherever it stands on the page."""
        marks = []
        for word in words.split():
            cursor = self.document().find(word)
            while not cursor.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = cursor
                mark.format.setBackground(theme.current().colour("warn"))
                mark.format.setForeground(theme.current().colour("ground"))
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def marked(self) -> int:
        """Returns how many places are marked."""
        return len(self.extraSelections())
