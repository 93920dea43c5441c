"""The queue as a page: search and filters above, the table, the alarm of band A, and why on the side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, cap, label, tip
from triage.ui.queue.alarm import AlarmBar
from triage.ui.queue.empty import EmptyPage, empty_queue
from triage.ui.queue.lanes import ALL, LANES, PRESERVE, Lane
from triage.ui.queue.model import QueueModel
from triage.ui.queue.side_panel import SidePanel
from triage.ui.queue.table import QueueTable
from triage.ui.text.i18n import ltr, number, tr, trn

SEARCH_SETTLE_MS = 250


class QueuePage(QWidget):
    """Emits what a person asks for; the main window does it."""

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
        self.empty = EmptyPage()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.table)
        self.middle.addWidget(self.empty)
        self._build()
        self._connect()

    # Layout

    def _build(self) -> None:
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
        bar = QWidget()
        bar.setProperty("kind", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(52)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(8)
        self.search = SearchField()
        self.mine = KeyButton.of("queue", "mine", tr("Mine"), kind="pill")
        self.office = KeyButton(tr("Office: all"), kind="pill")
        self.fresh = KeyButton("", kind="pill")
        self.fresh.hide()
        self.export = KeyButton.of("queue", "export", tr("Export"), on=self.export_asked.emit)
        self.export.setEnabled(self._api.may(Right.EXPORT_QUEUE))
        if not self._api.may(Right.EXPORT_QUEUE):
            tip(self.export, tr("Only a lead may export queues."))
        line.addWidget(self.search, 1)
        for part in (self.mine, self.office, self.fresh):
            line.addWidget(part)
        line.addStretch(1)
        self.position = label("", "small")
        line.addWidget(self.position)
        line.addWidget(self.export)
        self.mine.setCheckable(True)
        return bar

    def _connect(self) -> None:
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
            "search": self.search.take,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "open": self.open_current,
            "acknowledge": self.alarm.press,
            "assign": self.assign_current,
            "decide": self.decide_current,
            "preserve": self.toggle_preserve,
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
        """The lane's filter with search, office and "mine" added."""
        base = self.lane.filter or QueueFilter()
        return replace(
            base,
            office=self._office,
            assignee=self._api.user.name if self.mine.isChecked() else None,
            search=self.search.text().strip() or None,
        )

    def reload(self) -> None:
        self._typing.stop()
        self.fresh.hide()
        self.model.load(self.wanted())

    def set_lane(self, name: str) -> None:
        self.lane = LANES[name]
        self.lane_changed.emit(name)
        self.reload()

    def toggle_preserve(self) -> None:
        """P shows what expires soon, and P again goes back to all."""
        self.set_lane(ALL.name if self.lane is PRESERVE else PRESERVE.name)

    def clear_filters(self) -> None:
        self.search.clear()
        self.mine.blockSignals(True)
        self.mine.setChecked(False)
        self.mine.blockSignals(False)
        self._set_office(None)
        self.table.setFocus()
        self.set_lane(ALL.name)

    def _search_done(self) -> None:
        self.reload()
        self.table.setFocus()

    def _choose_office(self) -> None:
        self._runner.ask(self._api.lanes, lambda lanes: self._office_menu(lanes.offices), owner=self)

    def _office_menu(self, offices: dict[str, int]) -> None:
        menu = QMenu(self)
        menu.addAction(tr("All offices"), lambda: self._office_chosen(None))
        for office in sorted(offices):
            menu.addAction(f"{ltr(office)}   {number(offices[office])}", partial(self._office_chosen, office))
        self._popup(menu, self.office)

    def _office_chosen(self, office: str | None) -> None:
        self._set_office(office)
        self.reload()

    def _set_office(self, office: str | None) -> None:
        self._office = office
        self.office.set_words(tr("Office: all") if office is None else tr("Office: {office}", office=office))

    # What came

    def _loaded(self) -> None:
        count = self.model.rowCount()
        self.position.setText(trn("{n} report", "{n} reports", count))
        if count:
            self.middle.setCurrentWidget(self.table)
        else:
            self.empty.show_state(empty_queue(self.wanted(), self.lane.name))
            self.middle.setCurrentWidget(self.empty)

    def _failed(self, sentence: str) -> None:
        self.said.emit(sentence)

    def _row_changed(self, row: QueueRow | None) -> None:
        self.side.select(None if row is None else row.report_id)

    def on_changed(self, changed: Changed) -> None:
        """Rows at hand are fetched anew; a new order is taken only when the whole queue changed."""
        if changed.all_reports:
            self.reload()
        else:
            self.model.refresh_rows(changed)
        row = self.table.current_row()
        if row is not None and changed.touches_files(row.report_id):
            self.side.select(row.report_id, again=True)
        if not changed.alike:
            self.look_for_alarm()

    def tell_fresh(self, count: int) -> None:
        """So many reports came in since this order was taken: shown as a button, so that no row moves under a hand. An empty
        queue fills itself."""
        if count > 0 and not self.model.rowCount():
            if not self.model.loading:
                self.reload()
            return
        self.fresh.set_words(tr("Show {n} new", n=count))
        self.fresh.setVisible(count > 0)

    def look_for_alarm(self) -> None:
        """New reports of band A, gravest first, wait to be acknowledged by name."""
        wanted = QueueFilter(band="A", status="new")

        def look() -> tuple[int, QueueRow | None]:
            ids = self._api.queue_ids(wanted)
            return len(ids), self._api.rows(ids[:1])[ids[0]] if ids else None

        def found(state: tuple[int, QueueRow | None]) -> None:
            self.alarm.show_state(*state, self._api.user.name)
            self.alarmed.emit(*state)

        self._runner.ask(look, found, owner=self)

    # What a person does

    def current_id(self) -> str | None:
        row = self.table.current_row()
        return None if row is None else row.report_id

    def open_current(self) -> None:
        if (report_id := self.current_id()) is not None:
            self.open_asked.emit(report_id)

    def decide_current(self) -> None:
        if (report_id := self.current_id()) is not None:
            self.decide_asked.emit(report_id)

    def acknowledge(self, report_id: str) -> None:
        """By name: whoever acknowledges has it from now on."""
        done = tr("{report} is assigned to you, in progress.", report=ltr(report_id))
        self._decide(report_id, done, status="in_progress", assignee=self._api.user.name)

    def assign_current(self) -> None:
        if (row := self.table.current_row()) is not None:
            self.assign_asked.emit(row)

    def _decide(self, report_id: str, done: str, **decision: str) -> None:
        def told(decision_id: int) -> None:
            self._last_decision = (decision_id, report_id)
            self.said.emit(tr("{done} Undo: {key}", done=done, key=keys.key("queue", "undo").cap))

        self._runner.do(
            lambda _progress, _cancel: self._api.decide(report_id, **decision),  # type: ignore[arg-type]
            told,
            changes=Changed(reports=frozenset({report_id})),
            owner=self,
        )

    def remember(self, decision_id: int, report_id: str) -> None:
        """A decision taken elsewhere, so that Ctrl+Z here takes it back."""
        self._last_decision = (decision_id, report_id)

    def undo(self) -> None:
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
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))


class SearchField(QLineEdit):
    """`/` comes here; Esc empties it and leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Search reports, identifiers, text"))
        self.setAccessibleName(tr("Search reports, identifiers, text"))
        self.setMinimumWidth(220)
        self.setMaximumWidth(360)
        self.setMaxLength(200)
        self._cap = cap(keys.key("queue", "search").cap)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addStretch(1)
        line.addWidget(self._cap)

    def event(self, event: QEvent) -> bool:
        """Enter searches; it does not open the report that is current in the old order."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in enter:
            event.accept()
            return True
        return super().event(event)

    def take(self) -> None:
        self.setFocus()
        self.selectAll()
