"""Defines the dialogs in the life of a request: the day it was sent, reminders, and what a reply brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QSpinBox, QVBoxLayout, QWidget

from triage.model.data_requests import Reminder, ReplyResult, RequestRow
from triage.model.handover import Handover
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import KeyButton, label, row, scrolled
from triage.ui.requests.making_dialogs import MOST_DAYS
from triage.ui.requests.request_words import DAY_LETTERS
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, number, tr, tr_message, trn

REMIND_DAYS = 14
MOST_NAMED = 50
"""Requests to remind of that are listed; the rest is counted."""
MOST_ROWS = 200
"""Rows without a line that are listed; the rest is counted."""


class DayDialog(FormDialog):
    """Asks for a day in the life of a request and records it; a day can't be taken back."""

    def __init__(
        self,
        runner: Runner,
        title: Safe,
        says: Safe,
        record: Callable[[str], RequestRow],
        *,
        parent: QWidget,
        done: Callable[[RequestRow], None],
    ) -> None:
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._record_day = record
        self.changes = Changed(all_reports=True)
        self.form.addWidget(label(says, "muted", wrap=True))
        self.day = NamedField(tr("Day or time, as YYYY-MM-DD"), "2026-12-31")
        self.day.setText(times.now().astimezone(times.PKT).date().isoformat())
        self.form.addWidget(self.day.holder)
        self.day.setFocus()
        self.day.selectAll()

    def work(self) -> Callable[[], RequestRow] | None:
        """Returns the call that records the day, or None when none was entered."""
        day = self.day.get_text()
        if day is None:
            self.problem.setText(tr("Enter the day."))
            return None
        return lambda: self._record_day(day)


class CloseRequestDialog(FormDialog):
    """Asks whether a request is to be closed."""

    def __init__(
        self, api: Api, runner: Runner, request: RequestRow, *, parent: QWidget, done: Callable[[RequestRow], None]
    ) -> None:
        title = tr("Close request {number}", number=ltr(request.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Close the request"))
        self._api, self._number = api, request.number
        self.changes = Changed(all_reports=True)
        says = tr("Nothing more is expected of it, and no reply is taken in. Its lines may be asked for again.")
        self.form.addWidget(label(says, "muted", wrap=True))
        if request.state in ("sent", "overdue"):
            self.form.addWidget(label(tr("It was sent and is not answered."), "warn", wrap=True))
        if request.state == "partly answered":
            answered = tr("lines answered: {n} of {total}", n=request.answered_lines, total=request.lines)
            self.form.addWidget(label(answered, "warn", wrap=True))
        if request.court_due is not None and request.court_informed is None:
            says = tr("Its notice stays: the Court still has to be told of it.")
            self.form.addWidget(label(says, "warn", wrap=True))
        self.form.addWidget(label(tr("It can't be opened again."), "muted", wrap=True))
        self.record.setFocus()

    def work(self) -> Callable[[], RequestRow] | None:
        """Returns the call that closes the request."""
        return lambda: self._api.close_request(self._number)


class RemindDialog(WritingDialog):
    """Writes reminders of requests that were sent some days ago and not answered."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget) -> None:
        super().__init__(api, runner, tr("Remind of requests without an answer"), parent=parent, name="reminders")
        self.days = QSpinBox()
        self.days.setRange(0, MOST_DAYS)
        self.days.setValue(REMIND_DAYS)
        self.days.valueChanged.connect(self.ask_preview)
        self.form.addWidget(label_field(tr("Requests that were sent at least so many days ago"), self.days))
        self.days.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that finds the requests."""
        days = self.days.value()

        def find(_progress: object, _cancel: object) -> tuple[int, list[RequestRow]]:
            ids = self.api.list_unanswered(days)
            return len(ids), list(self.api.load_requests(ids[:MOST_NAMED]).values())

        return find

    def show_preview(self, found: tuple[int, Sequence[RequestRow]]) -> bool:
        """Lists the first requests with their age, and says how many there are."""
        count, rows = found
        if not rows:
            self.add_line(tr("No request is that old and unanswered; there is nothing to write."), "muted")
            return False
        self.add_line(trn("{n} request", "{n} requests", count), "strong")
        for each in rows:
            self.add_line(_describe_waiting(each.number, each.addressee, count_days(each)))
        if more := count - len(rows):
            self.add_line(tr("and {n} more", n=number(more)), "small")
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the reminders."""
        days = self.days.value()
        return lambda on_progress, cancel: self.api.remind(days, out, handover=handover, on_progress=on_progress, cancel=cancel)

    def show_written(self, made: Sequence[Reminder], column: QVBoxLayout) -> None:
        """Lists the first reminders, and says how many there are."""
        column.addWidget(label(trn("{n} request", "{n} requests", len(made)), "strong"))
        for each in made[:MOST_NAMED]:
            column.addWidget(label(_describe_waiting(each.number, each.addressee, each.days), wrap=True))
        if (more := len(made) - MOST_NAMED) > 0:
            column.addWidget(label(tr("and {n} more", n=number(more)), "small"))


class ReplyDialog(QDialog):
    """Shows what a reply brought: lines with an owner, and rows that belong to no line, with the reason."""

    def __init__(self, result: ReplyResult, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Reply to request {number}", number=ltr(result.number))
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(10)
        whole.addWidget(label(title, "title"))
        whole.addWidget(label(trn("{n} new document", "{n} new documents", result.documents)))
        lines = trn("{n} line", "{n} lines", result.matched_lines)
        reports = trn("{n} report", "{n} reports", result.reports)
        says = tr("Rows for {lines} of {reports}. Who is named is the owner of the line; not shown to be the user.",
                  lines=lines, reports=reports)  # fmt: skip
        whole.addWidget(label(says, "good" if result.matched_lines else "muted", wrap=True))
        for name in result.already_received:
            whole.addWidget(label(tr("{name} was received before.", name=isolated(name)), "warn", wrap=True))
        if result.unmatched:
            count = len(result.unmatched)
            whole.addWidget(label(trn("{n} row belongs to no line", "{n} rows belong to no line", count), "heading"))
            inner = QWidget()
            rows = QVBoxLayout(inner)
            rows.setSpacing(4)
            for each in result.unmatched[:MOST_ROWS]:
                place = tr("{document} {row}", document=isolated(each.document), row=isolated(each.row))
                value = isolated(each.value)
                says = tr("{place} {value}: {reason}", place=place, value=value, reason=tr_message(each.reason))
                rows.addWidget(label(says, wrap=True, selectable=True))
            if count > MOST_ROWS:
                rows.addWidget(label(tr("and {n} more", n=number(count - MOST_ROWS)), "small"))
            rows.addStretch(1)
            whole.addWidget(scrolled(inner), 1)
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.accept)
        whole.addLayout(row(None, close))
        self.resize(640, 420 if result.unmatched else 0)
        close.setFocus()


def count_days(each: RequestRow) -> int:
    """Returns how many days ago a request was sent, counted in Pakistan."""
    sent, today = each.sent or each.made, times.now().astimezone(times.PKT).date()
    day = date.fromisoformat(sent) if len(sent) == DAY_LETTERS else times.to_pkt(times.parse(sent)).date()
    return max(0, (today - day).days)


def _describe_waiting(request: str, addressee: str, days: int) -> Safe:
    """Returns a request in a line: its number, to whom, and how long ago it was sent."""
    ago = trn("{n} day", "{n} days", days)
    return tr("{number} to {addressee}, sent {days} ago", number=ltr(request), addressee=isolated(addressee), days=ago)
