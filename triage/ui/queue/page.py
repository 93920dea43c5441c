"""Defines the queue page: search, filters, alarm bar, table and side panel."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from triage.model.queue_order import EXPIRING_DAYS, choose_values
from triage.model.users import Right
from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, cap, label, set_tooltip
from triage.ui.queue.alarm_bar import AlarmBar
from triage.ui.queue.empty_queue import EmptyQueuePage, explain_empty_queue
from triage.ui.queue.lanes import ALL, LANES, PRESERVE, Lane
from triage.ui.queue.model import QueueModel
from triage.ui.queue.order_dialog import OrderDialog
from triage.ui.queue.side_panel import SidePanel
from triage.ui.queue.table import QueueTable
from triage.ui.requests.making_dialogs import PreserveDialog
from triage.ui.text.i18n import ltr, number, tr, trn

SEARCH_SETTLE_MS = 250


class QueuePage(QWidget):
    """Shows the queue, and emits a signal for what the main window should do."""

    open_asked = Signal(str)
    assign_asked = Signal(object)
    decide_asked = Signal(str)
    export_asked = Signal()
    import_asked = Signal()
    said = Signal(str)
    lane_changed = Signal(str)
    alarmed = Signal(int, object)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.lane: Lane = ALL
        self._office: str | None = None
        self._last_decision: tuple[int, str] | None = None
        self.model = QueueModel(api, runner, self)
        self.table = QueueTable(self.model)
        self.side = SidePanel(api, runner)
        self.alarm = AlarmBar()
        self.empty = EmptyQueuePage()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.table)
        self.middle.addWidget(self.empty)
        self._build()
        self._connect()

    # Layout

    def _build(self) -> None:
        """Lays out the page."""
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._header())
        left.addWidget(self.alarm)
        left.addWidget(self.middle, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)

    def _header(self) -> QWidget:
        """Builds the bar with search, filters and export."""
        bar = QWidget()
        bar.setProperty("kind", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(52)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(8)
        self.search = SearchField()
        self.mine = KeyButton.for_action("queue", "mine", tr("Mine"), kind="pill")
        self.office = KeyButton(tr("Office: all"), kind="pill")
        self.fresh = KeyButton("", kind="pill")
        self.fresh.hide()
        self.export = KeyButton.for_action("queue", "export", tr("Export"), on=self.export_asked.emit)
        self.export.setEnabled(self._api.may(Right.EXPORT_QUEUE))
        if not self._api.may(Right.EXPORT_QUEUE):
            set_tooltip(self.export, tr("Only a lead may export queues."))
        words = tr("Ask to keep")
        self.ask_preserve = KeyButton.for_action("queue", "ask_preserve", words, kind="primary", on=self.write_preserve)
        self.ask_preserve.setEnabled(self._api.may(Right.CASE_PAPERS))
        if not self._api.may(Right.CASE_PAPERS):
            set_tooltip(self.ask_preserve, tr("Your roles do not allow papers of a case."))
        self.ask_preserve.hide()
        line.addWidget(self.search, 1)
        for part in (self.mine, self.office, self.fresh):
            line.addWidget(part)
        line.addStretch(1)
        self.position = label("", "small")
        line.addWidget(self.position)
        line.addWidget(self.ask_preserve)
        line.addWidget(self.export)
        self.mine.setCheckable(True)
        return bar

    def _connect(self) -> None:
        """Connects keys, buttons, the model and the table."""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_SETTLE_MS)
        self._typing.timeout.connect(self.reload)
        self.search.textEdited.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self._search_done)
        self.mine.toggled.connect(lambda _: self.reload())
        self.office.clicked.connect(self._choose_office)
        self.fresh.clicked.connect(self.reload)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.table.row_changed.connect(self._row_changed)
        self.table.opened.connect(self.open_current)
        self.side.open_asked.connect(self.open_current)
        self.side.assign_asked.connect(self.assign_current)
        self.side.decide_asked.connect(self.decide_current)
        self.alarm.acknowledged.connect(self.acknowledge)
        self.alarm.shown_asked.connect(lambda: self.set_lane("band A"))
        self.empty.import_asked.connect(self.import_asked)
        self.empty.clear_asked.connect(self.clear_filters)
        bound = {
            "search": self.search.take_focus,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "open": self.open_current,
            "acknowledge": self.alarm.take_report,
            "assign": self.assign_current,
            "decide": self.decide_current,
            "why": self.explain_order,
            "preserve": self.toggle_preserve,
            "ask_preserve": self.ask_preserve.click,
            "mine": self.mine.toggle,
            "export": self.export.click,
            "import": self.import_asked.emit,
            "undo": self.undo,
            "clear": self.clear_filters,
        }
        for action, call in bound.items():
            keys.bind(self, "queue", action, call)

    # Filters

    def wanted(self) -> QueueFilter:
        """Returns the filter of the lane with search, office and "Mine" added."""
        base = self.lane.filter or QueueFilter()
        return replace(
            base,
            offices=choose_values(self._office),
            assignees=(self._api.user.name,) if self.mine.isChecked() else (),
            search=self.search.text().strip() or None,
        )

    def reload(self) -> None:
        """Reads the queue again under the current filter."""
        self._typing.stop()
        self.fresh.hide()
        self.model.load(self.wanted())

    def set_lane(self, name: str) -> None:
        """Shows another lane."""
        self.lane = LANES[name]
        self.ask_preserve.setVisible(self.lane is PRESERVE)
        self.lane_changed.emit(name)
        self.reload()

    def toggle_preserve(self) -> None:
        """Shows the reports that expire soon, or all reports when they are shown already."""
        self.set_lane(ALL.name if self.lane is PRESERVE else PRESERVE.name)

    def clear_filters(self) -> None:
        """Clears the search and all filters and shows the whole queue."""
        self.search.clear()
        self.mine.blockSignals(True)
        self.mine.setChecked(False)
        self.mine.blockSignals(False)
        self._set_office(None)
        self.table.setFocus()
        self.set_lane(ALL.name)

    def _search_done(self) -> None:
        """Searches at once and moves the focus to the table."""
        self.reload()
        self.table.setFocus()

    def _choose_office(self) -> None:
        """Reads the offices and offers them in a menu."""
        self._runner.ask(self._api.lanes, lambda lanes: self._office_menu(lanes.offices), owner=self)

    def _office_menu(self, offices: dict[str, int]) -> None:
        """Shows the menu of offices with their counts."""
        menu = QMenu(self)
        menu.addAction(tr("All offices"), lambda: self._office_chosen(None))
        for office in sorted(offices):
            menu.addAction(f"{ltr(office)}   {number(offices[office])}", partial(self._office_chosen, office))
        self._popup(menu, self.office)

    def _office_chosen(self, office: str | None) -> None:
        """Filters by an office; None shows all."""
        self._set_office(office)
        self.reload()

    def _set_office(self, office: str | None) -> None:
        """Stores the office and updates its button."""
        self._office = office
        self.office.set_words(tr("Office: all") if office is None else tr("Office: {office}", office=office))

    def write_preserve(self) -> None:
        """Opens the dialog that asks operators and providers to keep what expires soon."""
        PreserveDialog(self._api, self._runner, EXPIRING_DAYS, parent=self).open()

    # What came

    def _loaded(self) -> None:
        """Shows the table, or why the queue is empty."""
        count = self.model.rowCount()
        self.position.setText(trn("{n} report", "{n} reports", count))
        if count:
            self.middle.setCurrentWidget(self.table)
        else:
            self.empty.show_state(explain_empty_queue(self.wanted(), self.lane.name))
            self.middle.setCurrentWidget(self.empty)

    def _failed(self, sentence: str) -> None:
        """Announces why the queue could not be read."""
        self.said.emit(sentence)

    def _row_changed(self, row: QueueRow | None) -> None:
        """Shows the current report in the side panel."""
        self.side.select(None if row is None else row.report_id)

    def on_changed(self, changed: Changed) -> None:
        """Refreshes the rows that changed, or reads the whole queue when all may have changed."""
        if changed.all_reports:
            self.reload()
        else:
            self.model.refresh_rows(changed)
        row = self.table.current_row()
        if row is not None and changed.touches_files(row.report_id):
            self.side.select(row.report_id, again=True)
        if not changed.new_matches:
            self.look_for_alarm()

    def offer_new(self, count: int) -> None:
        """Offers a button that shows `count` new reports; an empty queue is read again at once.

        No row moves until the person presses the button.
        """
        if count > 0 and not self.model.rowCount():
            if not self.model.loading:
                self.reload()
            return
        self.fresh.set_words(tr("Show {n} new", n=count))
        self.fresh.setVisible(count > 0)

    def look_for_alarm(self) -> None:
        """Reads the new band A reports and updates the alarm bar."""
        wanted = QueueFilter(bands=("A",), statuses=("new",))

        def read_alarm() -> tuple[int, QueueRow | None]:
            """Returns the number of new band A reports and the first of them."""
            ids = self._api.queue_ids(wanted)
            return len(ids), self._api.rows(ids[:1])[ids[0]] if ids else None

        def show_alarm(state: tuple[int, QueueRow | None]) -> None:
            """Shows them in the alarm bar."""
            self.alarm.show_state(*state, self._api.user.name)
            self.alarmed.emit(*state)

        self._runner.ask(read_alarm, show_alarm, owner=self)

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
        """Asks to decide on the current report."""
        if (report_id := self.current_id()) is not None:
            self.decide_asked.emit(report_id)

    def explain_order(self) -> None:
        """Shows why the current report stands above the next one; of the last report, why it stands below the one before."""
        at, count = self.table.currentIndex().row(), self.model.rowCount()
        if at < 0 or count < 2:
            self.said.emit(tr("Select a report that has another one below it."))
            return
        first = min(at, count - 2)
        pair = [row.report_id for i in (first, first + 1) if (row := self.model.row(i)) is not None]
        if len(pair) < 2:
            self.said.emit(tr("Reading …"))
            return
        self._runner.ask(
            lambda: self._api.explain_order(*pair),
            lambda found: OrderDialog(found, self).open(),
            owner=self,
            failed=self.said.emit,
        )

    def acknowledge(self, report_id: str) -> None:
        """Assigns a report to this person and sets it in progress."""
        done = tr("{report} is assigned to you, in progress.", report=ltr(report_id))
        self._decide(report_id, done, status="in_progress", assignee=self._api.user.name)

    def assign_current(self) -> None:
        """Asks to assign the current report."""
        if (row := self.table.current_row()) is not None:
            self.assign_asked.emit(row)

    def _decide(self, report_id: str, done: str, **decision: str) -> None:
        """Records a decision and announces it with its undo key."""

        def announce(decision_id: int) -> None:
            self._last_decision = (decision_id, report_id)
            self.said.emit(tr("{done} Undo: {key}", done=done, key=keys.find_key("queue", "undo").cap))

        self._runner.do(
            lambda _progress, _cancel: self._api.decide(report_id, **decision),  # type: ignore[arg-type]
            announce,
            changes=Changed(reports=frozenset({report_id})),
            owner=self,
        )

    def remember(self, decision_id: int, report_id: str) -> None:
        """Remembers a decision taken elsewhere, so that Ctrl+Z undoes it here."""
        self._last_decision = (decision_id, report_id)

    def undo(self) -> None:
        """Undoes the last remembered decision."""
        if self._last_decision is None:
            self.said.emit(tr("There is nothing to undo."))
            return
        decision_id, report_id = self._last_decision
        self._last_decision = None
        self._runner.do(
            lambda _progress, _cancel: self._api.undo(decision_id),
            lambda _: self.said.emit(tr("{report}: decision undone.", report=ltr(report_id))),
            changes=Changed(reports=frozenset({report_id})),
            owner=self,
        )

    def _popup(self, menu: QMenu, under: QWidget) -> None:
        """Shows a menu below a widget."""
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))


class SearchField(QLineEdit):
    """Is the search field of the queue."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Search reports, identifiers, text"))
        self.setAccessibleName(tr("Search reports, identifiers, text"))
        self.setMinimumWidth(200)
        self.setMaximumWidth(360)
        self.setMaxLength(200)
        self._cap = cap(keys.find_key("queue", "search").cap)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addStretch(1)
        line.addWidget(self._cap)

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from opening the current report."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in enter:
            event.accept()
            return True
        return super().event(event)

    def take_focus(self) -> None:
        """Takes the focus and selects the text."""
        self.setFocus()
        self.selectAll()
