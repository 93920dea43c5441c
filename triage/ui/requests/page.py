"""Defines the page that lists requests to operators and providers, with what is overdue."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.data_requests import ReplyResult, RequestList, RequestRow
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_files
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import KeyButton, label, set_tooltip
from triage.ui.kit.widgets import row as row_of
from triage.ui.requests.life_dialogs import CloseRequestDialog, DayDialog, RemindDialog, ReplyDialog
from triage.ui.requests.making_dialogs import describe_no_right
from triage.ui.requests.request_words import choose_ink, describe_day, describe_kind, describe_request, describe_state
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, stack_lines, tr, trn

COLUMNS: tuple[TableColumn[RequestRow], ...] = (
    TableColumn(mark("Request"), 112, lambda r: ltr(r.number)),
    TableColumn(mark("Asks for"), 176, lambda r: describe_kind(r.kind)),
    TableColumn(mark("Addressee"), 0, lambda r: isolated(r.addressee)),
    TableColumn(mark("Case"), 112, lambda r: ltr(r.case) if r.case else tr("no case"), lambda _: "muted", spare=True),
    TableColumn(mark("Lines"), 56, lambda r: number(r.lines)),
    TableColumn(mark("Made"), 100, lambda r: describe_day(r.made), lambda _: "muted", spare=True),
    TableColumn(mark("Sent"), 100, lambda r: describe_day(r.sent) if r.sent else tr("not sent yet")),
    TableColumn(mark("Answer due"), 100, lambda r: describe_day(r.due), lambda r: "bad" if r.state == "overdue" else "text"),
    TableColumn(mark("State"), 240, describe_state, choose_ink),
)


class RequestsPage(DeskPage):
    """Lists requests, and records what becomes of them."""

    keys_of = "requests"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Requests"))
        decide, papers = api.may(Right.DECIDE), api.may(Right.CASE_PAPERS)
        self.sent = self.add_button("sent", tr("Sent"), self.record_sent, kind="primary")
        self.reply = self.add_button("reply", tr("Import reply"), self.choose_reply)
        self.court = self.add_button("court", tr("Court told"), self.record_court_told)
        self.ending = KeyButton.for_action("requests", "close", tr("Close the request"), on=self.close_request)
        self.reminders = self.add_button("remind", tr("Remind"), self.remind)
        for button in (self.sent, self.reply, self.court, self.ending):
            button.setEnabled(decide)
            if not decide:
                set_tooltip(button, tr("Your roles do not allow decisions."))
        self.reminders.setEnabled(papers)
        self._acts = [each for each in (self.sent, self.reply, self.court, self.ending, self.reminders) if each.isEnabled()]
        if not papers:
            set_tooltip(self.reminders, describe_no_right())
        self.add_way_back()
        self.table = PagedTable(COLUMNS, runner, name=tr("Requests"))
        self.table.paged.failed.connect(self.said)
        self.table.opened.connect(lambda _: self.open_case())
        self.table.row_changed.connect(self._show_details)
        self.details = label("", wrap=True, selectable=True)
        self.details.setContentsMargins(16, 8, 16, 12)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.table, 1)
        below = row_of(self.details, self.ending)
        below.setStretch(0, 1)
        below.setContentsMargins(0, 4, 16, 8)
        whole.addLayout(below)
        self._job: Job | None = None
        self.progress = ProgressRows()
        self.stop = KeyButton.for_action("requests", "stop", tr("Stop"), on=self.stop_reading)
        self.reading = QWidget()
        line = row_of(self.progress, self.stop)
        line.setContentsMargins(16, 8, 16, 12)
        line.setStretch(0, 1)
        self.reading.setLayout(line)
        self.reading.hide()
        whole.addWidget(self.reading)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_case,
                "sent": self.record_sent,
                "reply": self.choose_reply,
                "court": self.record_court_told,
                "remind": self.remind,
                "close": self.close_request,
                "stop": self.stop_reading,
            }
        )

    def reload(self) -> None:
        """Reads all requests again, or says that the person's roles do not include reports."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        kept = self.table.current_id()

        def read() -> tuple[RequestList, PagedRows[RequestRow]]:
            found = self.api.find_requests()
            return found, read_rows(found.ids, self.api.load_requests, kept)

        self.read(read, lambda found: self.show_requests(*found))

    def show_requests(self, found: RequestList, rows: PagedRows[RequestRow]) -> None:
        """Shows the requests, the newest first, and counts what is overdue."""
        for button in self._acts:
            button.setEnabled(bool(found.ids))
        if not found.ids:
            self.beside.setText("")
            step = tr("Press X on the page of a case, or show the lane Preserve now and press Shift+P.")
            self.message.say(tr("No requests yet."), step)
            self.states.setCurrentWidget(self.message)
            return
        parts = [trn("{n} request", "{n} requests", len(found.ids))]
        if found.overdue:
            parts.append(trn("{n} answer overdue", "{n} answers overdue", found.overdue))
        if found.court_overdue:
            parts.append(trn("{n} notice overdue at Court", "{n} notices overdue at Court", found.court_overdue))
        self.beside.setText(Safe(tr(", ").join(parts)))
        self.table.show_found(rows)
        self._show_details(self.table.current_row())
        self.show_body()

    def _show_details(self, row: RequestRow | None) -> None:
        """Shows below the table what should be known of the current request."""
        says = () if row is None else describe_request(row)
        self.details.setText(stack_lines(*says))
        self.details.setVisible(bool(says))

    # What a person does

    def open_case(self) -> None:
        """Opens the case of the current request."""
        row = self.table.current_row()
        if row is None:
            return
        if row.case is None:
            self.said.emit(tr("Request {number} was made for all that expires, not for a case.", number=ltr(row.number)))
        else:
            self.case_asked.emit(row.case)

    def record_sent(self) -> None:
        """Asks on which day the current request was sent."""
        row = self._find_row()
        if row is None:
            return
        title = tr("Request {number} was sent", number=ltr(row.number))
        says = tr("From this day its deadlines run. It can't be taken back.")
        record = lambda day: self.api.send_request(row.number, sent=day)  # noqa: E731
        DayDialog(self.runner, title, says, record, parent=self, done=lambda _: self.reload()).open()

    def record_court_told(self) -> None:
        """Asks on which day the Court was told of the current notice."""
        row = self._find_row()
        if row is None:
            return
        if row.court_due is None:
            self.said.emit(tr("Request {number} has no notice of which the Court is told.", number=ltr(row.number)))
            return
        title = tr("The Court was told of {number}", number=ltr(row.number))
        says = tr("It counts for all reports of the notice. It can't be taken back.")
        record = lambda day: self.api.record_court_told(row.number, told=day)  # noqa: E731
        DayDialog(self.runner, title, says, record, parent=self, done=lambda _: self.reload()).open()

    def choose_reply(self) -> None:
        """Asks for the documents of a reply to the current request."""
        row = self._find_row()
        if row is None:
            return
        names = ask_files(self, tr("Reply to request {number}", number=ltr(row.number)))
        if names:
            self.take_reply(row.number, tuple(Path(name) for name in names))

    def take_reply(self, request: str, files: tuple[Path, ...]) -> None:
        """Takes in the documents of a reply in the background, and shows what they brought."""
        if self._job is not None:
            self.said.emit(tr("A reply is being read; wait until it ends, or stop it."))
            return
        self.said.emit(tr("Reading the reply to {number} …", number=ltr(request)))

        def show(result: ReplyResult) -> None:
            self._end_reading()
            ReplyDialog(result, parent=self).open()
            self.reload()

        def fail(sentence: str) -> None:
            stopped = self._job is not None and self._job.token.cancelled()
            self._end_reading()
            self.reload()
            self.said.emit(tr("Stopped. What was sealed stays, and is read with the next reply.") if stopped else Safe(sentence))

        self.progress.begin()
        self.reading.show()
        self._job = self.runner.do(
            lambda on_progress, cancel: self.api.take_reply(request, files, on_progress=on_progress, cancel=cancel),
            show,
            changes=Changed(all_reports=True),
            owner=self,
            failed=fail,
            progress=self.progress.show_progress,
        )

    def _end_reading(self) -> None:
        """Hides the progress of a reply."""
        self._job = None
        self.reading.hide()

    def stop_reading(self) -> None:
        """Stops the reading of a reply; what was sealed stays."""
        if self._job is not None:
            self._job.cancel()
            self.progress.stage.setText(tr("Stopping"))

    def close_request(self) -> None:
        """Asks whether the current request is to be closed."""
        row = self._find_row()
        if row is None:
            return
        if row.state == "closed":
            self.said.emit(tr("Request {number} is closed.", number=ltr(row.number)))
            return
        CloseRequestDialog(self.api, self.runner, row, parent=self, done=lambda _: self.reload()).open()

    def remind(self) -> None:
        """Opens the dialog that writes reminders."""
        if not self.api.may(Right.CASE_PAPERS):
            self.said.emit(describe_no_right())
            return
        RemindDialog(self.api, self.runner, parent=self).open()

    def _find_row(self) -> RequestRow | None:
        """Returns the current request, or None and says why nothing can be recorded."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return None
        row = self.table.current_row()
        if row is None or self.states.currentWidget() is not self.body:
            self.said.emit(tr("Select a request."))
            return None
        return row

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()
