"""The line above the grid: states with their counts, chosen values of other facets, grouping and cell size."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from triage.model.gallery import STATES, FileFacet, GalleryFilter, Grouping
from triage.ui.gallery import gallery_words
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import KeyButton, set_tooltip
from triage.ui.text.i18n import Safe, number, tr, word

MOST_VALUES = 40
"""Values of a facet in its menu; the ones with most files come first."""


class GalleryFilterBar(QWidget):
    """Shows the filter as chips. `filtered` carries a filter, `grouped` a grouping, `sized` -1 or 1."""

    filtered = Signal(object)
    grouped = Signal(object)
    sized = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._filter, self._grouping = GalleryFilter(), Grouping.REPORT
        self._counts: Mapping[FileFacet, Mapping[str, int]] = {}
        self.states = {name: self._make_pill(lambda name=name: self._toggle(FileFacet.STATE, name)) for name in STATES}
        self.chips: list[KeyButton] = []
        self.filter_button = KeyButton.for_action("gallery", "filter", tr("Filter"), kind="pill", on=self.show_filter_menu)
        self.done_button = KeyButton.for_action("gallery", "fold_done", tr("Fold done"), kind="pill", on=self.toggle_done)
        self.done_button.setCheckable(True)
        self.group_button = KeyButton.for_action("gallery", "group", "", kind="pill", on=self.show_group_menu)
        smaller, larger = KeyButton("−", kind="pill", on=lambda: self.sized.emit(-1)), KeyButton("+", kind="pill")
        larger.clicked.connect(lambda: self.sized.emit(1))
        for button, words in ((smaller, tr("Smaller thumbnails")), (larger, tr("Larger thumbnails"))):
            button.setAccessibleName(words)
            set_tooltip(button, words)
        self.flow = FlowLayout(spacing=6)
        self._left = QWidget()
        self._left.setLayout(self.flow)
        self._left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        for pill in self.states.values():
            self.flow.addWidget(pill)
        for button in (self.filter_button, self.done_button):
            self.flow.addWidget(button)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(6)
        line.addWidget(self._left, 1)
        for button in (self.group_button, smaller, larger):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.show_filter(self._filter, self._grouping, {})

    def _make_pill(self, on: object) -> KeyButton:
        made = KeyButton("", kind="pill", on=on)  # type: ignore[arg-type]
        made.setCheckable(True)
        return made

    def show_filter(self, wanted: GalleryFilter, grouping: Grouping, counts: Mapping[FileFacet, Mapping[str, int]]) -> None:
        """Shows a filter with the counts of its values."""
        self._filter, self._grouping, self._counts = wanted, grouping, counts
        chosen = wanted.values(FileFacet.STATE)
        of_state = counts.get(FileFacet.STATE, {})
        for name, pill in self.states.items():
            pill.set_words(Safe(f"{word(gallery_words.STATE_WORDS[name])} {number(of_state.get(name, 0))}"))
            pill.setChecked(name in chosen)
            pill.setVisible(name in chosen or of_state.get(name, 0) > 0)
        for chip in self.chips:
            self.flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for facet, values in wanted.chosen:
            if facet is not FileFacet.STATE:
                self.chips += [self._make_chip(facet, value) for value in sorted(values)]
        self.done_button.setChecked(wanted.fold_done)
        self.group_button.set_words(tr("Group: {by}", by=word(gallery_words.GROUPINGS[grouping])))
        self._left.updateGeometry()

    def _make_chip(self, facet: FileFacet, value: str) -> KeyButton:
        """Builds a chip that takes its value away when it is pressed."""
        name, of = word(gallery_words.FACETS[facet]), gallery_words.describe_value(facet, value)
        made = KeyButton(Safe(f"{name}: {of} ×"), kind="pill", on=lambda: self._toggle(facet, value))
        made.setCheckable(True)
        made.setChecked(True)
        made.setAccessibleName(tr("Take away: {what}", what=Safe(f"{name}: {of}")))
        self.flow.addWidget(made)
        made.show()
        return made

    def _toggle(self, facet: FileFacet, value: str) -> None:
        self.filtered.emit(self._filter.toggle(facet, value))

    def toggle_done(self) -> None:
        """Folds away what is known or graded, or shows it again."""
        self.filtered.emit(GalleryFilter(self._filter.chosen, not self._filter.fold_done))

    def clear(self) -> None:
        """Takes all filters away."""
        self.filtered.emit(GalleryFilter())

    def build_filter_menu(self) -> QMenu:
        """Builds the menu of all facets, each value with its count under the other facets."""
        menu = QMenu(self)
        for facet in FileFacet:
            counts = self._counts.get(facet, {})
            some = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES] if facet in _LONG else list(counts)
            inner = menu.addMenu(word(gallery_words.FACETS[facet]))
            for value in some:
                if counts[value] or value in self._filter.values(facet):
                    words = Safe(f"{gallery_words.describe_value(facet, value)}  {number(counts[value])}")
                    action = inner.addAction(words.replace("&", "&&"))
                    action.setCheckable(True)
                    action.setChecked(value in self._filter.values(facet))
                    action.triggered.connect(lambda _=False, facet=facet, value=value: self._toggle(facet, value))
            inner.setEnabled(bool(inner.actions()))
        menu.addSeparator()
        menu.addAction(tr("Take all filters away"), self.clear)
        return menu

    def show_filter_menu(self) -> None:
        """Shows the menu of facets."""
        self.build_filter_menu().popup(self.filter_button.mapToGlobal(QPoint(0, self.filter_button.height())))

    def build_group_menu(self) -> QMenu:
        """Builds the menu of groupings."""
        menu = QMenu(self)
        for grouping, words in gallery_words.GROUPINGS.items():
            action = QAction(word(words), menu)
            action.setCheckable(True)
            action.setChecked(grouping is self._grouping)
            action.triggered.connect(lambda _=False, grouping=grouping: self.grouped.emit(grouping))
            menu.addAction(action)
        return menu

    def show_group_menu(self) -> None:
        """Shows the menu of groupings."""
        self.build_group_menu().popup(self.group_button.mapToGlobal(QPoint(0, self.group_button.height())))


_LONG = (FileFacet.LIST, FileFacet.OFFICE)
