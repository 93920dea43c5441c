"""Defines the help window: contents and search on one side, the page of the guide on the other. The keyboard alone suffices."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from triage.ui.help.guide_pages import GuideSection, follow_link, load_page, load_pages, search_sections
from triage.ui.help.help_places import find_help
from triage.ui.help.help_view import HelpView
from triage.ui.kit import keys
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.text.i18n import Safe, language, ltr, tr

WIDTH, HEIGHT = 980, 660
LEAST = (640, 420)  # pixels, width and height
CONTENTS = 280
DEEPEST = 2
"""Headings of this level and above stand in the contents."""


class HelpWindow(QDialog):
    """Shows the guide beside the work. It does not hold up the window behind it."""

    def __init__(self, screen: Screen, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Help"))
        self.setModal(False)
        self._visited: list[GuideSection] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find in the guide"))
        self.search.setAccessibleName(tr("Find in the guide"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.contents = QListWidget()
        self.contents.setAccessibleName(tr("Sections of the guide"))
        self.contents.itemActivated.connect(lambda _: self._open_current())
        self.contents.itemClicked.connect(lambda _: self._open_current())
        self.view = HelpView()
        self.view.setAccessibleName(tr("Page of the guide"))
        self.view.link_chosen.connect(self._follow)
        self.said = label("", "small", wrap=True)
        self._build()
        self._narrow("")
        self.show_screen(screen)
        self.search.setFocus()

    def _build(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.contents, 1)
        parts = QSplitter()
        parts.addWidget(side)
        parts.addWidget(self.view)
        parts.setSizes([CONTENTS, WIDTH - CONTENTS])
        parts.setChildrenCollapsible(False)
        self.back = KeyButton.for_action("help", "back", tr("Back"), kind="quiet", on=self.go_back)
        close = KeyButton.for_action("help", "close", tr("Close"), kind="quiet", on=self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.said, 1)
        foot.addWidget(self.back)
        foot.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 8)
        whole.setSpacing(8)
        whole.addWidget(parts, 1)
        whole.addLayout(foot)
        self.setMinimumSize(*LEAST)
        self.resize(WIDTH, HEIGHT)
        keys.bind(self, "help", "search", self._start_search)
        keys.bind(self, "help", "back", self.go_back)

    def show_screen(self, screen: Screen) -> None:
        """Shows the section that speaks of a screen."""
        self.show_section(find_help(screen, language()))

    def show_section(self, section: GuideSection) -> None:
        """Shows a section, and remembers it for the way back."""
        if not self._visited or self._visited[-1] != section:
            self._visited.append(section)
        self._render(section)

    def _render(self, section: GuideSection) -> None:
        self.view.show_section(section, self.search.text())
        self.setWindowTitle(tr("Help: {page}", page=Safe(load_page(section.path).title)))
        self.back.setEnabled(len(self._visited) > 1)
        for at in range(self.contents.count()):
            if self._section_of(self.contents.item(at)) == section:
                self.contents.setCurrentRow(at)

    def shown_section(self) -> GuideSection:
        """Returns the section that was opened last."""
        return self._visited[-1]

    def go_back(self) -> None:
        """Shows the section that was shown before."""
        if len(self._visited) > 1:
            self._visited.pop()
            self._render(self._visited[-1])

    def _start_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _narrow(self, words: str) -> None:
        """Lists the sections with these words; without words the contents."""
        found = search_sections(words, language())
        searching = bool(words.strip())
        if not searching:
            found = [each for page in load_pages(language()) for each in page.sections if each.level <= DEEPEST]
        self.contents.clear()
        for section in found:
            title = load_page(section.path).title
            line = f"{title}: {section.title}" if searching and section.at else "    " * (section.at > 0) + section.title
            if language() == "ur" and not load_page(section.path).is_urdu:
                line = tr("{title} (in English)", title=ltr(line.strip()))
            item = QListWidgetItem(line)
            item.setData(Qt.ItemDataRole.UserRole, (section.path, section.at))
            item.setToolTip("")
            self.contents.addItem(item)
        if searching:
            self.contents.setCurrentRow(0 if found else -1)
        self.said.setText(self._describe(len(found), searching=searching))

    @staticmethod
    def _describe(found: int, *, searching: bool) -> Safe:
        if searching and not found:
            return tr("No section holds all these words. Try fewer words.")
        return tr("Up and Down choose a section, Enter opens it, Tab goes to the page.")

    @staticmethod
    def _section_of(item: QListWidgetItem) -> GuideSection:
        path, at = item.data(Qt.ItemDataRole.UserRole)
        return load_page(str(path)).sections[int(at)]

    def _open_current(self) -> None:
        item = self.contents.currentItem()
        if item is not None:
            self.show_section(self._section_of(item))

    def _follow(self, target: str) -> None:
        """Opens a link to a page of the guide; nothing else is ever opened."""
        section = follow_link(self.shown_section().path, target)
        if section is None:
            self.said.setText(tr("This link leads out of the guide. Nothing was opened."))
        else:
            self.show_section(section)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets Up and Down choose a section while the words keep the focus."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.contents.count():
                self.contents.setCurrentRow((self.contents.currentRow() + step) % self.contents.count())
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Opens the chosen section on Enter, and closes on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_current()
        else:
            super().keyPressEvent(event)
