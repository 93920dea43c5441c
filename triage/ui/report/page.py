"""Defines the page of one report, with its media, comparison and decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QStackedWidget, QVBoxLayout, QWidget

from triage.model.damage import DAMAGE
from triage.model.report_page import ReportPageView
from triage.model.users import Right
from triage.model.views import ShowReport
from triage.ui.compare.compare_page import ComparePage
from triage.ui.core.api import Api
from triage.ui.core.run_start import find_start
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.decisions.assign_dialog import AssignDialog
from triage.ui.decisions.decide_dialog import DecideDialog
from triage.ui.decisions.undo_stack import UndoStack
from triage.ui.kit import keys
from triage.ui.matches.match_pair import find_pairs
from triage.ui.media.page import MediaPage
from triage.ui.report.corrections import Corrections
from triage.ui.report.packet_dialog import PacketDialog
from triage.ui.report.read_ahead import ReadAhead
from triage.ui.report.report_acts import ReportActs
from triage.ui.report.view import ReportView
from triage.ui.report.waiting_view import WaitingView
from triage.ui.text.i18n import ltr, tr, tr_message
from triage.ui.text.report_words import file_name


class ReportPage(QWidget):
    """Shows a report and lets a person decide on it.

    `moved` asks for the next (1) or previous (-1) report. `decided` carries the decision id and the report number, `case_asked`
    the number of a case, `page_asked` the name of a page and what to choose there. `sha256` names a file to open at first.
    """

    closed = Signal()
    moved = Signal(int)
    said = Signal(str)
    decided = Signal(int, str)
    open_asked = Signal(str)
    case_asked = Signal(str)
    page_asked = Signal(str, str)
    loaded = Signal()

    def __init__(self, api: Api, report_id: str, parent: QWidget | None = None, *, runner: Runner, sha256: str = "") -> None:
        super().__init__(parent)
        self._api, self._runner, self.report_id, self._wanted_file = api, runner, report_id, sha256
        self.report: ShowReport | None = None
        self._reading: Job | None = None
        self.page: ReportPageView | None = None
        self.view: ReportView | None = None
        self.media: MediaPage | None = None
        self.compare: ComparePage | None = None
        self.undoing = UndoStack(api, runner, find_start(api), self)
        self.undoing.said.connect(self.said)
        self._scroll_to: int | None = None
        self._ahead = ReadAhead(api, runner, self)
        self.corrections, self.acts = Corrections(api, runner, self), ReportActs(api, runner, self)
        self._pages = QStackedWidget()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self._waiting = WaitingView(report_id, self.closed.emit, self.reload)
        self._pages.addWidget(self._waiting)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        runner.changed.connect(self.on_changed)
        self.reload()

    # What is shown

    def open_report(self, report_id: str, sha256: str = "") -> None:
        """Shows another report in the same cards. What was read ahead is shown at once."""
        self.close_media()
        self._runner.drop_answers(self, "report")
        self.report_id, self._wanted_file = report_id, sha256
        self.report = self.page = None
        ahead = self._ahead.take(report_id)
        if ahead is not None:
            self.show_page(ahead)
            return
        self._waiting.begin(report_id)
        self._pages.setCurrentWidget(self._waiting)
        self._waiting.setFocus()
        self.reload()

    def scroll_position(self) -> int:
        """Returns how far the report is scrolled, in pixels."""
        return 0 if self.view is None else self.view.scroll_position()

    def scroll_to(self, position: int) -> None:
        """Scrolls the report, at once or when it is shown."""
        if self.view is not None and self.report is not None and self.report.report_id == self.report_id:
            self.view.scroll_to(position)
        else:
            self._scroll_to = position

    def read_ahead(self, report_ids: Sequence[str]) -> None:
        """Reads reports that a person may open next, and forgets others that were read ahead."""
        self._ahead.read(set(report_ids) - {self.report_id})

    def reload(self) -> None:
        """Reads the report again."""
        number = self.report_id
        self._reading = self._runner.ask(
            lambda: self._api.report_page(number), self.show_page, owner=self, failed=self._failed, about="report"
        )

    def _failed(self, sentence: str) -> None:
        """Says why the report could not be read."""
        if self.report is None:
            self._waiting.say(sentence)
        else:
            self.said.emit(sentence)

    def show_page(self, page: ReportPageView) -> None:
        """Shows the report; the same one again keeps its scroll position."""
        focused = self.window().focusWidget()
        here = focused is None or focused is self or self.isAncestorOf(focused)
        self.page, self.report = page, page.report
        view = self.view or self._build_view()
        shown = self._pages.currentWidget() is view
        view.show_page(page, scroll=self._scroll_to)
        self._scroll_to = None
        if self.media is None:
            self._pages.setCurrentWidget(view)
            if here and not (shown and view.isAncestorOf(focused or self)):
                view.area.setFocus()
        else:
            self.media.show_report(page.report)
        self.loaded.emit()
        self._open_wanted(page.report)

    def _build_view(self) -> ReportView:
        """Builds the cards, once for all reports of this page."""
        calls = self._key_calls()
        view = self.view = ReportView(
            self._api,
            self._runner,
            calls,
            open_report=self.open_asked.emit,
            open_file=self.open_media,
            undo=self.undo_decision,
            score_calls=self.corrections.calls(),
            choose_version=self.acts.choose_version if self._api.may(Right.DECIDE) else None,
            confirm_lane=self.acts.confirm_child_lane if self._api.may(Right.ASSIGN) else None,
            parent=self._pages,
        )
        view.copy_asked.connect(self.acts.copy)
        for action, call in calls.items():
            keys.bind(view, "report", action, call)
        self._pages.addWidget(view)
        return view

    def _open_wanted(self, report: ShowReport) -> None:
        """Opens the file for which the report was opened, once and blurred."""
        wanted, self._wanted_file = self._wanted_file, ""
        at = next((i for i, file in enumerate(report.files) if wanted and file.sha256 == wanted), None)
        if at is not None:
            self.open_media(at)

    def _key_calls(self) -> dict[str, Callable[[], None]]:
        """Returns what each key of the page does."""
        return {
            "back": self.closed.emit,
            "next": lambda: self.moved.emit(1),
            "previous": lambda: self.moved.emit(-1),
            "acknowledge": self.acknowledge,
            "assign": self.assign,
            "decide": self.decide,
            "text": self.read_texts,
            "media": self.open_media,
            "gallery": lambda: self.page_asked.emit("gallery", f"report {self.report_id}"),
            "export": self.make_packet,
            "case": self.acts.show_or_choose_case,
            "versions": self.show_versions,
            "links": lambda: self.page_asked.emit("links", self.report_id),
            "find": self.find_in_texts,
            "note": self.acts.write_note,
            "print": self.acts.print_report,
            "undo": self.undo,
            "correct": self.corrections.correct_factor,
            "band": self.corrections.correct_band,
        }

    def on_changed(self, changed: Changed) -> None:
        """Reads the report again when it or its similar files changed, and forgets what was read ahead."""
        self._ahead.forget_changed(changed)
        if changed.touches(self.report_id):
            self.reload()
        elif self.report is not None and changed.touches_files(self.report_id):
            if self._reading is not None and not self._reading.done:
                self.reload()  # what is under way brings more than the files, and is older than the change
                return
            number = self.report_id
            self._runner.ask(
                lambda: self._api.report_page(number), self._show_files, owner=self, failed=self._failed, about="report"
            )

    def _show_files(self, page: ReportPageView) -> None:
        """Updates the files; the cards are filled again only when a verdict changed."""
        if self.report is None:
            return
        before = [file.verdict for file in self.report.files]
        if before != [file.verdict for file in page.report.files]:
            self.show_page(page)
            return
        self.page, self.report = page, page.report
        if self.view is not None:
            self.view.media.show_files(page)
        if self.media is not None:
            self.media.show_report(page.report)

    def read_texts(self) -> None:
        """Unfolds the texts and scrolls to them."""
        if self.view is not None:
            self.view.read_texts()

    def find_in_texts(self) -> None:
        """Opens the search within the texts."""
        if self.view is not None:
            self.view.find_in_texts()

    def show_versions(self) -> None:
        """Scrolls to the versions."""
        if self.view is not None:
            self.view.show_versions()

    # Media

    def open_media(self, at: int | None = None) -> None:
        """Opens the media page at a file, by default the focused one."""
        if self.report is None or self.view is None:
            return
        if not self.report.files:
            damaged = "documents" in self.report.damaged
            self.said.emit(tr_message(DAMAGE["documents"]) if damaged else tr("The report names no files."))
            return
        wanted = self.view.media.current_file() if at is None else at
        self.media = MediaPage(self._api, self._runner, self.report)
        self.media.closed.connect(self.close_media)
        self.media.said.connect(self.said)
        self.media.hidden_changed.connect(self.view.media.refresh_strip)
        self.media.compare_asked.connect(self.open_compare)
        self._pages.addWidget(self.media)
        self._pages.setCurrentWidget(self.media)
        self.media.show_file(wanted)

    def open_compare(self, at: int) -> None:
        """Opens the comparison of a file with its similar images."""
        if self.report is None:
            return
        file = self.report.files[at]
        page = self.compare = ComparePage(self._api, self._runner, file_name(file), find_pairs(file, self.report_id))
        page.closed.connect(self.close_compare)
        page.said.connect(self.said)
        page.open_asked.connect(self.open_asked)
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        page.focus()

    def close_compare(self) -> None:
        """Closes the comparison and returns to the media page."""
        page, self.compare = self.compare, None
        if page is not None:
            page.conceal()
            self._pages.removeWidget(page)
            page.deleteLater()
        if self.media is not None:
            self._pages.setCurrentWidget(self.media)
            self.media.stage.setFocus()

    def close_media(self) -> None:
        """Closes the media page, whose pixels leave memory, and returns to the report."""
        self.close_compare()
        media, self.media = self.media, None
        if media is not None:
            media.conceal()
            self._pages.removeWidget(media)
            media.deleteLater()
        if self.view is not None and media is not None:
            self._pages.setCurrentWidget(self.view)
            self.view.area.setFocus()

    def conceal(self) -> None:
        """Blurs what is revealed, and returns after the views are recorded."""
        for page in (self.media, self.compare):
            if page is not None:
                page.conceal()

    # Decisions

    def decide(self) -> None:
        """Opens the decision dialog, if the person may decide."""
        if self.may_decide() and self.report is not None:
            status = self.report.status
            DecideDialog(self._api, self._runner, self.report_id, status=status, parent=self, done=self._decided).open()

    def assign(self) -> None:
        """Opens the assignment dialog, if the person may decide."""
        if self.may_decide() and self.report is not None:
            AssignDialog(
                self._api, self._runner, self.report_id, parent=self, current=self.report.assignee, done=self._decided
            ).open()

    def acknowledge(self) -> None:
        """Takes a new band A report for this person."""
        report = self.report
        if report is None or not self.may_decide():
            return
        if report.score.band != "A" or report.status != "new":
            self.said.emit(tr("Only new band A reports can be taken this way."))
            return
        self._runner.do(
            lambda _progress, _cancel: self._api.decide(self.report_id, status="in_progress", assignee=self._api.user.name),
            lambda decision_id: self._decided(decision_id, self.report_id),
            changes=Changed(reports=frozenset({self.report_id})),
            owner=self,
        )

    def may_decide(self) -> bool:
        """Returns whether the person may decide, and says so when they may not."""
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        return self._api.may(Right.DECIDE)

    def _decided(self, decision_id: int, report_id: str) -> None:
        """Announces a recorded decision with its undo key."""
        self.decided.emit(decision_id, report_id)
        undo = keys.find_key("report", "undo").cap
        self.said.emit(tr("{report}: decision recorded. Undo: {key}", report=ltr(report_id), key=undo))

    def undo(self) -> None:
        """Undoes this person's last act, also one on another report, then the one before."""
        self.undoing.undo()

    def undo_decision(self, decision_id: int) -> None:
        """Undoes a decision by its id."""
        self._runner.do(
            lambda _progress, _cancel: self._api.undo(decision_id),
            lambda _: self.said.emit(tr("{report}: decision undone.", report=ltr(self.report_id))),
            changes=Changed(reports=frozenset({self.report_id})),
            owner=self,
        )

    def make_packet(self) -> None:
        """Opens the packet dialog, if the person may create packets."""
        if not self._api.may(Right.PACKET):
            self.said.emit(tr("Only an examiner can create evidence packets."))
        elif self.report is not None:
            here = sum(file.present for file in self.report.files)
            PacketDialog(self._api, self._runner, (self.report_id,), here, parent=self).open()

    # Keys and leaving

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Presses the focused button on Enter, because Space opens media."""
        focused = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Passes the focus to the view."""
        super().focusInEvent(event)
        page = self._pages.currentWidget()
        if page is self.view and self.view is not None:
            self.view.area.setFocus()
        elif page is self._waiting:
            self._waiting.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Blurs what is revealed and waits until the views are recorded."""
        self.conceal()
        super().closeEvent(event)
