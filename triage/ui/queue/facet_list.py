"""Defines the list of values below a heading or a chip: with counts under the other filters, a search line, and boxes to tick."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QCloseEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from triage.model.queue_order import FacetValue
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.widgets import KeyButton, give_focus_back, label, row
from triage.ui.queue.facets import DEADLINE, DEADLINE_DAYS, TITLES, Facet, describe_days, find_facet
from triage.ui.queue.painting import draw_text, draw_tick
from triage.ui.queue.state import QueueState
from triage.ui.text.i18n import Safe, is_rtl, number, tr, word

WIDTH = 260
MOST_HEIGHT = 420  # pixels
LEAST_HEIGHT = 240  # pixels
MOST_VALUES = 200  # values that are listed; others are found by typing
TYPING_MS = 150
_FACET, _VALUE, _COUNT = (Qt.ItemDataRole.UserRole + n for n in (1, 2, 3))
EXCLUDED = Qt.CheckState.PartiallyChecked
"""The mark of a value whose reports are left out."""
_LINE = 26  # pixels, more in Urdu
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _line_height() -> int:
    return _LINE * theme.current().text_px // theme.TEXT


class _ValueDelegate(QStyledItemDelegate):
    """Draws a box, the value and its count; a click anywhere on the line ticks it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Returns the height of a line."""
        return QSize(40, _line_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draws a line, or a heading between lines."""
        now, place = theme.current(), option.rect.adjusted(6, 0, -6, 0)
        usable = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        painter.save()
        painter.setLayoutDirection(option.direction)
        if usable and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, now.colour("selected"))
        if not usable:
            draw_text(painter, place, index.data(), now.colour("muted"), bold=index.data(_FACET) is None, small=True)
        else:
            count = index.data(_COUNT) or ""
            end = QFontMetrics(theme.small_font()).horizontalAdvance(count) + 8
            box = QRect(place.left(), place.top(), 22, place.height())
            words = place.adjusted(28, 0, -end, 0)
            at_end = QRect(place.right() - end + 8, place.top(), end, place.height())
            if is_rtl():
                box.moveLeft(place.right() - 21)
                words = place.adjusted(end, 0, -28, 0)
                at_end.moveLeft(place.left())
            mark = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
            draw_tick(painter, box, ticked=mark == Qt.CheckState.Checked, barred=mark == EXCLUDED)
            draw_text(painter, words, index.data(), now.colour("text"))
            draw_text(painter, at_end, count, now.colour("muted"), small=True)
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Ticks a value on a click or on Space, and excludes it with Shift."""
        clicked = event.type() == QEvent.Type.MouseButtonRelease
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if not (clicked or pressed) or not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        shift = isinstance(event, (QKeyEvent, QMouseEvent)) and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        mark = EXCLUDED if shift and index.data(_FACET) in TITLES and index.data(_FACET) != DEADLINE else Qt.CheckState.Checked
        before = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
        wanted = mark if before == Qt.CheckState.Unchecked or (shift and before != mark) else Qt.CheckState.Unchecked
        return model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)


class FacetList(QFrame):
    """Lists the values of some facets; a tick takes effect at once.

    It lies over the window and closes on Esc, on Enter, or when the focus goes elsewhere.
    """

    def __init__(self, api: Api, runner: Runner, state: QueueState, facets: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent.window())
        self._over = parent.window()
        self._api, self._runner, self._state, self._facets = api, runner, state, facets
        self._found: dict[str, tuple[FacetValue, ...]] = {}
        self._top = 0
        self._before = QApplication.focusWidget()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Filter"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a value"))
        self.search.setAccessibleName(tr("Find a value"))
        self.search.setMaxLength(80)
        self.search.setVisible(facets != (DEADLINE,) and facets != ("bands",))
        self.values = QListWidget()
        self.values.setAccessibleName(tr("Values"))
        self.values.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.values.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.values.setItemDelegate(_ValueDelegate(self.values))
        self.all = KeyButton(tr("No filter here"), kind="link", on=self.clear)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.setSpacing(6)
        whole.addWidget(self.search)
        whole.addWidget(self.values, 1)
        whole.addLayout(row(self.all, None))
        if facets != (DEADLINE,):
            whole.addWidget(label(tr("With Shift a click or Space excludes a value."), "small", wrap=True))
        self._over.installEventFilter(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.read)
        self.search.textEdited.connect(lambda _: self._typing.start())
        self.values.itemChanged.connect(self._ticked)
        self.values.itemActivated.connect(lambda _: self.close())
        self.setFixedWidth(WIDTH)

    def open_at(self, point: QPoint) -> None:
        """Opens the list below a point of the screen and reads the values."""
        self._fill()
        within = self._over
        at = within.mapFromGlobal(point) - QPoint(WIDTH if is_rtl() else 0, 0)
        self._top = max(0, min(at.y(), within.height() - LEAST_HEIGHT))
        self.move(max(0, min(at.x(), within.width() - WIDTH)), self._top)
        self.show()
        self.raise_()
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._focus_moved)
        (self.search if self.search.isVisible() else self.values).setFocus()
        self.read()

    def read(self) -> None:
        """Reads the values of the facets, with their counts under the other filters.

        A facet with more values than are listed is searched in the store; the others are searched here, as they read.
        """
        wanted, contains = self._state.filter, self._contains()
        facets = [find_facet(field) for field in self._facets if field != DEADLINE]
        whole = {field for field, values in self._found.items() if len(values) < MOST_VALUES}

        def find() -> dict[str, tuple[FacetValue, ...]]:
            return {
                each.field: self._api.facet_values(wanted, each.name, "" if each.field in whole else contains, MOST_VALUES)
                for each in facets
            }

        def arrived(found: dict[str, tuple[FacetValue, ...]]) -> None:
            if not self._found:
                self.values.setCurrentRow(-1)  # the first value becomes current
            self._found = found
            self._fill()

        self._runner.ask(find, arrived, owner=self, about="values")

    def _contains(self) -> str:
        """Returns what is typed into the search line."""
        return self.search.text().strip()

    def clear(self) -> None:
        """Takes away the filters of this list."""
        changes: dict[str, object] = {
            "expiring_within_days" if facet == DEADLINE else facet: None if facet == DEADLINE else () for facet in self._facets
        }
        if "statuses" in self._facets:
            changes["open_only"] = False
        names = {find_facet(field).name for field in self._facets if field != DEADLINE}
        changes["excluded"] = tuple(pair for pair in self._state.filter.excluded if pair[0] not in names)
        self._state.set_filter(replace(self._state.filter, **changes))  # type: ignore[arg-type]
        self.close()

    def _fill(self) -> None:
        """Shows the values, those that are chosen first."""
        current = self.values.currentItem()
        before = None if current is None else (current.data(_FACET), current.data(_VALUE))
        self.values.blockSignals(True)
        self.values.clear()
        for name in self._facets:
            if len(self._facets) > 1:
                self._add_heading(name)
            if name == DEADLINE:
                for days in DEADLINE_DAYS:
                    self._add(name, str(days), describe_days(days), self._state.filter.expiring_within_days == days)
            else:
                self._add_values(find_facet(name))
        items = [self.values.item(n) for n in range(self.values.count())]
        usable = [item for item in items if item.flags() & Qt.ItemFlag.ItemIsUserCheckable]
        same = next((item for item in usable if (item.data(_FACET), item.data(_VALUE)) == before), None)
        if usable:
            self.values.setCurrentItem(same or usable[0])
        self.values.blockSignals(False)
        self._fit()

    def _fit(self) -> None:
        """Makes the list as high as its values, within the window."""
        whole = max(3, self.values.count()) * _line_height() + 8
        around = self.sizeHint().height() - self.values.sizeHint().height()
        if self.values.minimumHeight() == self.values.maximumHeight():  # it was fitted before, so the hint holds that height
            around = self.sizeHint().height() - self.values.maximumHeight()
        room = self._over.height() - self._top - around - 8
        self.values.setFixedHeight(max(60, min(MOST_HEIGHT, whole, room)))
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays within the window when that is resized."""
        if event.type() == QEvent.Type.Resize:
            self.move(max(0, min(self.x(), self._over.width() - WIDTH)), self.y())
            self._fit()
        return False

    def _add_values(self, facet: Facet) -> None:
        """Adds the values of a facet. Chosen values that no report has under the other filters are listed too."""
        wanted = self._state.filter
        chosen, excluded = facet.values(wanted), facet.excluded(wanted)
        found = self._found.get(facet.field, ())
        typed = self._contains().casefold()
        if facet.field == "statuses" and not typed:
            self._add("open_only", "", tr("Open reports"), wanted.open_only)
        known = {each.value for each in found}
        missing = [FacetValue(value, 0) for value in (*chosen, *excluded) if value not in known]
        listed = [
            each
            for each in (*missing, *found)
            if typed in facet.describe(each.value).casefold() or typed in each.value.casefold()
        ]
        if not facet.ordered:
            listed.sort(key=lambda each: each.value not in chosen and each.value not in excluded)
        for each in listed:
            ticked = each.value in chosen
            self._add(facet.field, each.value, facet.describe(each.value), ticked, number(each.count), each.value in excluded)
        if len(found) >= MOST_VALUES:
            self._add_note(tr("The first {n} values; type to find others.", n=MOST_VALUES))

    def _add(self, facet: str, value: str, text: str, ticked: bool, count: str = "", excluded: bool = False) -> None:
        item = QListWidgetItem(text)
        said = tr("not {value}", value=Safe(text)) if excluded else text
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{said} {count}".strip())
        item.setData(_COUNT, count)
        item.setToolTip(text)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(EXCLUDED if excluded else Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(_FACET, facet)
        item.setData(_VALUE, value)
        self.values.addItem(item)

    def _add_heading(self, facet: str) -> None:
        item = QListWidgetItem(word(TITLES[facet]) if is_rtl() else word(TITLES[facet]).upper())
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setFont(theme.small_font(bold=True))
        item.setForeground(theme.current().colour("muted"))
        self.values.addItem(item)

    def _add_note(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.values.addItem(item)

    def _ticked(self, item: QListWidgetItem) -> None:
        """Takes a tick into the filter."""
        facet, value, ticked = item.data(_FACET), item.data(_VALUE), item.checkState() == Qt.CheckState.Checked
        was_excluded = facet in TITLES and facet != DEADLINE and value in find_facet(facet).excluded(self._state.filter)
        if was_excluded != (item.checkState() == EXCLUDED):
            self._state.toggle_excluded(facet, value)
            if ticked:
                self._state.toggle_value(facet, value)
        elif facet == DEADLINE:
            self._state.change(expiring_within_days=int(value) if ticked else None)
        elif facet == "open_only":
            self._state.change(open_only=ticked)
        elif facet == "statuses" and ticked and value == "closed" and self._state.filter.open_only:
            self._state.set_filter(replace(self._state.filter, open_only=False, statuses=(*self._state.filter.statuses, value)))
        elif facet:
            self._state.toggle_value(facet, value)
        self._fill()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Gives the focus back when it still lies in the list."""
        inside = QApplication.focusWidget()
        if inside is not None and self.isAncestorOf(inside):
            give_focus_back(self._before)
        super().closeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keeps keys pressed in the list from being taken for those of the page below."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self and not self.isAncestorOf(now):
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Closes on Enter and Esc, and moves from the search line into the list with the down arrow."""
        key = event.key()
        if key in _ENTER or key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_Down and self.search.hasFocus():
            self.values.setFocus()
        else:
            super().keyPressEvent(event)
