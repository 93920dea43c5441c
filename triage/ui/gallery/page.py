"""Defines the gallery page: the files of a scope as a grid, filters above, the current file beside it, and grading below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout

from triage.model.gallery import DONE, STATES, FileFacet, FileState, GalleryCell, GalleryFilter, GalleryScope, Grouping
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.own_choices import own_choices
from triage.ui.core.page import REPORT, DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.gallery import gallery_words
from triage.ui.gallery.cell_loader import CellLoader
from triage.ui.gallery.gallery_filter_bar import GalleryFilterBar
from triage.ui.gallery.grading_bar import GradingBar
from triage.ui.gallery.grid import GalleryGrid
from triage.ui.gallery.part_buttons import PartButtons
from triage.ui.gallery.scope_menu import GROUPED, build_scope_menu
from triage.ui.gallery.selection_grading import Grading
from triage.ui.gallery.shown_cells import ShownCells
from triage.ui.gallery.viewer import GalleryViewer
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import ElidedLabel, KeyButton
from triage.ui.media.hidden_files import is_hidden_content
from triage.ui.text.i18n import tr
from triage.wellbeing import Rung

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder

SECOND_GRADE = STATES[3]
MOST_CHOSEN = 200
"""Chosen files whose warnings are listed."""
CHANGED_MS = 1_500
"""How long changes are collected before the files are read again."""


class GalleryPage(DeskPage):
    """Shows files as blurred thumbnails, for sorting and grading many together."""

    keys_of = "gallery"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Gallery"))
        self.scope = GalleryScope()
        self.wanted, self.grouping = GalleryFilter(), GROUPED[self.scope.kind]
        self.items: GalleryItems | None = None
        self._trail: list[tuple[GalleryScope, GalleryFilter, Grouping, int | None]] = []
        self._from_report = False
        """Whether a report's page asked for its files, so that Esc goes back there."""
        self._keep: int | None = None
        self.loader = CellLoader(api, runner, self)
        self.grid = GalleryGrid(self.loader, lambda cell: is_hidden_content(api, cell.sha256, cell.warnings))
        self.viewer = GalleryViewer(api, runner)
        self.filters = GalleryFilterBar()
        self.bar_below = GradingBar()
        self.grading = Grading(api, runner, self.grid, self.bar_below, self)
        self._stale = QTimer(self)
        self._stale.setSingleShot(True)
        self._stale.setInterval(CHANGED_MS)
        self._stale.timeout.connect(self.reload)
        self._build()
        self._connect()

    def _build(self) -> None:
        """Lays out the page."""
        self.beside.hide()
        self.counts = ElidedLabel("", "small")
        self.bar.insertWidget(1, self.counts, 100)
        self.parts = PartButtons(self)
        self.scope_button = self.add_button("scope", tr("Whose files"), self.show_scope_menu)
        self.report_button = self.add_button("report", tr("Open in report"), self.open_report)
        self.report_button.setEnabled(False)
        self.add_button("back", tr("Back"), self.go_back)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.viewer)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.filters)
        whole.addLayout(middle, 1)
        whole.addWidget(self.bar_below)
        self.bar_below.set_allowed(self.api.may(Right.DECIDE))

    def _connect(self) -> None:
        """Connects keys, grid, filters and viewer."""
        self.parts.chosen.connect(self._show_part)
        self.filters.filtered.connect(self.set_filter)
        self.filters.grouped.connect(self.set_grouping)
        self.filters.sized.connect(self.grid.step_side)
        self.grid.selected.connect(self._show_selection)
        self.grid.moved.connect(self._show_selection)
        self.grid.opened.connect(lambda _cell: self.open_current())
        self.grid.headings_wanted.connect(self._ask_headings)
        self.loader.loaded.connect(self._cells_came)
        self.viewer.said.connect(self.said)
        self.viewer.stepped.connect(self.grid.go)
        self.viewer.viewed.connect(lambda medium_id: self.grading.read_states([medium_id]))
        self.grading.said.connect(self.said)
        self.grading.states_changed.connect(self._states_changed)
        self.grading.hidden_changed.connect(self.viewer.refresh_preview)
        self.grading.hidden_changed.connect(self.grid.viewport().update)
        self.bar_below.ticked.connect(lambda: self.grid.toggle(self.grid.current))
        self.bar_below.cleared.connect(lambda: self.grid.select_all(False))
        self.bind(
            {
                "back": self.go_back,
                "all": self.grid.select_all,
                "tick": lambda: self.grid.toggle(self.grid.current),
                "clear": lambda: self.grid.select_all(False),
                "next": lambda: self.grid.go(1),
                "previous": lambda: self.grid.go(-1),
                "next_open": lambda: self.grading.go_on(self.grid.current),
                "open": self.open_current,
                "report": self.open_report,
                "facts": lambda: self.viewer.step_on(Rung.FACTS),
                "verdict": lambda: self.viewer.step_on(Rung.VERDICT),
                "latch": self.viewer.toggle_latch,
                "scope": self.show_scope_menu,
                "next_part": self.parts.go_on,
                "earlier_part": self.parts.go_back,
                "filter": self.filters.show_filter_menu,
                "fold_done": self.filters.toggle_done,
                "group": self.filters.show_group_menu,
                "fold": self.grid.fold_current,
                "unfold": self.grid.unfold_all,
                "larger": lambda: self.grid.step_side(1),
                "smaller": lambda: self.grid.step_side(-1),
                **self.grading.list_actions(self.viewer),
            }
        )
        for child in (self.grid, *self.findChildren(KeyButton)):
            child.installEventFilter(self.viewer)  # the holding keys work wherever the focus is

    # Whose files

    def choose(self, what: str) -> None:
        """Chooses whose files are shown: a kind of scope and a name, such as "report 900144218".

        "second grade" shows what waits for a second grader or for a lead.
        """
        if what == SECOND_GRADE:
            self.choose_scope(GalleryScope("waiting"))
            self.wanted = GalleryFilter().toggle(FileFacet.STATE, SECOND_GRADE)
        else:
            kind, _, name = what.partition(" ")
            self.choose_scope(GalleryScope(kind, name))  # type: ignore[arg-type]
            self._from_report = kind == "report"

    def choose_scope(self, scope: GalleryScope) -> None:
        """Chooses whose files the next `reload` reads, also those of a filtered queue."""
        self._trail.clear()
        self._from_report = False
        self._set_scope(scope)

    def show_scope(self, scope: GalleryScope) -> None:
        """Shows the files of a scope; Esc returns to what is shown now."""
        self._trail.append((self.scope, self.wanted, self.grouping, self._current_media()))
        self._set_scope(scope)
        self.reload()

    def _show_part(self, scope: GalleryScope) -> None:
        """Shows another part of the scope, filtered and grouped as before."""
        self._set_scope(scope, self.wanted, self.grouping)
        self.reload()

    def _set_scope(self, scope: GalleryScope, wanted: GalleryFilter | None = None, grouping: Grouping | None = None) -> None:
        self.scope, self.wanted = scope, wanted or GalleryFilter()
        self.grouping = grouping or GROUPED[scope.kind]
        self.parts.begin(scope)
        self.items, self._keep = None, None
        self.loader.forget_all()
        self.grid.clear()

    def show_scope_menu(self) -> None:
        """Shows the menu of scopes."""
        self.build_scope_menu().popup(self.scope_button.mapToGlobal(QPoint(0, self.scope_button.height())))

    def build_scope_menu(self) -> QMenu:
        """Builds the menu of scopes."""
        return build_scope_menu(self, self.current_cell(), {} if self.items is None else self.items.list_names, self.show_scope)

    def go_back(self) -> None:
        """Stops grading that is under way; else returns to the scope before, to the report or case, or to the queue."""
        if self.grading.stop():
            return
        self.viewer.let_go()
        if self._trail:
            scope, wanted, grouping, keep = self._trail.pop()
            self._set_scope(scope, wanted, grouping)
            self._keep = keep
            self.reload()
        elif self._from_report:
            self._from_report = False  # the report may have been opened from here, and its Esc comes back
            self.page_asked.emit(REPORT, self.scope.name)
        elif self.scope.kind == "case":
            self.case_asked.emit(self.scope.name)
        else:
            self.closed.emit()

    # Reading

    def reload(self) -> None:
        """Reads the files of the scope again; what is current stays so."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self._stale.stop()
        scope = self.scope
        keep = self._keep if self._keep is not None else self._current_media()
        if self.items is None:
            self.counts.setText(tr("Reading …"))
            if self.isVisible():  # at the first opening the files bring the content, so that it is laid out in a turn of its own
                self.show_body()
        self.runner.study(
            lambda _progress, _cancel: self.api.gallery(scope),
            lambda items: self._items_came(scope, items, keep),
            owner=self,
            failed=self.failed,
            about="files",
        )

    def _items_came(self, scope: GalleryScope, items: GalleryItems, keep: int | None) -> None:
        """Arranges the files that were read, or says that there are none."""
        if scope != self.scope:
            return
        self.items, self._keep = items, keep
        self.grading.show_items(items)
        self.parts.show_part(scope, items.part)
        self.counts.setText(gallery_words.describe_items(scope, items, own_choices(self.api).keeps_away))
        self.report_button.setEnabled(len(items.media) > 0)
        if not len(items.media):
            self.message.say(tr("No files here."), gallery_words.advise_without_files(items.part))
            self.states.setCurrentWidget(self.message)
            return
        self._arrange()

    def _arrange(self) -> None:
        """Filters and groups in the background."""
        items, wanted, grouping = self.items, self.wanted, self.grouping
        if items is None:
            return
        keep = self._keep if self._keep is not None else self._current_media()
        self._keep = None
        self.runner.ask(
            lambda: self.api.arrange_gallery(items, wanted, grouping),
            lambda order: self._order_came(items, wanted, grouping, order, keep),
            owner=self,
            failed=self.failed,
            about="order",
        )

    def _order_came(
        self, items: GalleryItems, wanted: GalleryFilter, grouping: Grouping, order: GalleryOrder, keep: int | None
    ) -> None:
        """Shows the arranged files."""
        if items is not self.items or (wanted, grouping) != (self.wanted, self.grouping):
            return
        self.filters.show_filter(wanted, grouping, order.counts)
        self.show_body()
        self.grid.show_order(items, order, grouping, keep=keep)
        self._show_progress()
        if not order.cells:
            self.said.emit(tr("No file passes all filters. Take some away: {key}", key=find_key("gallery", "filter").cap))

    def set_filter(self, wanted: GalleryFilter) -> None:
        """Filters the files."""
        self.wanted = wanted
        self._arrange()

    def set_grouping(self, grouping: Grouping) -> None:
        """Groups the files."""
        self.grouping = grouping
        self._arrange()

    def _ask_headings(self, keys: list[int]) -> None:
        """Reads the headings of groups that came into view."""
        shown, grouping = self.grid.shown, self.grouping
        if shown is None:
            return
        names = shown.order.accounts
        for key in keys:
            self.grid.headings.setdefault(key, gallery_words.UNREAD)
        self.runner.ask(
            lambda: self.api.gallery_headings(grouping, keys, names),
            lambda found: self._headings_came(shown, found),
            owner=self,
            failed=lambda _: None,
            about=None,
        )

    def _headings_came(self, shown: ShownCells, found: dict) -> None:
        if shown is self.grid.shown:  # else their numbers stand for other groups
            self.grid.headings |= found
            self.grid.viewport().update()

    # What changes

    def on_changed(self, changed: Changed) -> None:
        """Reads the files again some time after reports changed; one's own grades are shown at once."""
        if self.grading.take_own_change():
            self.viewer.forget_reports()
        elif changed.all_reports or changed.reports or changed.new_matches or changed.match_decisions:
            self.viewer.forget_reports()
            self._stale.start()

    def _states_changed(self) -> None:
        self.grid.show_states()
        self._show_progress()
        self._show_selection()

    def _show_progress(self) -> None:
        """Shows how many contents of the scope are graded."""
        if self.items is not None:
            done = int(((self.items.state & int(DONE)) != 0).sum())
            self.bar_below.show_progress(done, len(self.items.media))

    def _cells_came(self) -> None:
        """Shows the current file once its cell came."""
        if self.viewer.cell is None or self.current_cell() is not self.viewer.cell:
            self._show_selection()

    def _show_selection(self) -> None:
        """Shows what is selected in the panel and in the bar."""
        shown = self.grid.shown
        if shown is None:
            return
        chosen = self.grid.find_chosen()
        tops = [place[0] for place in shown.list_places(chosen[:MOST_CHOSEN].tolist())]
        cells = [cell for cell in map(self.loader.find, tops) if cell is not None]
        files = shown.count_files(chosen) if len(chosen) else 0
        unviewed = shown.count_state(chosen, FileState.SEEN_BY_ME, without=True) if len(chosen) else 0
        state = shown.find_state(self.grid.current) if len(chosen) else FileState(0)
        self.viewer.show_cell(self.current_cell(), state, cells, count=len(chosen), files=files, unviewed=unviewed)
        self.bar_below.show_selection(len(chosen), files, len(self.grading.list_open_in_view()))
        self.grid.setAccessibleDescription(self.grid.describe_current())

    # The current file

    def current_cell(self) -> GalleryCell | None:
        """Returns the current cell, or None while it is not there."""
        medium_id = self._current_media()
        return None if medium_id is None else self.loader.find(medium_id)

    def _current_media(self) -> int | None:
        """Returns the media item of the current cell."""
        shown = self.grid.shown
        return shown.find_media(self.grid.current)[0] if shown is not None and shown.count else None

    def open_current(self) -> None:
        """Opens the stack of near copies, or the file in its report when it has none."""
        cell, shown = self.current_cell(), self.grid.shown
        if cell is None or shown is None:
            return
        if shown.count_near(self.grid.current) > 1:
            self.show_scope(GalleryScope("like", cell.sha256))
        else:
            self.open_report()

    def open_report(self) -> None:
        """Opens the current file in its report."""
        if (cell := self.current_cell()) is not None:
            self.viewer.let_go()
            self.open_asked.emit(cell.report_id, cell.sha256)

    def step(self, step: int) -> str | None:
        """Moves to the next cell of another report, as far as cells are loaded, and returns that report's number."""
        before = self.current_cell()
        while before is not None and self.grid.go(step):
            cell = self.current_cell()
            if cell is None or cell.report_id != before.report_id:
                return None if cell is None else cell.report_id
        return None

    def conceal(self) -> None:
        """Blurs what is open, and waits until the view is recorded."""
        self.viewer.conceal()

    def focus(self) -> None:
        """Moves the focus to the grid."""
        self.grid.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Lets go when the page is left."""
        self.viewer.let_go()
        super().hideEvent(event)
