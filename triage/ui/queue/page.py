"""Defines the queue page: search, filters, saved views, alarm bar, table, acts on many reports and side panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.model.queue_order import EXPIRING_DAYS
from triage.model.queue_views import QueuePlace
from triage.model.users import Right
from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.run_start import keep_start
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.undo_stack import UndoStack
from triage.ui.kit import keys
from triage.ui.queue.alarm_reader import AlarmReader
from triage.ui.queue.bulk_work import BulkBar
from triage.ui.queue.columns import find_column
from triage.ui.queue.empty_queue import EmptyQueuePage, explain_empty_queue
from triage.ui.queue.facet_list import FacetList
from triage.ui.queue.filter_bar import FilterBar
from triage.ui.queue.header_bar import HeaderBar
from triage.ui.queue.lanes import ALL, LANES, PRESERVE, Lane, find_lane
from triage.ui.queue.model import QueueModel
from triage.ui.queue.open_marks import OpenMarks
from triage.ui.queue.order_dialog import open_order
from triage.ui.queue.place import PlaceKeeper, ProgramRun
from triage.ui.queue.side_panel import SidePanel
from triage.ui.queue.state import OPEN_WORK, QueueState
from triage.ui.queue.table import QueueTable
from triage.ui.queue.ticking import drop_ticking, tick_all, tick_range
from triage.ui.queue.ticks import Ticks
from triage.ui.queue.views_menu import ColumnsDialog, build_sort_menu
from triage.ui.requests.making_dialogs import PreserveDialog, describe_no_right
from triage.ui.text.i18n import tr


class QueuePage(QWidget):
    """Shows the queue, and emits a signal for what the main window should do."""

    open_asked = Signal(str)
    assign_asked = Signal(object)
    decide_asked = Signal(str, str)
    export_asked = Signal()
    import_asked = Signal()
    said = Signal(str)
    lane_changed = Signal(str)
    alarmed = Signal(int, object)

    def __init__(self, api: Api, runner: Runner, run: ProgramRun | None = None) -> None:
        """Builds the page. Undo reaches back to when the person began in this run of the program."""
        super().__init__()
        run = run or ProgramRun.begin()
        self._api, self._runner = api, runner
        self.state = QueueState(self)
        self.lane: Lane = ALL
        self.ticks = Ticks(self)
        self.marks = OpenMarks(api, runner, self)
        keep_start(api, run.began)
        self.undoing = UndoStack(api, runner, run.began, self)
        self.model = QueueModel(api, runner, self.state, self)
        self.table = QueueTable(self.model, self.ticks, self.marks)
        self.keeper = PlaceKeeper(api, runner, self.state, self.table, run.name)
        self.bar = HeaderBar(api, runner, self.state)
        self.search = self.bar.search
        self.filters = FilterBar(self.state)
        self.bulk = BulkBar(api, runner, self.ticks)
        self.side = SidePanel(api, runner)
        self.alarm = AlarmReader(api, runner)
        self.empty = EmptyQueuePage()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.table)
        self.middle.addWidget(self.empty)
        self._build()
        self._connect()
        self._bind()

    # Layout

    def _build(self) -> None:
        """Lays out the page."""
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for part in (self.bar, self.filters, self.alarm):
            left.addWidget(part)
        left.addWidget(self.middle, 1)
        left.addWidget(self.bulk)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)

    def _connect(self) -> None:
        """Connects buttons, the state, the model and the table."""
        self.bar.searched.connect(lambda words: self.state.change(search=words or None))
        self.bar.left.connect(self.table.setFocus)
        self.state.filtered.connect(self._filtered)
        self.state.arranged.connect(self._arranged)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self.said)
        self.table.row_changed.connect(self._row_changed)
        self.table.opened.connect(self.open_current)
        self.table.range_asked.connect(partial(tick_range, self._api, self._runner, self.model, self.ticks))
        self.table.across.sort_asked.connect(self._sort_by)
        self.table.across.facets_asked.connect(lambda key, at: self.list_values(find_column(key).facets, at))
        self.table.across.all_asked.connect(self.tick_all)
        self.ticks.changed.connect(self._ticked)
        self.ticks.cleared.connect(partial(drop_ticking, self._runner, self.ticks))
        self.bar.fresh.clicked.connect(self.reload)
        self.bar.new.clicked.connect(self.show_new)
        self.bar.columns.clicked.connect(self.choose_columns)
        self.bar.export.clicked.connect(self.export_asked)
        self.bar.ask_preserve.clicked.connect(self.write_preserve)
        self.filters.facets_asked.connect(self.list_values)
        for speaker in (self.bar.views, self.bulk, self.marks, self.undoing, self.alarm):
            speaker.said.connect(self.said)
        self.side.open_asked.connect(self.open_current)
        self.side.assign_asked.connect(self.assign_current)
        self.side.decide_asked.connect(self.decide_current)
        self.acknowledge = self.alarm.acknowledge
        self.alarm.looked.connect(self.alarmed)
        self.alarm.taken.connect(self.table.select_report)
        self.alarm.shown_asked.connect(lambda: self.set_lane("band A"))
        self.empty.import_asked.connect(self.import_asked)
        self.empty.clear_asked.connect(self.clear_filters)
        self.empty.everywhere_asked.connect(self.search_everywhere)
        self.keeper.taken_up.connect(self._taken_up)

    def _bind(self) -> None:
        """Binds the keys."""
        bound: dict[str, Callable[[], object]] = {
            "search": self.search.take_focus,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "open": self.open_current,
            "acknowledge": self.alarm.take_report,
            "assign": self.assign_current,
            "decide": self.decide_current,
            "tick": self.tick_current,
            "tick_all": self.tick_all,
            "untick": self.ticks.clear,
            "case": partial(self._with_ticks, self.bulk.ask_case),
            "unfold": lambda: self.model.toggle_fold(self.table.currentIndex().row()),
            "filter": self.filters.show_menu,
            "sort": self.show_sort_menu,
            "views": self.bar.views.show_menu,
            "save_view": self.bar.views.save,
            "columns": self.choose_columns,
            "new": self.show_new,
            "why": self.explain_order,
            "preserve": self.toggle_preserve,
            "ask_preserve": self.write_preserve,
            "mine": self.toggle_mine,
            "export": self.bar.export.click,
            "import": self.import_asked.emit,
            "undo": self.undoing.undo,
            "clear": self.clear_step,
        }
        for action, call in bound.items():
            keys.bind(self, "queue", action, call)

    def start(self, place: QueuePlace | None = None) -> None:
        """Takes up the place of this person, or the given one, and reads the queue."""
        self.marks.start()
        self.keeper.start(place)

    def _taken_up(self) -> None:
        """Shows the place that was taken up."""
        self.search.setText(self.state.filter.search or "")
        self.bar.views.show_name()
        self._arranged()
        self._filtered(keep=self.keeper.row_id)

    # Filters

    def wanted(self) -> QueueFilter:
        """Returns the filter in force."""
        return self.state.filter

    def reload(self) -> None:
        """Reads the queue again; the current report stays current."""
        self.bar.stop_typing()
        self.bar.fresh.hide()
        at = self.table.currentIndex().row()
        self.model.load(keep=self.table.current_id(), near=self.model.place_of(at) if at >= 0 else 0)
        self._count_new()

    def _filtered(self, keep: int | None = None) -> None:
        """Reads the queue under a changed filter or order."""
        self.bar.stop_typing()
        if self.state.filter != self.model.filter:  # what is out of sight is not acted on
            self.ticks.clear()
        self.lane = find_lane(self.state.filter, self._api.user.name)
        self.bar.ask_preserve.setVisible(self.lane is PRESERVE)
        self.lane_changed.emit(self.lane.name)
        self.filters.show_filter()
        self.table.across.viewport().update()
        self.bar.fresh.hide()
        self.model.load(keep=keep)
        self._count_new()

    def _arranged(self) -> None:
        """Shows other columns or widths."""
        if self.model.columns != self.state.shown_columns():
            self.model.show_columns()
        self.table.fit_columns()

    def set_lane(self, name: str) -> None:
        """Shows another lane: its filter and its order, without what was added before."""
        lane = LANES[name]
        self.state.name_view("")
        self.bar.views.show_name()
        self.search.clear()
        wanted = lane.filter_for(self._api.user.name)
        if (wanted, lane.order) == (self.state.filter, self.state.order):
            self.lane_changed.emit(name)
            self.reload()
        self.state.set_filter(wanted, lane.order)

    def toggle_preserve(self) -> None:
        """Shows the reports that expire soon, the least time first, or all open reports when they are shown already."""
        self.set_lane(ALL.name if self.lane is PRESERVE else PRESERVE.name)

    def toggle_mine(self) -> None:
        """Adds the filter for one's own reports, or takes it away."""
        own = (self._api.user.name,)
        self.state.change(assignees=() if self.state.filter.assignees == own else own)

    def show_new(self) -> None:
        """Shows what is new since this person was last here."""
        if self.keeper.since is None:
            self.said.emit(tr("This is your first time here: every report is new to you."))
            return
        self.state.set_filter(replace(OPEN_WORK, new_since=self.keeper.since))

    def clear_step(self) -> None:
        """Clears the selection; without one, the search and all filters."""
        if self.ticks:
            self.ticks.clear()
        else:
            self.clear_filters()

    def clear_filters(self) -> None:
        """Clears the search and all filters and shows all open reports."""
        self.table.setFocus()
        self.set_lane(ALL.name)

    def search_everywhere(self) -> None:
        """Searches all reports, also closed ones."""
        self.state.set_filter(QueueFilter(search=self.state.filter.search))

    def list_values(self, facets: tuple[str, ...], at: QPoint) -> None:
        """Lists the values of facets below a point."""
        FacetList(self._api, self._runner, self.state, facets, self).open_at(at)

    def _sort_by(self, key: str) -> None:
        """Sorts by the column of a heading."""
        if (column := find_column(key).sort) is not None:
            self.state.sort_by(column)

    def show_sort_menu(self) -> None:
        """Offers the columns to sort by."""
        menu = build_sort_menu(self.state, self)
        menu.popup(self.table.across.mapToGlobal(QPoint(0, self.table.across.height())))
        menu.setActiveAction(menu.actions()[0])

    def choose_columns(self) -> None:
        """Opens the dialog that chooses columns."""
        ColumnsDialog(self.state, self.window()).open()

    def write_preserve(self) -> None:
        """Opens the dialog that asks operators and providers to keep what expires soon, or what the selected reports name."""
        if not self._api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
        elif self.ticks:
            self.bulk.ask_preserve()
        else:
            PreserveDialog(self._api, self._runner, EXPIRING_DAYS, parent=self).open()

    # What came

    def _loaded(self) -> None:
        """Shows the table, or why the queue is empty."""
        self.filters.show_count(self.model.total)
        if self.model.total:
            self.middle.setCurrentWidget(self.table)
        else:
            self.empty.show_state(explain_empty_queue(self.state.filter, self.lane.name))
            self.middle.setCurrentWidget(self.empty)

    def _row_changed(self, row: QueueRow | None) -> None:
        """Shows the current report in the side panel."""
        self.side.select(None if row is None else row.report_id, () if row is None else row.flags)
        self.keeper.note_row(None if row is None else row.id)

    def on_changed(self, changed: Changed) -> None:
        """Reads the queue again, so that what was closed leaves it; who may not read reports has no queue."""
        if not self._api.may(Right.READ_REPORT):
            return
        if changed.all_reports or changed.reports or changed.new_matches:
            self.reload()
        row = self.table.current_row()
        if row is not None and changed.touches_files(row.report_id):
            self.side.select(row.report_id, row.flags, again=True)
        if not changed.new_matches:
            self.alarm.look()

    def offer_new(self, count: int) -> None:
        """Offers a button that shows `count` new reports; an empty queue is read again at once.

        No row moves until the person presses the button.
        """
        if count > 0 and not self.model.total:
            if not self.model.loading:
                self.reload()
        else:
            self.bar.offer_fresh(count)

    def _count_new(self) -> None:
        """Counts what is new since this person was last here."""
        since = self.keeper.since
        if since is not None:
            wanted = replace(OPEN_WORK, new_since=since)
            self._runner.ask(
                lambda: self._api.count_queue(wanted),
                lambda count: self.bar.show_new(count, since) if count else self.bar.new.hide(),
                owner=self,
                failed=lambda _: None,
                about="new",
            )

    # What a person does

    def current_id(self) -> str | None:
        """Returns the number of the current report, or None."""
        row = self.table.current_row()
        return None if row is None else row.report_id

    def open_current(self) -> None:
        """Asks to open the current report."""
        if (report_id := self.current_id()) is not None:
            self.open_asked.emit(report_id)

    def decide_current(self) -> None:
        """Asks to decide on the selected reports, or on the current one when none is selected."""
        if self.ticks:
            self.bulk.ask_decide()
        elif (row := self.table.current_row()) is not None:
            self.decide_asked.emit(row.report_id, row.status)

    def _with_ticks(self, act: Callable[[], None]) -> None:
        """Begins an act on the selected reports, or says how to select some."""
        if self.ticks:
            act()
        else:
            self.said.emit(tr("Select reports first: {key} selects the current one.", key=keys.find_key("queue", "tick").cap))

    def tick_current(self) -> None:
        """Selects the current report, or takes it out of the selection."""
        if (row := self.table.current_row()) is not None:
            self.ticks.toggle(row.id)

    def tick_all(self) -> None:
        """Selects all reports of the filter, or clears the selection when all are selected."""
        if self.ticks and len(self.ticks) >= self.model.total:
            self.ticks.clear()
        else:
            tick_all(self._api, self._runner, self.model, self.ticks, self.said.emit)

    def _ticked(self) -> None:
        """Shows whether all reports are selected."""
        self.table.across.all_ticked = bool(self.ticks) and len(self.ticks) >= self.model.total
        self.table.across.viewport().update()

    def explain_order(self) -> None:
        """Shows why the current report stands above the next one; of the last report, why it stands below the one before."""
        at = self.table.currentIndex().row()
        first = min(at, self.model.rowCount() - 2)
        rows = () if at < 0 else tuple(row for i in (first, first + 1) if (row := self.model.row(i)) is not None)
        open_order(self._api, self._runner, rows, self, self.said.emit)

    def assign_current(self) -> None:
        """Asks who shall work on the selected reports, or on the current one when none is selected."""
        if self.ticks:
            self.bulk.ask_assign()
        elif (row := self.table.current_row()) is not None:
            self.assign_asked.emit(row)
