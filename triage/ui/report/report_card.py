"""Defines the frame of every card of a report: it lays its parts out itself, and shows report after report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from triage.model.report_page import ReportPageView
from triage.ui.kit.text_view import TextView, TextWriter
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import is_rtl, shown

SIDE, TOP, BOTTOM, GAP = 16, 12, 14, 8
HEAD = 20
"""Pixels of a card's title line."""
LINE = 30
"""About so many pixels a folded line takes; a guess before it is laid out."""


class ReportCard(QFrame):
    """A card with a title. `least_width` is the narrowest column it may stand in.

    `pinned` is "main" or "aside" for cards with a place of their own. A card without content is left out.
    """

    least_width = 0
    pinned = ""
    free_of_three = False
    """Where there are three columns, the card is not pinned."""
    grows = 0
    """Which cards take up free space first, the lowest number first; 0: it does not grow."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.title = label(title, "heading")
        self.title.setParent(self)
        self.beside = label("", "small")
        self.beside.setParent(self)
        self.parts: list[QWidget] = []
        self.buttons: list[QWidget] = []
        self.has_content = True
        self.unused = 0
        """Pixels below the last part that hold nothing."""
        self.setAccessibleName(title)

    def add_part(self, part: QWidget) -> None:
        """Adds a part below the others. It has `measure_height`, or a fixed height."""
        part.setParent(self)
        self.parts.append(part)

    def add_button(self, button: QWidget) -> None:
        """Adds a button to the title line."""
        button.setParent(self)
        self.buttons.append(button)

    def set_beside(self, text: str) -> None:
        """Sets the small text beside the title."""
        self.beside.setText(shown(text))
        self.place_head()

    def set_title(self, title: str) -> None:
        """Changes the title."""
        self.title.setText(title if is_rtl() else title.upper())
        self.setAccessibleName(title)

    def measure(self, width: int) -> int:
        """Returns the height of the card at a width."""
        inner = width - 2 * SIDE
        heights = [height for part in self.parts if (height := self.measure_part(part, inner))]
        return TOP + HEAD + sum(height + GAP for height in heights) + BOTTOM

    def grow(self, width: int, room: int) -> None:
        """Shows more within so many more pixels, if there is more."""

    def measure_part(self, part: QWidget, width: int) -> int:
        """Returns the height of a part at a width; 0 when it is hidden."""
        if part.isHidden():
            return 0
        measure = getattr(part, "measure_height", None)
        return part.height() if measure is None else int(measure(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the parts out."""
        super().resizeEvent(event)
        self.place_parts()

    def place_head(self) -> None:
        """Places the title, the text beside it and the buttons."""
        width, end = self.width(), self.width() - SIDE
        for button in reversed(self.buttons):
            if button.isHidden():
                continue
            size = button.sizeHint()
            end -= size.width()
            self._place(button, QRect(end, TOP - 5, size.width(), size.height()), width)
            end -= GAP
        title = min(self.title.sizeHint().width() + 2, max(0, end - SIDE))
        self._place(self.title, QRect(SIDE, TOP, title, HEAD), width)
        begin = SIDE + title + GAP
        self._place(self.beside, QRect(begin, TOP, max(0, end - begin), HEAD), width)

    def place_parts(self) -> None:
        """Places all parts below each other."""
        self.place_head()
        inner, at = self.width() - 2 * SIDE, TOP + HEAD + GAP
        for part in self.parts:
            height = self.measure_part(part, inner)
            if height:
                part.setGeometry(SIDE, at, inner, height)
                at += height + GAP
        self.unused = max(0, self.height() - (at - GAP + BOTTOM))

    def _place(self, part: QWidget, place: QRect, width: int) -> None:
        if is_rtl():
            place = QRect(width - place.right() - 1, place.top(), place.width(), place.height())
        part.setGeometry(place)


class TextCard(ReportCard):
    """A card of text lines about a report. Subclasses write them in `write`, and set `first` where lists are folded."""

    first = 0
    """So many lines of a folded list are shown."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.page: ReportPageView | None = None
        self.text = TextView(title)
        self.add_part(self.text)
        self._first = self.first
        self._folded = 0
        self._asked = False

    def show_page(self, page: ReportPageView) -> None:
        """Shows a report, with its lists folded."""
        self.page = page
        self._first, self._asked = self.first, False
        self.refill()

    def refill(self) -> None:
        """Writes the text again. Before the first report there is none."""
        page = self.page
        if page is not None:
            self._folded = 0
            self.text.fill(lambda writer: self.write(writer, page))

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the text of the card about a report."""
        raise NotImplementedError

    def fold(self, writer: TextWriter, lines: Sequence[Callable[[], object]], more: Callable[[int], str]) -> None:
        """Writes the first lines of a list, and a link that shows the rest."""
        for line in lines[: self._first]:
            line()
        rest = len(lines) - self._first
        if rest > 0:
            self._folded += rest
            writer.write_link(more(rest), self.unfold)

    def unfold(self) -> None:
        """Shows all lines, because a person asked for them."""
        self._asked = True
        self._first = 1_000_000
        self.refill()
        self.ask_layout()

    def ask_layout(self) -> None:
        """Asks the columns to measure the cards again."""
        holder = self.parentWidget()
        arrange = getattr(holder, "arrange", None)
        if arrange is not None:
            arrange()

    def grow(self, width: int, room: int) -> None:
        """Unfolds so many lines as find room."""
        before, first = self.measure(width), self._first
        while self._folded and room > LINE:
            added = min(self._folded, max(1, room // LINE - 1))
            self._first += added
            self.refill()
            if (now := self.measure(width)) - before > room:
                self._first = max(first, self._first - added)
                if added == 1:
                    self.refill()
                    return
                self._first = max(first, self._first + added // 2)
                self.refill()
                if self.measure(width) - before > room:
                    self._first = first
                    self.refill()
                return
            room -= now - before
            before, first = now, self._first


def set_visible(part: QWidget, visible: bool) -> None:
    """Shows or hides a part, if that changes something: each change is an event for all of its children."""
    if part.isHidden() == visible:
        part.setVisible(visible)
