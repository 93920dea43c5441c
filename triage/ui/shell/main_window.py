"""Defines the working window: lanes, pages and the status bar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.message import Message
from triage.model.progress import Progress
from triage.model.queue_views import QueuePlace
from triage.model.users import Right
from triage.model.views import QueueRow, Status
from triage.ui.core.api import Api
from triage.ui.core.own_choices import load_choices
from triage.ui.core.page import DeskPage, PageStack
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.decisions.assign_dialog import AssignDialog
from triage.ui.decisions.decide_dialog import DecideDialog
from triage.ui.intake.page import ImportPage
from triage.ui.intake.set_aside import SetAsidePage
from triage.ui.kit import keys
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.notice import Notice
from triage.ui.kit.widgets import clear
from triage.ui.queue.lanes import HELD, POSSIBLE, SET_ASIDE, LaneRail
from triage.ui.queue.open_marks import OpenQuestion
from triage.ui.queue.page import QueuePage
from triage.ui.queue.place import ProgramRun
from triage.ui.report.page import ReportPage
from triage.ui.shell.desk import Desk, title_of
from triage.ui.shell.exporting import Exporting
from triage.ui.shell.go_to_dialog import GoToDialog
from triage.ui.shell.keys_overlay import KeysOverlay
from triage.ui.shell.lane_counting import LaneCounting
from triage.ui.shell.machine_check import MachineCheck, Seen
from triage.ui.shell.page_list import list_pages
from triage.ui.shell.skipping import go_to_offered
from triage.ui.shell.status_bar import StatusBar
from triage.ui.shell.sweeping import SweepControl
from triage.ui.shell.view_menu import ViewMenu
from triage.ui.text.i18n import tr, trn
from triage.ui.wellbeing.calm_screen import CalmScreen


class MainWindow(QWidget):
    """Shows all that an unlocked session offers.

    `titled` carries the title of another page, which a screen reader says first. No title holds a report number, since other
    programs can read titles. A given `sweeping` keeps running when the window is built again.
    """

    lock_asked, look_asked, titled = Signal(), Signal(object), Signal(str)

    def __init__(
        self,
        api: Api,
        runner: Runner,
        preferences: Preferences | None = None,
        sweeping: SweepControl | None = None,
        run: ProgramRun | None = None,
    ) -> None:
        super().__init__()
        self.api, self.runner = api, runner
        self.sweeping = sweeping or SweepControl(api, runner, self)
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._entries = list_pages(api)
        self.rail = LaneRail([page for page in self._entries if page.in_rail], api.may)
        self.status = StatusBar()
        self.queue = QueuePage(api, runner, run)
        self.importing = ImportPage(api, runner)
        self.set_aside = SetAsidePage(api, runner)
        self.report: ReportPage | None = None
        self.opened_from: DeskPage | None = None
        self.pages = PageStack()
        for page in (self.queue, self.importing, self.set_aside):
            self.pages.addWidget(page)
        self.calm = CalmScreen(api, self.pages)
        self.desk = Desk(api, runner, self.pages, self.decide)
        self.notice = Notice(self)
        self.exporting = Exporting(api, runner, self, self.queue, self.notice.show_sentence)
        self.view_menu = ViewMenu(api, runner, self, preferences, self.look_asked.emit, self.notice.show_sentence)
        self._stage: Message | None = None
        self.machine = MachineCheck(api, runner, self.status)
        self.counting = LaneCounting(api, runner, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addWidget(self.pages, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(body, 1)
        outer.addWidget(self.status)

    def _connect(self) -> None:
        self.pages.currentChanged.connect(lambda _: self._title())
        self.importing.titled.connect(self._title)
        self.rail.chosen.connect(self.choose_lane)
        self.rail.page_chosen.connect(self.show_desk)
        self.rail.palette_asked.connect(self.show_palette)
        self.rail.import_asked.connect(self.show_import)
        self.rail.keys_asked.connect(self.show_keys)
        self.rail.lock_asked.connect(self.lock_asked)
        self.rail.view_asked.connect(self.show_view_menu)
        self.rail.exports_asked.connect(self.exporting.show_menu)
        self.queue.model.loaded.connect(lambda: self.counting.restart(self.queue.model.stored))
        self.counting.counted.connect(self.rail.show_counts)
        self.counting.counted.connect(lambda counts, _: self._show_counts(counts.total, counts.open))
        self.counting.came.connect(self.queue.offer_new)
        self.queue.lane_changed.connect(self.rail.set_current)
        self.queue.open_asked.connect(self.open_report)
        self.queue.assign_asked.connect(self.assign)
        self.queue.decide_asked.connect(self.decide)
        self.queue.export_asked.connect(self.exporting.export_queue)
        self.queue.import_asked.connect(self.show_import)
        self.queue.alarmed.connect(lambda count, row: self.importing.alarm.show_state(count, row, self.api.user.name))
        self.importing.alarm.acknowledged.connect(self.queue.acknowledge)
        self.importing.alarm.shown_asked.connect(lambda: self.choose_lane("band A"))
        self.importing.progressed.connect(self._import_progressed)
        self.importing.set_aside_asked.connect(lambda: self.choose_lane(SET_ASIDE.name))
        self.set_aside.import_asked.connect(self.show_import)
        for closed in (self.importing.closed, self.set_aside.closed, self.desk.left):
            closed.connect(self.show_queue)
        for speaker in (self.queue, self.importing, self.set_aside, self.desk, self.sweeping):
            speaker.said.connect(self.notice.show_sentence)
        self.desk.import_asked.connect(lambda path: self.show_import([Path(path)]))
        self.desk.open_asked.connect(self.open_from_desk)
        self.desk.report_asked.connect(self._return_to_report)
        self.desk.shown.connect(self.rail.set_current)
        self.status.progress_asked.connect(self.show_import)
        self.status.sweep.toggle_asked.connect(self.sweeping.toggle)
        self.status.follow_sweep(self.sweeping)
        self.runner.changed.connect(self._changed)
        self.runner.failed.connect(self.notice.show_sentence)
        keys.bind(self, "everywhere", "keys", self.show_keys)
        keys.bind(self, "everywhere", "lock", self.lock_asked.emit)
        keys.bind(self, "everywhere", "exports", lambda: self.exporting.show_menu(self.rail.exports))
        keys.bind(self, "everywhere", "go_queue", self.show_queue)
        keys.bind(self, "everywhere", "sweep", self.status.sweep.press)
        keys.bind(self, "everywhere", "go", self.show_palette)
        for page in self._entries:
            if page.shortcut:
                keys.bind_sequence(self, page.shortcut, partial(self.show_desk, page.name))
        self.machine.start()

    def start(self, place: QueuePlace | None = None, seen: Seen | None = None) -> None:
        """Reads what the first screen shows, at the place in the queue where the person was. The machine `seen` need not be."""
        if self.api.may(Right.READ_REPORT):
            load_choices(self.api, self.runner, self)
            self.queue.start(place)
            self.queue.alarm.look()
            self.counting.read()
        self.machine.begin(seen)
        self.sweeping.look_for_work()
        self.status.show_sweep(self.sweeping)
        self._title()
        self.show_queue()

    # Pages

    def shown_screen(self) -> Screen:
        """Returns the name of the screen whose keys apply now."""
        page = self.pages.currentWidget()
        if page is self.importing:
            return "import"
        if page is self.set_aside:
            return "set_aside"
        if isinstance(page, DeskPage):
            return page.screen_now()
        if page is self.queue or self.report is None:
            return "queue"
        if self.report.compare is not None:
            return "compare"
        return "report" if self.report.media is None else "media"

    def _title(self) -> None:
        page = self.pages.currentWidget()
        if page is self.queue:
            self.titled.emit(tr("Queue"))
        elif page is self.importing:
            self.titled.emit(self.importing.title())
        elif page is self.set_aside:
            self.titled.emit(tr("Set aside"))
        elif isinstance(page, DeskPage):
            self.titled.emit(title_of(page))
        elif self.report is not None and self.report.report is not None:
            self.titled.emit(tr("Report"))

    def choose_lane(self, name: str) -> None:
        """Shows a lane of the queue, or the page that a lane stands for."""
        if name == SET_ASIDE.name:
            self._close_report()
            self.set_aside.reload()
            self.pages.setCurrentWidget(self.set_aside)
            self.rail.set_current(name)
        elif name in (POSSIBLE.name, HELD.name):
            self.show_desk(name)
        else:
            self.show_queue()
            self.queue.set_lane(name)

    def show_queue(self) -> None:
        """Shows the queue, or to a person who reads no reports the page of administration."""
        if not self.api.may(Right.READ_REPORT):
            self.show_desk("admin")
            return
        self._close_report()
        self.pages.setCurrentWidget(self.queue)
        self.rail.set_current(self.queue.lane.name)
        self.queue.table.setFocus()

    def show_import(self, paths: Sequence[Path] = ()) -> None:
        """Shows the import page, with these files added."""
        self._close_report()
        self.pages.setCurrentWidget(self.importing)
        self.importing.reload()
        self.rail.set_current("import")
        self.importing.form.setFocus()
        if paths:
            self.importing.add_paths(list(paths))

    def show_desk(self, name: str, what: str = "") -> None:
        """Shows a page by its name, and chooses there what is named."""
        self._close_report()
        self.desk.show(name, what)

    def show_palette(self) -> None:
        """Shows the palette that goes to any page, lane or report."""
        GoToDialog(
            self._entries, parent=self, show_page=self.show_desk, show_queue=self.show_queue, show_lane=self.choose_lane,
            open_report=self.open_report,
        ).open()  # fmt: skip

    def show_keys(self) -> None:
        """Shows all keys of the current screen."""
        KeysOverlay(self, self.shown_screen(), self._entries)

    def open_from_desk(self, report_id: str, sha256: str) -> None:
        """Opens a report from a page of the office, and returns there afterwards."""
        self.opened_from = self.desk.current()
        self._open(report_id, sha256)

    def _return_to_report(self, report_id: str) -> None:
        self._open(report_id)
        self.rail.set_current(self.queue.lane.name if self.opened_from is None else self.desk.lit_of(self.opened_from))

    def open_report(self, report_id: str) -> None:
        """Opens a report from the queue."""
        self.opened_from = None
        self._open(report_id)

    def _open(self, report_id: str, sha256: str = "", *, agreed: bool = False) -> None:
        mark = self.queue.marks.of_report(report_id)
        if mark is not None and mark.certain and not agreed:
            OpenQuestion(mark, self, lambda: self._open(report_id, sha256, agreed=True)).open()
            return
        self.queue.marks.set_opened(report_id, asked=agreed)
        if self.report is not None:
            self.report.open_report(report_id, sha256)
            self.pages.setCurrentWidget(self.report)
            return
        page = self.report = ReportPage(self.api, report_id, runner=self.runner, sha256=sha256)
        page.closed.connect(self._report_closed)
        page.case_asked.connect(partial(self.show_desk, "case"))
        page.page_asked.connect(self.show_desk)
        page.moved.connect(self._move)
        page.said.connect(self.notice.show_sentence)
        page.open_asked.connect(self._open)
        page.loaded.connect(self._report_loaded)
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def _move(self, step: int) -> None:
        """Opens the next or previous report of the page from which the current one was opened."""
        self._open_neighbour(step)
        self.calm.offer()

    def _open_neighbour(self, step: int) -> None:
        """Opens the report `step` rows away from the current one."""
        if self.opened_from is not None:
            report_id = self.opened_from.step(step)
            if report_id is not None:
                self._open(report_id)
            return
        skipped = go_to_offered(self.queue.table, self.api, step, "" if self.report is None else self.report.report_id)
        report_id = self.queue.current_id()
        if report_id is not None:
            self.open_report(report_id)
        if skipped:
            self.notice.show_sentence(
                trn("Skipped {n} report that you keep away from.", "Skipped {n} reports that you keep away from.", skipped)
            )

    def _report_loaded(self) -> None:
        """Names the page, and reads ahead what J and K would open."""
        self._title()
        if self.report is not None and self.opened_from is None:
            self.report.read_ahead(self.queue.table.neighbours())

    def _report_closed(self) -> None:
        came_from, self.opened_from = self.opened_from, None
        if came_from is None:
            self.show_queue()
        else:
            self._close_report()
            self.desk.return_to(came_from)

    def _close_report(self) -> None:
        """Closes the report page; its images leave memory."""
        if self.report is not None:
            self.queue.marks.set_opened(None)
            self.pages.removeWidget(self.report)
            self.report.close()
            self.report.deleteLater()
            self.report = None

    def show_view_menu(self, under: QWidget) -> None:
        """Shows the menu of theme, language and idle time, unless an import runs."""
        if self.importing.job is not None:
            self.notice.show_sentence(tr("The theme can be changed when the import is done."))
            return
        self.view_menu.show_menu(under)

    # Dialogs

    def assign(self, row: QueueRow) -> None:
        """Opens the assignment dialog for a report."""
        AssignDialog(self.api, self.runner, row.report_id, parent=self, current=row.assignee, done=self._decided).open()

    def decide(self, report_id: str, status: Status) -> None:
        """Opens the decision dialog for a report with this status."""
        DecideDialog(self.api, self.runner, report_id, status=status, parent=self, done=self._decided).open()

    def _decided(self, _decision_id: int, report_id: str) -> None:
        self.notice.show_sentence(
            tr("{report}: decision recorded. Undo: {key}", report=report_id, key=keys.find_key("queue", "undo").cap)
        )

    # What changes

    def _changed(self, changed: Changed) -> None:
        self.queue.on_changed(changed)
        self.set_aside.on_changed(changed)
        self.desk.on_changed(changed)
        self.counting.read()

    def _show_counts(self, total: int, still_open: int) -> None:
        self.queue.filters.show_open(still_open)
        self.status.show_counts(total, still_open)
        if self.importing.job is not None:
            self.queue.alarm.look()  # what can't wait is judged with the first documents, while the rest still comes

    def _import_progressed(self, job: Job | None, progress: Progress | None) -> None:
        self.status.show_progress(job, progress)
        if self._stage != (stage := None if progress is None else progress.note):
            self._stage = stage
            self.counting.importing = job is not None
            self.counting.hurry()

    # Dropping files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts local files, if the person may import."""
        if self.api.may(Right.IMPORT) and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Adds dropped files to the import page."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.show_import(paths)

    def drop_everything(self) -> None:
        """Removes all pages, rows and images before locking."""
        self.counting.stop()
        self.sweeping.end()
        self.queue.keeper.save()
        self._close_report()
        self.desk.conceal()
        self.queue.side.show_report(None)
        self.queue.model.forget()
        for timer in self.findChildren(QTimer):
            timer.stop()
        self.notice.hide()
        if (layout := self.layout()) is not None:
            clear(layout)
