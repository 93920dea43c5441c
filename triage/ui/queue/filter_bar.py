"""Defines the line of chips above the table: each part of the filter in words, and how many reports it finds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import KeyButton, clear, label
from triage.ui.queue.facets import DEADLINE, FACETS, TITLES, Chip, list_chips
from triage.ui.queue.state import QueueState, names_order
from triage.ui.text.i18n import Safe, is_rtl, number, tr, trn, word

COUNT_WIDTH = 230
LINE_GAP = 12  # pixels between the chips and the count
CROSS_WIDTH = 26  # pixels at the end of a chip that take it away


class ChipButton(KeyButton):
    """Shows one part of the filter. A click changes it; a click on the cross, Delete or Backspace takes it away.

    Signals:
        change_asked: The chip, when its values are to be listed.
        removed: The chip, when it is taken away.
    """

    change_asked = Signal(object)
    removed = Signal(object)

    def __init__(self, chip: Chip) -> None:
        super().__init__(Safe(f"{chip.words}  ×"), kind="chip")
        self.chip = chip
        self.setAccessibleName(tr("Filter {what}; {key} takes it away", what=chip.words, key="Delete"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Takes the chip away when the cross was clicked, else asks for its values."""
        super().mouseReleaseEvent(event)
        x = event.position().x()
        from_end = x if is_rtl() else self.width() - x
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._act(remove=from_end <= CROSS_WIDTH)

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from opening the current report."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in enter:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Changes on Enter and Space, takes away on Delete and Backspace."""
        key = event.key()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._act(remove=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._act(remove=False)
        else:
            super().keyPressEvent(event)

    def _act(self, *, remove: bool) -> None:
        (self.removed if remove or not self.chip.facet else self.change_asked).emit(self.chip)


class FilterBar(QWidget):
    """Shows the chips of a state, the button that adds a filter, and the count.

    `facets_asked` carries the names of facets to list, and the point of the screen below the widget that asked.
    """

    facets_asked = Signal(tuple, QPoint)

    def __init__(self, state: QueueState) -> None:
        super().__init__()
        self._state = state
        self._of: int | None = None
        self._total: int | None = None
        self.chips: list[ChipButton] = []
        self._flow = FlowLayout()
        holder = QWidget()
        holder.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        self.add = KeyButton.for_action("queue", "filter", tr("Filter"), kind="pill")
        self.add.clicked.connect(self.show_menu)
        self.count = label("", "small", wrap=True)
        self._fit_count()
        self.count.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 7, 16, 7)
        line.setSpacing(LINE_GAP)
        line.addWidget(holder, 1)
        line.addWidget(self.count)
        state.filtered.connect(self.show_filter)
        self.show_filter()

    def show_filter(self) -> None:
        """Builds the chips of the filter."""
        focused = next((button.chip.facet for button in self.chips if button.hasFocus()), None)
        self._flow.removeWidget(self.add)
        clear(self._flow)
        self.chips = []
        for chip in list_chips(self._state.filter):
            button = ChipButton(chip)
            button.change_asked.connect(self._change)
            button.removed.connect(self._remove)
            self._flow.addWidget(button)
            self.chips.append(button)
        self._flow.addWidget(self.add)
        same = next((button for button in self.chips if button.chip.facet == focused), None)
        if focused is not None:
            (same or self.add).setFocus()
        self._say_count()
        self.updateGeometry()

    def show_count(self, total: int) -> None:
        """Shows how many reports the filter finds."""
        self._total = total
        self._say_count()

    def show_open(self, of: int) -> None:
        """Shows how many open reports there are."""
        self._of = of
        self._say_count()

    def show_menu(self) -> None:
        """Offers the facets in a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        below = self.add.mapToGlobal(QPoint(self.add.width() if is_rtl() else 0, self.add.height() + 2))
        for name in (*(facet.field for facet in FACETS), DEADLINE):
            menu.addAction(f"&{word(TITLES[name])}", lambda name=name: self.facets_asked.emit((name,), below))
        menu.addSeparator()
        folded = self._state.filter.fold_duplicates
        folding = menu.addAction(tr("Fold duplicates"), lambda: self._state.change(fold_duplicates=not folded))
        folding.setCheckable(True)
        folding.setChecked(folded)
        menu.popup(below)
        menu.setActiveAction(menu.actions()[0])

    def _change(self, chip: Chip) -> None:
        button = next(each for each in self.chips if each.chip is chip)
        below = button.mapToGlobal(QPoint(button.width() if is_rtl() else 0, button.height() + 2))
        self.facets_asked.emit((chip.facet,), below)

    def _remove(self, chip: Chip) -> None:
        self._state.change(**chip.without)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the count one line where there is room."""
        super().resizeEvent(event)
        self._fit_count()

    def _fit_count(self) -> None:
        """Sets the width of the count: that of its words where all chips stand beside it in one line, else a third of the bar.

        Words that are wider take two lines.
        """
        whole = self.count.fontMetrics().horizontalAdvance(self.count.text()) + 12
        margins = self.contentsMargins() if (line := self.layout()) is None else line.contentsMargins()
        beside = self.width() - margins.left() - margins.right() - LINE_GAP - self._flow.measure_one_line()
        self.count.setFixedWidth(max(COUNT_WIDTH, min(whole, max(beside, self.width() // 3))))

    def _say_count(self) -> None:
        """Says how many reports are shown, and in which order."""
        if self._total is None:
            return
        order = word(names_order(self._state.order))
        if self._of is not None and self._state.filter.open_only:
            found = tr("{n} of {all} open, sorted by {order}", n=number(self._total), all=number(self._of), order=order)
        else:
            found = trn("{n} report, sorted by {order}", "{n} reports, sorted by {order}", self._total, order=order)
        self.count.setText(found)
        self._fit_count()
        self.count.setToolTip(tr("Key {key}", key=find_key("queue", "sort").cap))
